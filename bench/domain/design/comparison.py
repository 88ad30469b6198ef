"""What is tested: the comparisons of a run, declared before the first measurement."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bench.domain.design.error_budget import error_shares
from bench.domain.design.plan import Plan
from bench.domain.metrics import METRICS, SECONDS, Metric
from bench.domain.panel import Cell, Panel

Program = tuple[str, "str | None", str]
"""Scenario, architecture and name of an arm, which together determine a compiled program."""


@dataclass(frozen=True)
class Comparison:
    """A cell against another of its panel, in one phase and metric.

    That is its baseline, or its own arm in the first environment. ``error_share`` is the
    probability, over all looks together, with which its interval may miss the true median effect.
    ``headline`` marks what the scenario is about; ``same_program`` the phases in which the arm runs
    the very program that the baseline runs.
    """

    metric: Metric
    phase: str
    arm: Cell
    baseline: Cell
    headline: bool
    error_share: float
    same_program: bool = False

    @property
    def panel(self) -> Panel:
        """The panel of both cells."""
        return self.arm.panel

    @property
    def placebo(self) -> bool:
        """Whether the baseline is compared with its own copy."""
        return self.arm.placebo

    @property
    def across(self) -> bool:
        """Whether an arm is compared with itself in another environment."""
        return self.arm.arm == self.baseline.arm

    @property
    def control(self) -> bool:
        """Whether a difference would convict the instrument."""
        return self.placebo or self.same_program


def family(plan: Plan, same_programs: Collection[Program] = ()) -> list[Comparison]:
    """Every comparison of ``plan``, placebos included, counted before anything is measured.

    First each arm is compared with its baseline, in every environment, then each with itself across
    environments, but for placebos. Each metric is a family of its own: the shares of its
    comparisons other than the placebo's sum to ``1 - plan.confidence``, less what the plan sets
    aside for a joint claim. A placebo is judged as strictly as the comparisons of its phase; it
    tests the instrument, not a claim. Wall time comes first. ``same_programs`` are arms known to
    run the baseline's compiled program, which has been looked at in the first environment.
    """
    return [
        comparison
        for metric in METRICS.values()
        if metric.compared
        for comparison in _of_metric(plan, metric, same_programs)
    ]


def _of_metric(
    plan: Plan, metric: Metric, same_programs: Collection[Program]
) -> Iterator[Comparison]:
    lifecycles = plan.lifecycles()
    pairs = [
        (cell, other, phase, plan.scenario(cell.panel.scenario).is_headline(plan.arm(cell), phase))
        for cell, other in _compared(plan)
        if all(metric.is_metered_on(plan.device_of(each)) for each in (cell, other))
        for phase in lifecycles[cell.panel.call_mode].compared
    ]
    claims = [pair for pair in pairs if not pair[0].placebo] or pairs
    budget = 1 - plan.confidence - plan.joint_error
    share = error_shares(budget, [is_headline for *_, is_headline in claims])
    for cell, other, phase, is_headline in pairs:
        panel = cell.panel
        yield Comparison(
            metric=metric,
            phase=phase,
            arm=cell,
            baseline=other,
            headline=is_headline and metric is SECONDS,
            error_share=share[is_headline],
            same_program=metric is SECONDS
            and phase in lifecycles[panel.call_mode].compiled
            and {cell.environment, other.environment} == {plan.first_environment}
            and (panel.scenario, panel.architecture, cell.arm) in same_programs,
        )


def _compared(plan: Plan) -> list[tuple[Cell, Cell]]:
    """Each cell that is compared, and with which: with its baseline, then across environments."""
    cells = plan.cells()
    return [
        *((cell, plan.baseline_of(cell)) for cell in cells if cell != plan.baseline_of(cell)),
        *(
            (cell, plan.across_of(cell))
            for cell in cells
            if cell != plan.across_of(cell) and not cell.placebo
        ),
    ]
