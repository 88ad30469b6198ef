"""What the experiment of a session measured and concluded, looked up by cell and phase."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bench.analysis.samples.rounds import RoundCosts
from bench.domain.design.plan import Plan
from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.costs import FailureFinding
from bench.domain.findings.run import Findings
from bench.domain.panel import Cell

_COMPARED = ("verdict", "ratio", "ratio_low", "ratio_high", "confidence")


@dataclass(frozen=True)
class Results:
    """The findings of a run of ``plan``, and the cost of each round that they rest on."""

    plan: Plan
    findings: Findings
    costs: RoundCosts

    def seconds(self, cell: Cell, phase: str) -> list[float]:
        """One duration per round in which ``phase`` of ``cell`` was measured."""
        series = self.costs.of(cell, phase)
        return [value for value in series.tolist() if value == value]

    def failures(self, cell: Cell) -> list[FailureFinding]:
        """Why invocations of ``cell`` failed, if any did."""
        return self._failures.get(cell, [])

    def extra_info(self, cell: Cell, phase: str) -> dict[str, Any]:
        """What ``benchmark.extra_info`` says of ``phase`` of ``cell``.

        The keys are those of a comparison in ``bench show --json``; verdict, ratio and interval are
        null where there is nothing to compare with, as for the baseline itself, or where the phase
        is a composite that repeats one of its parts.
        """
        compared = self._comparisons.get((cell, phase))
        return {
            "run": self.findings.run,
            "controls_passed": self.findings.controls_passed,
            **cell.fields(),
            "phase": phase,
            "baseline": self.plan.baseline_of(cell).arm,
            "placebo": cell.placebo,
            **{name: getattr(compared, name, None) for name in _COMPARED},
        }

    @cached_property
    def _failures(self) -> dict[Cell, list[FailureFinding]]:
        found: dict[Cell, list[FailureFinding]] = {}
        for failure in self.findings.failures:
            found.setdefault(failure.cell, []).append(failure)
        return found

    @cached_property
    def _comparisons(self) -> dict[tuple[Cell, str], ComparisonFinding]:
        return {(finding.cell, finding.phase): finding for finding in self.findings.timings}
