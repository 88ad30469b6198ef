"""Facts that scenarios' own lifecycles report with the timings, and where they are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.costs import FactFinding
from bench.domain.labels import label
from bench.domain.panel import Cell


@dataclass(frozen=True)
class LifecycleFacts:
    """What the lifecycle of one cell reports: name → value, or why it failed to."""

    cell: Cell
    values: Mapping[str, bool | int | float | str]
    failed: str | None

    @property
    def findings(self) -> Iterator[FactFinding]:
        """A finding for each fact."""
        for name, value in self.values.items():
            yield FactFinding(**self.cell.fields(), name=name, value=value)


def facts_warnings(reported: Sequence[LifecycleFacts]) -> tuple[ResultWarning, ...]:
    """A warning for each reason why facts are missing."""
    reasons = dict.fromkeys(each.failed for each in reported if each.failed)
    return tuple(
        ResultWarning(
            kind="facts",
            text="there are no facts about "
            + ", ".join(
                label(
                    each.cell.panel, each.cell.arm, among=[other.cell.panel for other in reported]
                )
                for each in reported
                if each.failed == reason
            )
            + f": {reason}",
        )
        for reason in reasons
    )
