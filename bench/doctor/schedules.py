"""Do co-scheduled and solo invocations agree on how much longer an arm takes?

And does it take as long in another interpreter, next to which it shares a core?
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bench.analysis.calibration.fork_fidelity import RatioOverRounds
from bench.domain.design.plan import CoScheduling, Plan
from bench.domain.errors import BenchError
from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.scenario import Scenario
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

MAX_DISAGREEMENT = 0.05
"""How far two ratios may be apart that should be equal, as a part of the second."""

_TWICE = ("first", "second")
"""Names of one interpreter that is measured as two environments."""

_BUDGET_S = 3600.0


class SchedulesFailed(BenchError, RuntimeError):
    """The two ways could not be compared; the message says why."""


@dataclass(frozen=True)
class ScheduleAgreement:
    """The ratio of ``arm`` to ``baseline`` in a headline ``phase``, measured both ways."""

    arm: str
    baseline: str
    phase: str
    layers: int | None
    co_scheduled: RatioOverRounds
    solo: RatioOverRounds

    @property
    def holds(self) -> bool:
        """Whether co-scheduled ratios may stand for solo ones on this machine."""
        return abs(self.co_scheduled.ratio / self.solo.ratio - 1) <= MAX_DISAGREEMENT


@dataclass(frozen=True)
class EnvironmentAgreement:
    """The ratio of ``arm`` to itself in a second process of the same interpreter, co-scheduled."""

    arm: str
    phase: str
    layers: int | None
    ratio: RatioOverRounds

    @property
    def holds(self) -> bool:
        """Whether several environments may be compared on this machine.

        Many phases are looked at, short ones too: what is not shown to differ is no disagreement.
        """
        low, high = self.ratio.low or 0.0, self.ratio.high or math.inf
        return abs(self.ratio.ratio - 1) <= MAX_DISAGREEMENT or low <= 1 <= high


class Agreements(NamedTuple):
    """What ``check_schedules`` finds."""

    schedules: list[ScheduleAgreement]
    environments: list[EnvironmentAgreement]

    @property
    def hold(self) -> bool:
        """Whether all do."""
        return all(each.holds for each in self.schedules) and all(
            each.holds for each in self.environments
        )


def check_schedules(
    scenario: Scenario,
    rounds: int,
    python: str,
    backend: str,
    round_ends: Callable[[int, float], None],
) -> Agreements:
    """Measure the first two arms of ``scenario`` both ways in each of ``rounds`` rounds.

    That is done at its shallowest and at its deepest depth, of its first architecture, and in two
    interpreters at once, which are both ``python``. Headlines are compared both ways in the first;
    the baseline is compared between the two in every phase that is compared co-scheduled.
    ``round_ends`` is given the number and duration in seconds of each round. Raises
    ``SchedulesFailed`` when arms cannot share a core here, or an arm fails, and
    ``InterpreterFailed``.
    """
    plan = _plan(scenario, rounds, python, backend)
    if plan.co_scheduling is None:
        raise SchedulesFailed("arms cannot share a core here: there is not enough memory")
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory())
        interpreters = {
            name: stack.enter_context(Interpreter(launch_spec(plan, 0, name)))
            for name in plan.environments
        }
        found = survey(interpreters[plan.first_environment], plan)
        folder = RunFolder.create(Path(scratch, "run"), plan, environment(found, plan))
        findings = execute_run(folder, _Rounds(round_ends), interpreters, enough=lambda _: False)
    for failure in findings.failures:
        raise SchedulesFailed(f"{failure.arm}: {failure.reason}")
    timings = [each for each in findings.timings if not each.placebo]
    within = [each for each in timings if each.environment == plan.first_environment]
    baseline = [each for each in timings if each.across and each.arm == scenario.baseline]
    return Agreements(
        [_agreement(each) for each in within if each.headline],
        [_agreement_across(each) for each in baseline if each.scheduled == "co-scheduled"],
    )


class _Rounds(Listener):
    def __init__(self, round_ends: Callable[[int, float], None]) -> None:
        self._round_ends = round_ends

    def round_ends(self, report: RoundReport) -> None:
        self._round_ends(report.number, report.seconds)


def _plan(scenario: Scenario, rounds: int, python: str, backend: str) -> Plan:
    named = [scenario.baseline, *(arm for arm in scenario.arms if arm != scenario.baseline)]
    two_arms = replace(
        scenario,
        arms={name: scenario.arms[name] for name in named[:2]},
        injected={},
        architectures=tuple(scenario.architectures[:1]),
        layers=tuple(sorted({min(scenario.layers), max(scenario.layers)})),
    )
    machine = resources()
    options = RunOptions(
        seed=1,
        cores=machine.cores,
        free_memory_bytes=machine.memory_bytes,
        rounds=rounds,
        replicates=1,
        budget_s=_BUDGET_S,
        backends=(backend,),
        interpreters=dict.fromkeys(_TWICE, python),
    )
    plan = compose({"schedules": two_arms}, PRESETS["quick"], options, python)
    if plan.co_scheduling is None:
        return plan
    design: CoScheduling = plan.co_scheduling.model_copy(update={"solo_every": 1})
    return plan.model_copy(update={"co_scheduling": design})


def _agreement(finding: ComparisonFinding) -> ScheduleAgreement:
    if finding.ratio is None or finding.solo_ratio is None:
        raise SchedulesFailed(f"{finding.phase} of {finding.arm} waits: it is never co-scheduled")
    return ScheduleAgreement(
        arm=finding.arm,
        baseline=finding.baseline,
        phase=finding.phase,
        layers=finding.layers,
        co_scheduled=RatioOverRounds(finding.ratio, finding.ratio_low, finding.ratio_high),
        solo=RatioOverRounds(finding.solo_ratio, finding.solo_low, finding.solo_high),
    )


def _agreement_across(finding: ComparisonFinding) -> EnvironmentAgreement:
    if finding.ratio is None:
        raise SchedulesFailed(f"{finding.phase} of {finding.arm} was not measured")
    return EnvironmentAgreement(
        arm=finding.arm,
        phase=finding.phase,
        layers=finding.layers,
        ratio=RatioOverRounds(finding.ratio, finding.unadjusted_low, finding.unadjusted_high),
    )
