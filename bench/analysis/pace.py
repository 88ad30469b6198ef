"""The same work at the same pace: times with the changing speed of the machine taken out.

A core of a shared machine runs at a speed that changes by the half from one moment to the next,
with what its unseen neighbours do. A probe on the same core times a small loop while a phase runs
(see ``bench.worker.probe``); in the same span both slow down alike. A phase that computed for
``cpu`` seconds of its ``wall`` seconds while the probe took ``p`` would have taken

    cpu · reference / p + (wall - cpu)

had the probe taken ``reference``: time spent waiting passes at its own speed. The correction is
fixed beforehand, has nothing to fit, and knows nothing of arms; as long as an arm does not slow the
probe itself down, it cannot favour one. Whether it does any good is shown by the placebo, with it
and without (see ``noise``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.analysis.invocations import Floats, Invocations


def at_usual_pace(invocations: Invocations) -> Invocations:
    """``invocations`` with every phase, and each of its calls, as at the run's median pace.

    The reference is the median over all invocations and phases. Phases without a reading stay as
    they are. Spans of whole invocations stay as well.
    """
    wall = invocations.seconds
    part = _remaining(wall, invocations.cpu_seconds, invocations.probe_seconds)
    calls = invocations.calls
    return replace(
        invocations,
        seconds=wall * part,
        calls=replace(calls, seconds=calls.seconds * part[calls.invocation, calls.phase]),
    )


def times_at_usual_pace(wall: Floats, cpu: Floats, probe: Floats) -> Floats:
    """``wall`` times, with the CPU times and readings of the same spans, at their median pace.

    All have one shape, and any one unit of time; NaN in ``probe`` where there was no reading.
    """
    return wall * _remaining(wall, cpu, probe)


def _remaining(wall: Floats, cpu: Floats, probe: Floats) -> Floats:
    """By what each wall time is multiplied; 1 where there is no reading."""
    read = probe[~np.isnan(probe)]
    if not len(read):
        return np.ones_like(wall)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Threads that compute side by side have more CPU time than wall time.
        computing = np.minimum(cpu / wall, 1.0)
    part: Floats = computing * np.median(read) / probe + (1 - computing)
    return np.where(np.isfinite(part), part, 1.0)
