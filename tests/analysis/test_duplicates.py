"""Composites that repeat a part are left out, and those that do not are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.analysis.inference.duplicates import without_duplicates
from bench.analysis.samples.invocations import to_invocations
from bench.domain.design.comparison import Comparison
from bench.domain.metrics import RETAINED_BYTES, SECONDS
from tests.analysis.sample_tables import cell, failed, frame, invocation, panel

COMPOSITES = {"function": {"ready": ("construct", "build"), "start": ("construct", "trace")}}

BUILT: Mapping[str, float | None] = {"construct": 0.1, "build": None, "trace": 0.1}
UNBUILT: Mapping[str, float | None] = {"construct": 0.1, "build": 0.2, "trace": 0.1}


def declared(
    *phases: str, headline: Sequence[str] = (), arms: Sequence[str] = ("mine",)
) -> list[Comparison]:
    return [
        Comparison(
            metric=metric,
            phase=phase,
            arm=cell(arm),
            baseline=cell("inline"),
            headline=phase in headline and metric is SECONDS,
            error_share=0.01,
        )
        for metric in (SECONDS, RETAINED_BYTES)
        for arm in arms
        for phase in phases
    ]


def kept(
    comparisons: Sequence[Comparison], *rounds: Mapping[str, Mapping[str, float | None]]
) -> list[tuple[str, str]]:
    """Metric and phase of what is left, of rounds that give the phases of each arm."""
    rows = [
        row
        for number, arms in enumerate(rounds)
        for order, (arm, seconds) in enumerate(arms.items())
        for row in invocation(panel(), arm, seconds, round=number, order=order)
    ]
    left = without_duplicates(comparisons, to_invocations(frame(rows)), COMPOSITES)
    return [(each.metric.name, each.phase) for each in left]


def in_both_metrics(*phases: str) -> list[tuple[str, str]]:
    return [(name, phase) for name in ("seconds", "retained_bytes") for phase in phases]


def test_composite_is_left_out_where_its_other_part_has_nothing_to_do() -> None:
    comparisons = declared("construct", "ready", "trace", headline=["construct"])
    assert kept(comparisons, {"inline": BUILT, "mine": BUILT}) == in_both_metrics(
        "construct", "trace"
    )


def test_headline_composite_stays_and_its_part_goes_in_every_metric() -> None:
    comparisons = declared("construct", "ready", headline=["ready"])
    assert kept(comparisons, {"inline": BUILT, "mine": BUILT}) == in_both_metrics("ready")


def test_composite_goes_where_both_or_neither_are_headline() -> None:
    for headline in ((), ("construct", "ready")):
        comparisons = declared("construct", "ready", headline=headline)
        assert kept(comparisons, {"inline": BUILT, "mine": BUILT}) == in_both_metrics("construct")


def test_composite_stays_where_either_arm_builds() -> None:
    comparisons = declared("construct", "ready")
    for arms in (("inline", "mine"), ("mine", "inline")):
        rounds = {arms[0]: UNBUILT, arms[1]: BUILT}
        assert kept(comparisons, rounds) == in_both_metrics("construct", "ready")


def test_composite_stays_where_a_model_was_built_late_in_a_single_round() -> None:
    comparisons = declared("construct", "ready")
    equal = {"inline": BUILT, "mine": BUILT}
    assert kept(comparisons, equal, equal | {"mine": UNBUILT}, equal) == in_both_metrics(
        "construct", "ready"
    )


def test_composite_stays_where_the_arms_are_busy_in_different_parts() -> None:
    comparisons = declared("construct", "build", "ready")
    other = {"construct": None, "build": 0.2, "trace": 0.1}
    assert kept(comparisons, {"inline": BUILT, "mine": other}) == in_both_metrics(
        "construct", "build", "ready"
    )


def test_composite_of_a_part_that_is_not_compared_stays() -> None:
    assert kept(declared("ready"), {"inline": BUILT, "mine": BUILT}) == in_both_metrics("ready")


def test_composite_with_two_parts_stays() -> None:
    comparisons = declared("construct", "start")
    assert kept(comparisons, {"inline": BUILT, "mine": BUILT}) == in_both_metrics(
        "construct", "start"
    )


def test_arm_that_was_not_measured_repeats_nothing() -> None:
    comparisons = declared("construct", "ready")
    assert kept(comparisons, {"inline": BUILT}) == in_both_metrics("construct", "ready")
    crashed = failed(panel(), "mine", "crashed", "signal 9", order=1)
    rows = [*invocation(panel(), "inline", BUILT), *crashed]
    left = without_duplicates(comparisons, to_invocations(frame(rows)), COMPOSITES)
    assert left == comparisons
