"""Rounds in which an arm cost nothing, or gave memory back: no ratio, and yet not nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.analysis.arrays import Floats
from bench.analysis.compare import comparison_findings
from bench.analysis.inference.effects import Effect, effect_of
from bench.analysis.inference.joint import JointVerdicts
from bench.analysis.samples.invocations import to_invocations
from bench.analysis.samples.rounds import reduce_rounds
from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.metrics import RETAINED_BYTES
from tests.analysis.joint_effects import LONG, PLAN, TIMED, effects, equal, judged
from tests.analysis.sample_tables import frame, invocation, panel
from tests.analysis.simulated_runs import family

NO_CLAIM = JointVerdicts((), frozenset(), {})


def finding(log_ratio: Floats, without_ratio: int, rounds: int) -> ComparisonFinding:
    """What is said of an arm with these ratios, and as many rounds without, at 5 % of error."""
    comparison = replace(TIMED[0], error_share=0.05)
    effect = Effect(comparison, log_ratio, LONG, LONG, without_ratio)
    (found,) = comparison_findings([effect], PLAN, NO_CLAIM, rounds)
    return found


def incomplete(found: ComparisonFinding) -> list[str]:
    return [each.text for each in found.warnings if each.kind == "incomplete"]


def steps(count: int) -> Floats:
    """1 %, 2 %, … in no order that could be a drift."""
    logs: Floats = np.random.default_rng(1).permutation(np.arange(1, count + 1)) / 100
    return logs


def test_interval_is_as_wide_as_if_they_lay_at_either_end() -> None:
    """Of 14 rounds the second from either end bounds the median; one may lie beyond it."""
    known = finding(steps(13), without_ratio=0, rounds=13)
    assert (known.ratio_low, known.ratio_high) == pytest.approx((np.exp(0.02), np.exp(0.12)))
    found = finding(steps(13), without_ratio=1, rounds=14)
    assert (found.ratio_low, found.ratio_high) == pytest.approx((np.exp(0.01), np.exp(0.13)))
    assert (found.unadjusted_low, found.unadjusted_high) == (found.ratio_low, found.ratio_high)
    assert found.rounds == 13


def test_verdict_does_not_rest_on_the_other_rounds_alone() -> None:
    logs = np.full(10, 0.2)
    assert finding(logs, without_ratio=0, rounds=10).verdict == "slower"
    found = finding(logs, without_ratio=3, rounds=13)
    assert (found.verdict, found.ratio_low, found.ratio_high) == ("unresolved", None, None)
    assert found.ratio == pytest.approx(np.exp(0.2))


def test_they_are_told_and_do_not_count_as_lacking_an_arm() -> None:
    assert incomplete(finding(steps(13), without_ratio=2, rounds=15)) == [
        "in 2 of 15 rounds, one of the two arms has no cost above 0: there is no ratio, and the "
        "interval allows any"
    ]


def test_rounds_that_lack_an_arm_are_told_apart_from_them() -> None:
    lacking, without = incomplete(finding(steps(13), without_ratio=2, rounds=16))
    assert lacking == "1 of 16 rounds lacks one of the two arms"
    assert without.startswith("in 2 of 16 rounds, one of the two arms has no cost above 0")


def test_complete_rounds_are_told_nothing_of() -> None:
    assert incomplete(finding(steps(13), without_ratio=0, rounds=13)) == []


def test_joint_claim_does_not_rest_on_the_other_rounds_alone(random: np.random.Generator) -> None:
    found = effects(random, equal, 25)
    assert judged(found).findings[0].verdict == "equivalent"
    half = [replace(each, without_ratio=25) for each in found]
    joint = judged(half)
    assert {each.verdict for each in joint.findings} == {"unresolved"}
    assert not joint.shown


def test_memory_that_was_given_back_has_no_ratio() -> None:
    changes: dict[str, list[int | None]] = {
        "inline": [100, 100, -50, None, 0],
        "mine": [200, -7, 30, 10, 10],
    }
    rows = [
        row
        for place, (arm, each) in enumerate(changes.items())
        for round, change in enumerate(each)
        if change is not None
        for row in invocation(
            panel(),
            arm,
            {"construct": 1.0},
            round=round,
            order=place,
            change_bytes={"construct": change},
        )
    ]
    costs = reduce_rounds(to_invocations(frame(rows)), composites={}, iterating=())
    (comparison,) = family(["inline", "mine"], [panel()], phases=["construct"])
    found = effect_of(replace(comparison, metric=RETAINED_BYTES), costs)
    np.testing.assert_allclose(np.exp(found.log_ratio), [2.0])
    assert found.without_ratio == 3
    assert effect_of(comparison, costs).without_ratio == 0
