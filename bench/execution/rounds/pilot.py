"""A few rounds before the plan is frozen, to choose how many replicates each panel is worth."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean

import pandas as pd
import pyarrow as pa

from bench.analysis.inference.effects import effect_of
from bench.analysis.inference.variance import (
    RoundCost,
    VarianceComponents,
    best_replicates,
    split_variance,
)
from bench.analysis.samples.core_speed import speed_corrected
from bench.analysis.samples.costs import run_costs
from bench.analysis.samples.invocations import to_invocations
from bench.domain.design.comparison import Comparison, family
from bench.domain.design.plan import Pilot, Plan
from bench.domain.panel import Panel
from bench.domain.phases import IMPORT
from bench.domain.tries import Failures
from bench.execution.processes.interpreter import Interpreters
from bench.execution.processes.zygote_pool import ZygotePool
from bench.execution.rounds.executor import Assignment, LocalExecutor
from bench.execution.rounds.rows import Row
from bench.store.schema import SCHEMA

REPLICATES = 3
"""Of each cell in a round of the pilot, which tell variance within a round.

With two, three rounds have a panel of five arms miss its standard deviation by a fifth.
"""

MOST_CELLS = 24
"""Cells from which a round costs so much more than its import that more of them buy nothing."""

LONGER = 3
"""Times that a run has the rounds of its pilot, at least."""

SHARE, MOST = 0.1, 0.2
"""Parts of the budget: after the first no round of the pilot begins, after the second one that is
under way is given up. Of a run whose rounds are long, there is no pilot.
"""

NO_TIME_S = 1e-3
"""Budget of a run whose pilot has used up all of it: one round is made whatever it is."""

FEWEST = 2
"""Rounds that a pilot must have to say anything; with fewer the replicates stay as they are."""


def choose_replicates(
    plan: Plan, interpreters: Interpreters, say: Callable[[str], None]
) -> tuple[Plan, Interpreters]:
    """``plan`` with the replicates that its pilot recommends, and the time left after it.

    ``interpreters`` are started ones, if any; they are handed back where no pilot is wanted, and
    ended where one is made. A pilot whose cells fail recommends nothing. Raises
    ``InterpreterFailed``.
    """
    if not _is_worth_it(plan):
        return plan, interpreters
    say(f"a pilot of {plan.pilot_rounds} rounds, to choose the replicates ...")
    began = time.monotonic()
    samples, costs = _measured(plan.model_copy(update={"replicates": REPLICATES}), interpreters)
    split = _split(plan, samples, family(plan)) if len(costs) >= FEWEST else None
    left_s = max(plan.budget_s - (time.monotonic() - began), NO_TIME_S)
    if split is None:
        return plan.model_copy(update={"budget_s": left_s}), {}
    imports = samples[samples["phase"] == IMPORT]
    cost = RoundCost(
        zygote=float(imports.groupby("environment", observed=True)["wall_ns"].mean().sum()) / 1e9,
        panels=tuple(
            fmean(each.get(panel, 0.0) for each in costs) / REPLICATES for panel in plan.panels
        ),
    )
    chosen = best_replicates(
        list(_of_panels(plan, samples, split)),
        cost,
        jobs=plan.jobs,
        budget_s=left_s,
        most_rounds=plan.rounds,
        error=min(each.error_share for each in family(plan) if each.headline),
    )
    pilot = Pilot(
        rounds=split.rounds,
        replicates=split.replicates,
        within=split.within,
        between=split.between,
        zygote_s=cost.zygote,
        replicate_s=sum(cost.panels),
        panel_s=cost.panels,
        panel_replicates=chosen,
    )
    changes = {"replicates": max(chosen), "pilot": pilot, "budget_s": left_s}
    return plan.model_copy(update=changes), {}


def _split(
    plan: Plan, samples: pd.DataFrame, comparisons: Sequence[Comparison]
) -> VarianceComponents | None:
    corrected = speed_corrected(to_invocations(samples))
    return split_variance(corrected, comparisons, plan.composites())


def _of_panels(
    plan: Plan, samples: pd.DataFrame, pooled: VarianceComponents
) -> Iterator[VarianceComponents]:
    """How variance splits in each panel of ``plan``, in units of the margin of its headlines.

    A panel whose samples say nothing of its own is taken to be like all together, which ``pooled``
    are. All variance of effects of arms that share a core is taken to lie within rounds: a few
    rounds are too few to tell.
    """
    costs = run_costs(to_invocations(samples), plan).compared
    for panel in plan.panels:
        own = [each for each in family(plan) if each.panel == panel and each.headline]
        split = _split(plan, samples, own) or pooled
        margins = [
            plan.margin_of(each.metric, each.phase, effect_of(each, costs).baseline_value)
            for each in own
        ]
        margin = fmean(margins or [plan.margin])
        yield split._replace(
            within=split.within / margin,
            between=0.0 if plan.co_scheduling is not None else split.between / margin,
        )


def _is_worth_it(plan: Plan) -> bool:
    """Whether replicates could share an import, and the run is long enough for a pilot."""
    return (
        0 < plan.pilot_rounds * LONGER <= plan.rounds
        and plan.isolation == "fork"
        and len(plan.cells()) <= MOST_CELLS
    )


def _measured(
    plan: Plan, interpreters: Interpreters
) -> tuple[pd.DataFrame, list[Mapping[Panel, float]]]:
    """The samples of the pilot's rounds, and the seconds that each panel's invocations took."""
    began = time.monotonic()
    until = began + MOST * plan.budget_s

    def assignments() -> Iterator[Assignment]:
        for number in range(-1, -1 - plan.pilot_rounds, -1):
            if time.monotonic() > began + SHARE * plan.budget_s:
                return
            following = number - 1 if number > -plan.pilot_rounds else None
            yield Assignment(number, failures, following, until=until)

    failures = Failures()
    rows: list[Row] = []
    costs = []
    with ZygotePool(plan, interpreters) as zygotes, LocalExecutor(plan, zygotes) as executor:
        for result in executor.measure(assignments()):
            if time.monotonic() > until:
                break
            failed = [each.failed for each in result.failures]
            failures = failures.adding(failed, result.measured)
            rows += result.rows
            costs.append(result.invocation_seconds)
    samples: pd.DataFrame = pa.Table.from_pylist(rows, schema=SCHEMA).to_pandas()
    return samples, costs
