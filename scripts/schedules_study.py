"""Whether arms that share a core differ as much as arms that have it to themselves, as tables.

    python scripts/schedules_study.py               24 rounds of five depths: ten minutes
    python scripts/schedules_study.py --run FOLDER  the tables of an earlier one

A run in which every arm has a solo invocation in every round, besides those that share a core. One
arm takes longer by as much as its layers make it, some by a known part; the placebo does the same
as the baseline. The tables are those of docs/method.md. Take an hour in which nothing else runs.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

from bench.analysis.arrays import Floats, median
from bench.analysis.inference.effects import Effect, effect_of
from bench.analysis.inference.intervals import median_interval
from bench.analysis.samples import co_scheduling
from bench.analysis.samples.costs import run_costs
from bench.analysis.samples.invocations import to_invocations
from bench.domain.design.comparison import Comparison, family
from bench.domain.design.plan import Plan
from bench.domain.metrics import SECONDS
from bench.domain.scenario import Arm, Scenario
from bench.execution.listener import Listener, RoundReport
from bench.execution.processes.environment import environment, survey
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import launch_spec
from bench.execution.resources import resources
from bench.execution.rounds.run import execute_run
from bench.planning.build import compose
from bench.planning.presets import PRESETS
from bench.planning.run_options import RunOptions
from bench.store.run_folder import RunFolder

ERROR = 0.05
"""Probability that one interval of the tables misses the truth: each is read by itself."""

PHASES = ("construct", "compile", "trace", "first_call", "inference")
BUDGET_S = 3600.0
SLOWED = {"slowed_2": 0.02, "slowed_4": 0.04, "slowed_10": 0.1}
SCENARIO = Scenario(
    question="Do arms that share a core differ as much as arms that have it to themselves?",
    arms={
        "inline": Arm("scenarios.builders:inline"),
        "incremental": Arm("scenarios.builders:incremental"),
        **{name: Arm(f"scenarios.injected:{name}") for name in SLOWED},
    },
    baseline="inline",
    architectures=("mlp",),
    layers=(4, 8, 16, 32, 64),
)


class Ways(NamedTuple):
    """The effect of one comparison, and the same were nothing slowed down that is computed alone.

    In ``unrecovered`` all that a member computes after the others counts as it is.
    """

    effect: Effect
    unrecovered: Effect

    @property
    def comparison(self) -> Comparison:
        """What is compared."""
        return self.effect.comparison


class _Progress(Listener):
    def round_ends(self, report: RoundReport) -> None:
        sys.stderr.write(f"round {report.number + 1}: {report.seconds:.1f} s\n")


def main() -> int:
    """Measure, or read what was, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=24)
    parser.add_argument("--layers", type=int, nargs="+", default=SCENARIO.layers)
    parser.add_argument("--out", type=Path, help="keep the run in this new folder")
    parser.add_argument("--run", type=Path, help="measure nothing: the tables of this run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (
            RunFolder(options.run)
            if options.run
            else measure(options.out or Path(scratch, "run"), options.rounds, options.layers)
        )
        found = compared(folder)
    sys.stdout.writelines(f"{line}\n" for line in tables(found))
    return 0


def measure(path: Path, rounds: int, layers: Sequence[int]) -> RunFolder:
    """Measure every arm both ways in each of ``rounds`` rounds, into a new folder at ``path``."""
    machine = resources()
    options = RunOptions(
        cores=machine.cores,
        free_memory_bytes=machine.memory_bytes,
        layers=layers,
        rounds=rounds,
        replicates=1,
        budget_s=BUDGET_S,
        evidence=False,
    )
    plan = compose({"schedules": SCENARIO}, PRESETS["quick"], options, sys.executable)
    if plan.co_scheduling is None:
        raise SystemExit("arms cannot share a core here: there is not enough memory")
    always = plan.co_scheduling.model_copy(update={"solo_every": 1})
    plan = plan.model_copy(update={"co_scheduling": always})
    with Interpreter(launch_spec(plan, 0, plan.first_environment)) as interpreter:
        known = environment(survey(interpreter, plan), plan)
    folder = RunFolder.create(path, plan, known)
    findings = execute_run(folder, _Progress(), enough=lambda _: False)
    for failure in findings.failures:
        sys.stderr.write(f"{failure.arm}, {failure.layers} layers: {failure.reason}\n")
    return folder


def compared(folder: RunFolder) -> list[Ways]:
    """The comparisons that are measured both ways, with the recovery of caches and without."""
    plan = folder.record.plan
    timed = [each for each in family(plan) if each.metric is SECONDS]
    effects = _effects(folder, plan, timed)
    with patch.object(co_scheduling, "RECOVERY_S", 0.0):
        unrecovered = _effects(folder, plan, timed)
    both = map(Ways, effects, unrecovered)
    return [each for each in both if each.effect.co_scheduled and len(each.effect.solo_log_ratio)]


def _effects(folder: RunFolder, plan: Plan, comparisons: Sequence[Comparison]) -> list[Effect]:
    costs, solo = run_costs(to_invocations(folder.samples()), plan)
    return [effect_of(each, costs, solo) for each in comparisons]


def tables(found: Sequence[Ways]) -> Iterator[str]:
    """Ratios of ``construct`` both ways, then deviations of the placebo in every phase."""
    yield "| arm | layers | rounds | co-scheduled | solo | apart | without recovery |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for each in found:
        comparison = each.comparison
        if comparison.phase == "construct" and not comparison.placebo:
            shared, solo = each.effect.log_ratio, each.effect.solo_log_ratio
            yield (
                f"| `{comparison.arm.arm}` | {comparison.panel.layers} | {len(shared)} "
                f"| {_ratio(shared)} | {_ratio(solo)} | {_apart(shared, solo)} "
                f"| {_ratio(each.unrecovered.log_ratio)} |"
            )
    yield ""
    yield "| layers | way | " + " | ".join(PHASES) + " |"
    yield "| ---: | --- |" + " ---: |" * len(PHASES)
    placebos = [each.effect for each in found if each.comparison.placebo]
    for layers in dict.fromkeys(each.comparison.panel.layers for each in placebos):
        own = {
            each.comparison.phase: each
            for each in placebos
            if each.comparison.panel.layers == layers
        }
        for way, of_phase in (
            ("co-scheduled", {phase: each.log_ratio for phase, each in own.items()}),
            ("solo", {phase: each.solo_log_ratio for phase, each in own.items()}),
        ):
            cells = [f"{np.std(of_phase[each]):.3f}" if each in own else "-" for each in PHASES]
            yield f"| {layers} | {way} | " + " | ".join(cells) + " |"


def _ratio(logs: Floats) -> str:
    interval = median_interval(logs, ERROR)
    low, high = math.exp(interval.low), math.exp(interval.high)
    return f"{math.exp(median(logs)):.3f} [{low:.3f}, {high:.3f}]"


def _apart(shared: Floats, solo: Floats) -> str:
    """How much the co-scheduled ratio is above the solo one, in percent."""
    return f"{math.expm1(median(shared) - median(solo)):+.1%}".replace("%", " %")


if __name__ == "__main__":
    raise SystemExit(main())
