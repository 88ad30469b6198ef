"""Calls that follow one another: memory that they keep and time that they lose, worked by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from bench.analysis.inference.intervals import rounds_to_exclude
from bench.analysis.summaries.memory_growth import FLAT_BYTES, memory_growth_findings
from bench.domain.findings.costs import MemoryGrowthFinding
from bench.domain.panel import Panel
from tests.analysis.sample_tables import failed, frame, invocation, panel

ERROR = 0.05
ENOUGH = rounds_to_exclude(ERROR / 2)
"""Rounds from which the two intervals of one finding have bounds."""

MIB = 2**20
STEADY = (1.0, 1.0, 1.0, 1.0)

Rows = list[dict[str, Any]]


def lived(
    kept: Sequence[int],
    seconds: Sequence[float] | None = None,
    *,
    arm: str = "inline",
    factors: Panel | None = None,
    phase: str = "search",
    **place: Any,
) -> Rows:
    """The rows of one invocation whose calls kept ``kept`` bytes each and took ``seconds``."""
    calls = {phase: list(seconds or [1.0] * len(kept))}
    rows = invocation(factors or panel(), arm, {"prepare": 1.0}, calls=calls, **place)
    numbered = (row for row in rows if row.get("iteration") is not None)
    for row, change in zip(numbered, kept, strict=True):
        row["memory_change_bytes"] = change
    return rows


def every_round(
    kept: Sequence[int],
    seconds: Sequence[float] | None = None,
    rounds: int = ENOUGH,
    **what: Any,
) -> Rows:
    """The same invocation in every round."""
    return [row for number in range(rounds) for row in lived(kept, seconds, round=number, **what)]


def found_in(rows: Iterable[dict[str, Any]]) -> tuple[MemoryGrowthFinding, ...]:
    return memory_growth_findings(frame(list(rows)), ERROR)


def only(rows: Iterable[dict[str, Any]]) -> MemoryGrowthFinding:
    (finding,) = found_in(rows)
    return finding


def test_memory_that_every_call_keeps_grows() -> None:
    finding = only(every_round([MIB] * 4))
    assert finding.memory == "grows"
    assert (finding.retained_bytes_low, finding.retained_bytes, finding.retained_bytes_high) == (
        MIB,
        MIB,
        MIB,
    )
    assert finding.rounds == ENOUGH


def test_intervals_hold_together() -> None:
    both = ("inline", "incremental")
    one_alone = every_round([MIB] * 4)
    two = [row for arm in both for row in every_round([MIB] * 4, arm=arm)]
    assert {each.memory for each in found_in(one_alone)} == {"grows"}
    assert {each.memory for each in found_in(two)} == {"unresolved"}
    more = rounds_to_exclude(ERROR / 4)
    two = [row for arm in both for row in every_round([MIB] * 4, rounds=more, arm=arm)]
    assert {each.memory for each in found_in(two)} == {"grows"}


@pytest.mark.parametrize("kept", [0, FLAT_BYTES - 1, -MIB])
def test_memory_is_flat_where_calls_keep_next_to_nothing(kept: int) -> None:
    finding = only(every_round([kept] * 4))
    assert finding.memory == "flat"
    assert finding.retained_bytes == kept


def test_memory_on_the_border_is_neither_flat_nor_growing() -> None:
    assert only(every_round([FLAT_BYTES] * 4)).memory == "unresolved"
    assert only(every_round([FLAT_BYTES + 1] * 4)).memory == "grows"


def test_interval_on_both_sides_of_the_border_is_unresolved() -> None:
    rows = [row for number in range(30) for row in lived([number % 2 * MIB] * 4, round=number)]
    finding = only(rows)
    assert finding.memory == "unresolved"
    assert (finding.retained_bytes_low, finding.retained_bytes_high) == (0, MIB)


@pytest.mark.parametrize("kept", [0, MIB])
def test_few_rounds_resolve_nothing_about_memory(kept: int) -> None:
    finding = only(every_round([kept] * 4, rounds=ENOUGH - 1))
    assert finding.memory == "unresolved"
    assert finding.retained_bytes == kept
    assert (finding.retained_bytes_low, finding.retained_bytes_high) == (None, None)


def test_few_rounds_place_no_bound_of_the_slowdown() -> None:
    finding = only(every_round([0] * 4, rounds=ENOUGH - 1))
    assert finding.slowdown == pytest.approx(1)
    assert (finding.slowdown_low, finding.slowdown_high) == (None, None)


def test_growth_is_read_from_the_later_half_alone() -> None:
    settled = only(every_round([100 * MIB, 50 * MIB, 0, 0]))
    assert (settled.memory, settled.retained_bytes) == ("flat", 0)
    late = only(every_round([0, 0, MIB, 3 * MIB]))
    assert (late.memory, late.retained_bytes) == ("grows", 2 * MIB)


def test_of_an_odd_number_of_calls_the_middle_one_belongs_to_the_later_half() -> None:
    finding = only(every_round([0, 0, 9 * MIB, 0, 0], [1.0, 1.0, 4.0, 1.0, 1.0]))
    assert finding.retained_bytes == 3 * MIB
    assert finding.slowdown == pytest.approx(2)


def test_slowdown_is_the_later_half_s_time_relative_to_the_earlier_s() -> None:
    finding = only(every_round([0] * 4, [1.0, 3.0, 4.0, 8.0]))
    assert finding.slowdown == pytest.approx(3)
    assert finding.slowdown_low == pytest.approx(3)
    assert finding.slowdown_high == pytest.approx(3)


def test_calls_that_get_faster_have_a_slowdown_below_one() -> None:
    assert only(every_round([0] * 4, [2.0, 2.0, 1.0, 1.0])).slowdown == pytest.approx(0.5)


def test_slowdown_is_formed_within_rounds() -> None:
    rows = []
    for number in range(ENOUGH):
        pace = 10.0**number
        rows += lived([0] * 4, [1e-6 * pace, 1e-6 * pace, 2e-6 * pace, 2e-6 * pace], round=number)
    finding = only(rows)
    assert finding.slowdown_low == pytest.approx(2)
    assert finding.slowdown_high == pytest.approx(2)


def test_seconds_and_bytes_of_each_call_are_medians_over_rounds() -> None:
    rows = [
        *lived([1, 1, 1, 1], [1.0, 2.0, 3.0, 4.0], round=0),
        *lived([2, 4, 6, 8], [3.0, 3.0, 3.0, 3.0], round=1),
        *lived([9, 0, 0, 90], [2.0, 9.0, 9.0, 9.0], round=2),
    ]
    finding = only(rows)
    assert finding.seconds == pytest.approx((2, 3, 3, 4))
    # Added until the end of each call: 1 2 3 4, 2 6 12 20 and 9 9 9 99.
    assert finding.bytes == (2, 6, 9, 20)


def test_replicates_of_a_round_are_reduced_by_their_median() -> None:
    rows = []
    for number in range(ENOUGH):
        for replicate, (kept, slow) in enumerate([(0, 2.0), (MIB, 3.0), (500 * MIB, 90.0)]):
            calls = [1.0, 1.0, slow, slow]
            place: dict[str, Any] = {"round": number, "replicate": replicate, "order": replicate}
            rows += lived([kept] * 4, calls, **place)
    finding = only(rows)
    assert finding.rounds == ENOUGH
    assert finding.retained_bytes == MIB
    assert finding.retained_bytes_high == MIB
    assert finding.slowdown == pytest.approx(3)


def test_every_depth_arm_and_phase_has_a_finding_of_its_own() -> None:
    rows = []
    for depth in (4, 16):
        for factor, arm in enumerate(("inline", "placebo", "incremental")):
            what: dict[str, Any] = {"arm": arm, "factors": panel(depth)}
            rows += every_round([factor * depth * MIB] * 4, **what)
    rows += every_round([7 * MIB] * 2, phase="reload")
    found = {(each.layers, each.arm, each.phase): each for each in found_in(rows)}
    assert {key: each.retained_bytes / MIB for key, each in found.items()} == {
        (4, "inline", "search"): 0,
        (4, "placebo", "search"): 4,
        (4, "incremental", "search"): 8,
        (16, "inline", "search"): 0,
        (16, "placebo", "search"): 16,
        (16, "incremental", "search"): 32,
        (16, "inline", "reload"): 7,
    }
    assert [each.placebo for each in found.values()] == [False, True, False] * 2 + [False]


def test_panel_without_depth_and_architecture_has_a_finding_too() -> None:
    finding = only(every_round([MIB] * 4, factors=panel(None, architecture=None)))
    assert (finding.layers, finding.architecture, finding.batch) == (None, None, None)
    assert finding.memory == "grows"


def test_batch_sizes_have_findings_of_their_own() -> None:
    rounds = rounds_to_exclude(ERROR / 4)
    rows = every_round([0] * 4, rounds=rounds, factors=panel(batch=1))
    rows += every_round([MIB] * 4, rounds=rounds, factors=panel(batch=256))
    assert [(each.batch, each.memory) for each in found_in(rows)] == [(1, "flat"), (256, "grows")]


def test_failed_invocations_contribute_nothing() -> None:
    rows = every_round([MIB] * 4)
    for number in range(ENOUGH, 2 * ENOUGH):
        rows += failed(panel(), "inline", "crashed", "gone", phase="search", round=number)
        rows += failed(panel(), "functional", "crashed", "gone", phase="search", round=number)
    finding = only(rows)
    assert finding.arm == "inline"
    assert finding.rounds == ENOUGH


def test_calls_without_a_meter_of_memory_are_no_series() -> None:
    rows = [
        row
        for number in range(ENOUGH)
        for row in invocation(
            panel(), "inline", {"construct": 1.0}, calls={"inference": STEADY}, round=number
        )
    ]
    assert found_in(rows) == ()


def test_no_rows_give_no_findings() -> None:
    assert found_in([]) == ()


def test_one_call_alone_tells_nothing_that_is_no_number() -> None:
    for finding in found_in(every_round([MIB])):
        assert math.isfinite(finding.slowdown)


def test_findings_are_read_back_as_they_were_written() -> None:
    for rounds in (1, ENOUGH):
        finding = only(every_round([MIB] * 5, rounds=rounds))
        assert MemoryGrowthFinding.model_validate_json(finding.model_dump_json()) == finding


def test_calls_that_share_a_core_say_nothing_of_time() -> None:
    """The others leave it half-way, so that the later calls take half as long."""
    shared = every_round([MIB] * 4, (2.0, 2.0, 1.0, 1.0), group=0)
    found = only([*every_round([MIB] * 4, STEADY), *shared])
    assert found.slowdown == 1
    assert found.seconds == STEADY
    assert found.retained_bytes == MIB
    assert found_in(shared) == ()
