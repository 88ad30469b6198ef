"""Speed correction: times with the changing speed of the machine taken out.

A core of a shared machine runs at a speed that changes by the half from one moment to the next,
with what its unseen neighbours do. A probe on the same core times a small piece of work while a
phase runs (see ``bench.worker.instruments.core_speed``); both slow down together. A phase that
computed for ``cpu`` of its ``wall`` seconds while the probe took ``p`` would have taken

    cpu * (reference / p) ** sensitivity + (wall - cpu)

had the probe taken ``reference``: time spent waiting passes at its own speed. The ``sensitivity``
says how much of what the probe suffers the phase suffers too, in logs. It is fitted for each phase
of each panel, to the invocations of all arms together, each seen against its own cell's mean: it
cannot tell arms apart, so that it cannot favour one, and where the probe knows nothing of a phase
it becomes 0. This is the adjustment for a covariate of randomised experiments (Lin 2013, 'Agnostic
notes on regression adjustments to experimental data'), the covariate being one that no arm moves.
What the correction is worth is shown by the placebo, with it and without (see ``noise``).

Time for which other processes had the core is known from the kernel, and none of the phase's. It
does not count where a phase comes once. Of calls that repeat few suffer it, which their median does
not see.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats, Integers, exp, log
from bench.analysis.samples.invocations import Invocations
from bench.domain.metrics import METRICS, SECONDS
from bench.domain.phases import ITERATING

EXPECTED = 1.0
"""The sensitivity supposed before anything is seen."""

SUPPOSED = 0.05
"""The weight of that supposition: five invocations at a pace a tenth away from the usual one."""


def speed_corrected(invocations: Invocations) -> Invocations:
    """``invocations`` with every time, and each call's, as at the run's median core speed.

    The reference is the median over all invocations and phases. Phases without a reading are not
    scaled. Phases that come once last as if no other process had had their core. Spans of whole
    invocations stay as they are.
    """
    invocations = _undelayed(invocations)
    if np.isnan(invocations.probe_seconds).all():
        return invocations
    places = {(cell.panel, cell.environment): None for cell in invocations.cells}
    numbers = {place: number for number, place in enumerate(places)}
    place = np.array(
        [numbers[cell.panel, cell.environment] for cell in invocations.cells], dtype=np.int64
    )
    factors = _correction_factors(
        invocations.seconds,
        invocations.cpu_seconds,
        invocations.probe_seconds,
        invocations.cell,
        place[invocations.cell],
    )
    calls = invocations.calls
    of_calls = {name: each[calls.invocation, calls.phase] for name, each in factors.items()}
    return replace(
        invocations,
        values={
            name: values * factors[kind] if (kind := METRICS[name].corrected) else values
            for name, values in invocations.values.items()
        },
        calls=replace(
            calls,
            seconds=calls.seconds * of_calls["wall"],
            cpu_seconds=calls.cpu_seconds * of_calls["cpu"],
        ),
    )


def _undelayed(invocations: Invocations) -> Invocations:
    """``invocations`` without the time for which others had the core, in phases that come once."""
    repeats = np.array([phase in ITERATING for phase in invocations.phases], dtype=bool)
    delay = np.where(repeats, 0.0, np.nan_to_num(invocations.run_delay_seconds))
    computing = np.minimum(invocations.cpu_seconds, invocations.seconds)
    own = np.maximum(invocations.seconds - delay, computing)
    return replace(invocations, values={**invocations.values, SECONDS.name: own})


def speed_corrected_times(wall: Floats, cpu: Floats, probe: Floats, cell: Integers) -> Floats:
    """``wall`` times of one phase, one per invocation, at their median pace.

    All have shape (invocations,) and any one unit of time; NaN in ``probe`` where there was no
    reading. ``cell`` numbers what was measured: the sensitivity is fitted within cells.
    """
    wall, cpu, probe = (each[:, np.newaxis] for each in (wall, cpu, probe))
    factors = _correction_factors(wall, cpu, probe, cell, np.zeros_like(cell))
    return (wall * factors["wall"])[:, 0]


def _correction_factors(
    wall: Floats, cpu: Floats, probe: Floats, cell: Integers, place: Integers
) -> dict[Literal["wall", "cpu"], Floats]:
    """By what wall and CPU times (invocations, phases) are multiplied; 1 without a reading.

    ``place`` numbers the panel and environment of each invocation.
    """
    if np.isnan(probe).all():
        return {"wall": np.ones_like(wall), "cpu": np.ones_like(wall)}
    # Threads that compute side by side have more CPU time than wall time.
    computing = np.minimum(cpu, wall)
    with np.errstate(divide="ignore", invalid="ignore"):
        slowness = log(probe / np.nanmedian(probe))
        amount = log(computing)
    known = np.isfinite(slowness) & np.isfinite(amount)
    slowness, amount = (np.where(known, each, np.nan) for each in (slowness, amount))
    sensitivity = _sensitivity(slowness, amount, cell, place)
    with np.errstate(invalid="ignore", divide="ignore"):
        of_cpu = exp(-sensitivity * slowness)
        of_wall = 1 - computing / wall * (1 - of_cpu)
    return {
        "wall": np.where(np.isfinite(of_wall), of_wall, 1.0),
        "cpu": np.where(np.isfinite(of_cpu), of_cpu, 1.0),
    }


def _sensitivity(slowness: Floats, amount: Floats, cell: Integers, panel: Integers) -> Floats:
    """The slope of ``amount`` over ``slowness`` within the cells of a panel, at least 0.

    One for each invocation and phase, as all that is given: a panel may have none.
    """
    slowness, amount = (_within(each, cell) for each in (slowness, amount))
    products, squares = (
        pd.DataFrame(each).groupby(panel).transform("sum").to_numpy()
        for each in (slowness * amount, slowness**2)
    )
    slope: Floats = (products + SUPPOSED * EXPECTED) / (squares + SUPPOSED)
    return np.maximum(slope, 0.0)


def _within(values: Floats, cell: Integers) -> Floats:
    """``values`` less the mean of their cell, phase by phase."""
    table = pd.DataFrame(values)
    deviations: Floats = (table - table.groupby(cell).transform("mean")).to_numpy()
    return deviations
