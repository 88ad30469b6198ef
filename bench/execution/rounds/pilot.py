"""A few rounds before the plan is frozen, to choose how many replicates a round is worth."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import pandas as pd
import pyarrow as pa

from bench.analysis.inference.intervals import rounds_to_exclude
from bench.analysis.inference.variance import RoundCost, best_replicates, split_variance
from bench.analysis.samples.core_speed import speed_corrected
from bench.analysis.samples.invocations import to_invocations
from bench.domain.plan import Pilot, Plan, PlannedInvocation
from bench.execution.failures import Failures
from bench.execution.listener import Listener
from bench.execution.processes.core_speed import CoreSpeedMonitors
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import cores
from bench.execution.processes.zygote_pool import Zygotes
from bench.execution.rounds.round import Round
from bench.runs.conclude import comparisons, composites
from bench.store.schema import IMPORT, SCHEMA
from bench.worker.protocol import OK, Message

REPLICATES = 2
"""Of each cell in a round of the pilot: the fewest that tell variance within a round."""

MOST_CELLS = 24
"""Cells from which a round costs so much more than its import that more of them buy nothing."""

LONGER = 3
"""Times that a run has the rounds of its pilot, at least."""

SHARE = 0.1
"""Part of the budget after which the pilot ends: of a run whose rounds are long, it is a few."""

FEWEST = 2
"""Rounds that a pilot must have to say anything; with fewer the replicates stay as they are."""


def choose_replicates(
    plan: Plan, interpreter: Interpreter | None, say: Callable[[str], None]
) -> tuple[Plan, Interpreter | None]:
    """``plan`` with the replicates that its pilot recommends, and the time left after it.

    ``interpreter`` is a started one, if any; it is handed back where no pilot is wanted, and ended
    where one is made. A pilot whose cells fail recommends nothing. Raises ``InterpreterFailed``.
    """
    if not _is_worth_it(plan):
        return plan, interpreter
    say(f"a pilot of {plan.pilot_rounds} rounds, to choose the replicates ...")
    began = time.monotonic()
    samples, costs = _measured(plan.model_copy(update={"replicates": REPLICATES}), interpreter)
    split = None
    if len(costs) >= FEWEST:
        paced = speed_corrected(to_invocations(samples))
        split = split_variance(paced, comparisons(plan), composites(plan))
    left_s = max(plan.budget_s - (time.monotonic() - began), 0.0)
    if split is None:
        return plan.model_copy(update={"budget_s": left_s}), None
    cost = RoundCost(
        zygote=float(samples.loc[samples["phase"] == IMPORT, "wall_ns"].mean()) / 1e9,
        replicate=fmean(costs) / REPLICATES,
    )
    fewest = max(
        (rounds_to_exclude(each.error_share) for each in comparisons(plan) if each.headline),
        default=1,
    )
    chosen = best_replicates(split, cost, jobs=plan.jobs, budget_s=left_s, fewest_rounds=fewest)
    pilot = Pilot(
        rounds=split.rounds,
        replicates=split.replicates,
        within=split.within,
        between=split.between,
        zygote_s=cost.zygote,
        replicate_s=cost.replicate,
    )
    changes = {"replicates": chosen, "pilot": pilot, "budget_s": left_s}
    return plan.model_copy(update=changes), None


def _is_worth_it(plan: Plan) -> bool:
    """Whether replicates could share an import, and the run is long enough for a pilot."""
    return (
        0 < plan.pilot_rounds * LONGER <= plan.rounds
        and plan.isolation == "fork"
        and len(plan.cells()) <= MOST_CELLS
    )


class _Costs(Listener):
    """Seconds that the invocations of each round took, one after the other."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def round_begins(self, number: int, visits: int) -> None:
        self.seconds.append(0.0)

    def visit_ends(self, visit: PlannedInvocation, outcome: Message) -> None:
        if outcome["status"] == OK:
            self.seconds[-1] += outcome["process_ns"] / 1e9


def _measured(plan: Plan, interpreter: Interpreter | None) -> tuple[pd.DataFrame, list[float]]:
    """The samples of the pilot's rounds, numbered below 0, and what each round's visits cost."""
    listener, failures = _Costs(), Failures()
    numbers = range(-1, -1 - plan.pilot_rounds, -1)
    rows = []
    began = time.monotonic()
    with (
        Zygotes(plan, interpreter) as zygotes,
        CoreSpeedMonitors(core for core in cores(plan) if core is not None) as probes,
    ):
        for number in numbers:
            if time.monotonic() - began > SHARE * plan.budget_s:
                break
            taken = zygotes.take(number)
            standby = zygotes.prepare(number - 1) if number - 1 in numbers else None
            current = Round(plan, number, taken, listener, _keep_no_log, probes, standby)
            rows += current.execute(failures)
    samples: pd.DataFrame = pa.Table.from_pylist(rows, schema=SCHEMA).to_pandas()
    return samples, listener.seconds


def _keep_no_log(number: int, visit: PlannedInvocation, log: Path) -> None:
    """A cell that fails in the pilot fails again in the run, which keeps the log."""
