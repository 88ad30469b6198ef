"""The same work at the same pace: times with the changing speed of the machine taken out.

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
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats, Integers, exp, log
from bench.analysis.samples.invocations import Invocations

EXPECTED = 1.0
"""The sensitivity supposed before anything is seen."""

SUPPOSED = 0.05
"""The weight of that supposition: five invocations at a pace a tenth away from the usual one."""


def speed_corrected(invocations: Invocations) -> Invocations:
    """``invocations`` with every phase, and each of its calls, as at the run's median pace.

    The reference is the median over all invocations and phases. Phases without a reading stay as
    they are. Spans of whole invocations stay as well.
    """
    if np.isnan(invocations.probe_seconds).all():
        return invocations
    panels = {cell.factors: None for cell in invocations.cells}
    numbers = {factors: number for number, factors in enumerate(panels)}
    panel = np.array([numbers[cell.factors] for cell in invocations.cells], dtype=np.int64)
    part = _remaining(
        invocations.seconds,
        invocations.cpu_seconds,
        invocations.probe_seconds,
        invocations.cell,
        panel[invocations.cell],
    )
    calls = invocations.calls
    return replace(
        invocations,
        seconds=invocations.seconds * part,
        calls=replace(calls, seconds=calls.seconds * part[calls.invocation, calls.phase]),
    )


def speed_corrected_times(wall: Floats, cpu: Floats, probe: Floats, cell: Integers) -> Floats:
    """``wall`` times of one phase, one per invocation, at their median pace.

    All have shape (invocations,) and any one unit of time; NaN in ``probe`` where there was no
    reading. ``cell`` numbers what was measured: the sensitivity is fitted within cells.
    """
    wall, cpu, probe = (each[:, np.newaxis] for each in (wall, cpu, probe))
    return (wall * _remaining(wall, cpu, probe, cell, np.zeros_like(cell)))[:, 0]


def _remaining(wall: Floats, cpu: Floats, probe: Floats, cell: Integers, panel: Integers) -> Floats:
    """By what wall times (invocations, phases) are multiplied; 1 where there is no reading."""
    if np.isnan(probe).all():
        return np.ones_like(wall)
    # Threads that compute side by side have more CPU time than wall time.
    computing = np.minimum(cpu, wall)
    with np.errstate(divide="ignore", invalid="ignore"):
        slowness = log(probe / np.nanmedian(probe))
        amount = log(computing)
    known = np.isfinite(slowness) & np.isfinite(amount)
    slowness, amount = (np.where(known, each, np.nan) for each in (slowness, amount))
    sensitivity = _sensitivity(slowness, amount, cell, panel)[panel]
    with np.errstate(invalid="ignore", divide="ignore"):
        part: Floats = 1 - computing / wall * (1 - exp(-sensitivity * slowness))
    return np.where(np.isfinite(part), part, 1.0)


def _sensitivity(slowness: Floats, amount: Floats, cell: Integers, panel: Integers) -> Floats:
    """The slope of ``amount`` over ``slowness`` within cells, at least 0: (panels, phases)."""
    slowness, amount = (_within(each, cell) for each in (slowness, amount))
    products = pd.DataFrame(slowness * amount).groupby(panel).sum().to_numpy()
    squares = pd.DataFrame(slowness**2).groupby(panel).sum().to_numpy()
    slope: Floats = (products + SUPPOSED * EXPECTED) / (squares + SUPPOSED)
    return np.maximum(slope, 0.0)


def _within(values: Floats, cell: Integers) -> Floats:
    """``values`` less the mean of their cell, phase by phase."""
    table = pd.DataFrame(values)
    deviations: Floats = (table - table.groupby(cell).transform("mean")).to_numpy()
    return deviations
