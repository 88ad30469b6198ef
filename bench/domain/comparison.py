"""What is tested: the comparisons of a run, declared before the first measurement."""

from __future__ import annotations

from dataclasses import dataclass

from bench.domain.panel import Panel


@dataclass(frozen=True)
class Comparison:
    """An arm against the baseline in one panel and phase.

    ``error_share`` is the probability, over all looks together, with which its interval may miss
    the true median effect. The shares of the comparisons other than the placebo's sum to the error
    budget of the run. ``headline`` marks the phases that the scenario is about; ``same_program``
    those in which the arm runs the very program that the baseline runs.
    """

    factors: Panel
    phase: str
    arm: str
    baseline: str
    placebo: bool
    headline: bool
    error_share: float
    same_program: bool = False

    @property
    def control(self) -> bool:
        """Whether a difference would convict the instrument."""
        return self.placebo or self.same_program
