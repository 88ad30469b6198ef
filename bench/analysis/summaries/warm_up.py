"""How the calls of each cell begin: steady at once, after a warm-up, or never."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from bench.analysis.arrays import median
from bench.analysis.samples.invocations import Invocations
from bench.analysis.samples.steady_state import FLAT, NONE, SLOWDOWN, WARM_UP, SteadyStates
from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.quality import SteadyFinding, SteadyPhaseFinding

OFTEN = 0.1
"""Part of a run's invocations without a steady state from which a warning says so."""


def steady_findings(
    invocations: Invocations, parts: SteadyStates, iterating: Collection[str]
) -> tuple[SteadyFinding, ...]:
    """One finding for each cell and phase of ``iterating`` that was measured.

    ``parts`` are the steady parts of ``invocations`` (see ``steady_parts``).
    """
    shape = invocations.seconds.shape
    kind, first, before = (
        each.reshape(shape) for each in (parts.kind, parts.first, parts.seconds_before)
    )
    found = []
    for phase, name in enumerate(invocations.phases):
        if name not in iterating:
            continue
        for number, cell in enumerate(invocations.cells):
            mine = (invocations.cell == number) & (kind[:, phase] >= 0)
            counts = np.bincount(kind[mine, phase], minlength=4)
            if not counts.sum():
                continue
            later = mine & np.isin(kind[:, phase], (WARM_UP, SLOWDOWN))
            found.append(
                SteadyFinding(
                    **cell.fields(),
                    placebo=cell.placebo,
                    phase=name,
                    flat=counts[FLAT],
                    warm_up=counts[WARM_UP],
                    slowdown=counts[SLOWDOWN],
                    none=counts[NONE],
                    calls_before=median(first[later, phase]) if later.any() else None,
                    seconds_before=median(before[later, phase]) if later.any() else None,
                )
            )
    return tuple(found)


def steady_phase_findings(findings: Sequence[SteadyFinding]) -> tuple[SteadyPhaseFinding, ...]:
    """One finding for each phase, over the cells of ``findings``."""
    return tuple(
        _of_phase(phase, [each for each in findings if each.phase == phase])
        for phase in dict.fromkeys(each.phase for each in findings)
    )


def _of_phase(phase: str, cells: Sequence[SteadyFinding]) -> SteadyPhaseFinding:
    counts = {
        "flat": sum(each.flat for each in cells),
        "warm_up": sum(each.warm_up for each in cells),
        "slowdown": sum(each.slowdown for each in cells),
        "none": sum(each.none for each in cells),
    }
    calls = [each.calls_before for each in cells if each.calls_before is not None]
    seconds = [each.seconds_before for each in cells if each.seconds_before is not None]
    return SteadyPhaseFinding(
        phase=phase,
        invocations=sum(counts.values()),
        **counts,
        calls_before=median(np.array(calls)) if calls else None,
        seconds_before=median(np.array(seconds)) if seconds else None,
    )


def steady_warnings(findings: Sequence[SteadyPhaseFinding]) -> tuple[ResultWarning, ...]:
    """A warning for each phase in which too many invocations reach no steady state."""
    return tuple(
        ResultWarning(
            kind="no_steady_state",
            text=(
                f"{each.phase} reaches no steady state in {each.none} of {each.invocations} "
                "invocations; the second half of their calls stands for it"
            ),
        )
        for each in findings
        if each.none > OFTEN * each.invocations
    )
