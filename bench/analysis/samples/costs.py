"""What a run says that everything cost: from its invocations, as its plan has scheduled them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bench.analysis.samples.co_scheduling import with_co_scheduled
from bench.analysis.samples.core_speed import speed_corrected
from bench.analysis.samples.invocations import Invocations
from bench.analysis.samples.rounds import RoundCosts, reduce_rounds, steady_parts
from bench.analysis.samples.steady_state import SteadyStates
from bench.domain.design.plan import Plan
from bench.domain.phases import ITERATING


class RunCosts(NamedTuple):
    """Costs by round.

    In ``compared`` the ratios of arms to their baselines are co-scheduled ones where the plan
    allows that; ``solo`` are those of solo invocations alone. Without any that share a core both
    are the same.
    """

    compared: RoundCosts
    solo: RoundCosts


class SoloInvocations(NamedTuple):
    """Those that had a core to themselves, as measured and speed-corrected, with steady parts."""

    measured: Invocations
    corrected: Invocations
    steady: SteadyStates


def solo_invocations(invocations: Invocations) -> SoloInvocations:
    """Those of ``invocations`` that had a core to themselves."""
    measured = invocations.chosen(invocations.group < 0)
    corrected = speed_corrected(measured)
    return SoloInvocations(measured, corrected, steady_parts(corrected))


def run_costs(
    invocations: Invocations, plan: Plan, solo: SoloInvocations | None = None
) -> RunCosts:
    """The costs that ``invocations`` of a run of ``plan`` show; ``solo`` where that is known."""
    composites = plan.composites()
    _, corrected, steady = solo or solo_invocations(invocations)
    solo_costs = reduce_rounds(
        corrected,
        composites=composites,
        iterating=ITERATING,
        steady=steady,
        rounds=np.unique(invocations.round),
    )
    if plan.co_scheduling is None:
        return RunCosts(solo_costs, solo_costs)
    compared = with_co_scheduled(
        solo_costs,
        invocations,
        {cell: plan.shares_core_with(cell) for cell in plan.cells()},
        composites=composites,
        iterating=ITERATING,
        computing=plan.co_scheduling.computing,
        margin=plan.margin,
    )
    return RunCosts(compared, solo_costs)
