"""What is called equivalent is so at a depth that is said: once, or of each phase."""

from __future__ import annotations

from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.run import Findings
from bench.report.answer.compose import compose_answer
from tests.report.findings_factory import findings

ARMS = ("inline", "placebo", "incremental", "incremental_deferred")
EQUAL = {
    "verdict": "equivalent",
    "within_margin": True,
    "ratio": 1.0,
    "ratio_low": 0.99,
    "ratio_high": 1.01,
}
LOST = {
    "verdict": "failed",
    "within_margin": False,
    "rounds": 0,
    **dict.fromkeys(("ratio", "ratio_low", "ratio_high")),
}


def alike(*lost: tuple[str, int]) -> Findings:
    """Arms that are equivalent everywhere but in phases and at depths that are ``lost``."""

    def of(item: ComparisonFinding) -> ComparisonFinding:
        return item.model_copy(update=LOST if (item.phase, item.layers) in lost else EQUAL)

    found = findings(arms=ARMS)
    return found.model_copy(update={"comparisons": tuple(map(of, found.comparisons))})


def told(found: Findings) -> str:
    (text,) = [each for each in compose_answer(found, ()) if each.startswith("Equivalent")]
    return text


def test_one_depth_is_said_once() -> None:
    assert told(alike()) == (
        "Equivalent to inline within 5 % at 64 layers: incremental to construct; "
        "incremental_deferred until ready."
    )


def test_phases_that_are_compared_at_different_depths_each_say_theirs() -> None:
    assert told(alike(("ready", 64))) == (
        "Equivalent to inline within 5 %: incremental to construct at 64 layers; "
        "incremental_deferred until ready at 16 layers."
    )


def test_common_depth_need_not_be_the_deepest() -> None:
    both = told(alike(("ready", 64), ("construct", 64)))
    assert both.startswith("Equivalent to inline within 5 % at 16 layers: incremental to construct")
