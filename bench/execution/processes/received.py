"""Outcomes as they reach the controller: those of another form are failures of their own job.

Measured code shares a process with what sends the outcome, and may have changed it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from bench.domain.findings.evidence import Failure
from bench.domain.status import CRASHED
from bench.domain.words import printable
from bench.worker.process.running import unreadable
from bench.worker.wire.codec import WireError
from bench.worker.wire.outcomes import Outcome
from bench.worker.wire.requests import PassRequest, checked_outcome

LONGEST_REASON = 2000
"""Characters of the reason of a failure that are stored."""

LONGEST_PHASE = 200

O_co = TypeVar("O_co", covariant=True)


def received(request: PassRequest[O_co], outcome: Outcome) -> O_co | Failure:
    """``outcome`` if ``request`` can have it, else the failure that it is."""
    try:
        known = checked_outcome(request, outcome)
    except WireError as error:
        return Failure(CRASHED, unreadable(str(error)))
    if isinstance(known, Failure):
        phase = None if known.phase is None else printable(known.phase)[:LONGEST_PHASE]
        return replace(known, reason=printable(known.reason)[:LONGEST_REASON], phase=phase)
    return known
