"""Explanations without content, for what stores them and looks at where they are from."""

from __future__ import annotations

from bench.domain.findings.explanation import Explanation


def empty_explanation(
    scenario: str = "s", architecture: str | None = "mlp", baseline: str = "a"
) -> Explanation:
    """One that has found nothing."""
    return Explanation(
        scenario=scenario,
        architecture=architecture,
        baseline=baseline,
        environment={},
        structure=(),
        counters=(),
        growth=(),
        same_work={},
        retained=(),
        failures=(),
    )
