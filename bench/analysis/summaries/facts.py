"""What scenarios' own lifecycles say beside the times of a run, and where they failed to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.domain.findings.run import FactFinding, ResultWarning
from bench.domain.labels import label
from bench.domain.panel import Panel


@dataclass(frozen=True)
class LifecycleFacts:
    """What the lifecycle of one arm in one panel said: name → value, or why it could not."""

    factors: Panel
    arm: str
    values: Mapping[str, bool | int | float | str]
    failed: str | None

    @property
    def notes(self) -> Iterator[FactFinding]:
        """A finding for each note."""
        for name, value in self.values.items():
            yield FactFinding(**dict(self.factors), arm=self.arm, name=name, value=value)


def facts_warnings(noted: Sequence[LifecycleFacts]) -> tuple[ResultWarning, ...]:
    """A warning for each reason why notes are missing."""
    reasons = dict.fromkeys(each.failed for each in noted if each.failed)
    return tuple(
        ResultWarning(
            kind="notes",
            text="there are no notes of "
            + ", ".join(
                label(each.factors, each.arm, among=[other.factors for other in noted])
                for each in noted
                if each.failed == reason
            )
            + f": {reason}",
        )
        for reason in reasons
    )
