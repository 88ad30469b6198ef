"""What the experiment of a session measured and concluded, looked up by cell and phase."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bench.analysis.samples.rounds import RoundCosts
from bench.domain.findings.run import ComparisonFinding, FailureFinding, Findings
from bench.domain.panel import FACTORS, Panel
from bench.domain.plan import Cell, Plan

_COMPARED = ("verdict", "ratio", "ratio_low", "ratio_high", "confidence")


@dataclass(frozen=True)
class Results:
    """The findings of a run of ``plan``, and the cost of each round that they rest on."""

    plan: Plan
    findings: Findings
    costs: RoundCosts

    def seconds(self, cell: Cell, phase: str) -> list[float]:
        """One duration per round in which ``phase`` of ``cell`` was measured."""
        series = self.costs.seconds_of(_factors(cell.panel), cell.arm.name, phase)
        return [value for value in series.tolist() if value == value]

    def failures(self, cell: Cell) -> list[FailureFinding]:
        """Why invocations of ``cell`` failed, if any did."""
        return self._failures.get((_factors(cell.panel), cell.arm.name), [])

    def extra_info(self, cell: Cell, phase: str) -> dict[str, Any]:
        """What ``benchmark.extra_info`` says of ``phase`` of ``cell``.

        The keys are those of a comparison in ``bench show --json``; verdict, ratio and interval are
        null where there is nothing to compare with, as for the baseline itself.
        """
        panel, arm = cell
        compared = self._comparisons.get((_factors(panel), arm.name, phase))
        return {
            "run": self.findings.run,
            "controls_passed": self.findings.controls_passed,
            **panel.model_dump(),
            "phase": phase,
            "arm": arm.name,
            "baseline": self.plan.scenario(panel.scenario).baseline,
            "placebo": arm.placebo,
            **{name: getattr(compared, name, None) for name in _COMPARED},
        }

    @cached_property
    def _failures(self) -> dict[tuple[Panel, str], list[FailureFinding]]:
        found: dict[tuple[Panel, str], list[FailureFinding]] = {}
        for failure in self.findings.failures:
            found.setdefault((_factors(failure), failure.arm), []).append(failure)
        return found

    @cached_property
    def _comparisons(self) -> dict[tuple[Panel, str, str], ComparisonFinding]:
        return {
            (_factors(finding), finding.arm, finding.phase): finding
            for finding in self.findings.comparisons
        }


def _factors(place: Panel | Panel) -> Panel:
    return Panel(**{name: getattr(place, name) for name in FACTORS})
