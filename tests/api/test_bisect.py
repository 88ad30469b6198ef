"""A search for the candidate that changes a count, over counts whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.api.bisect import (
    Count,
    NotCounted,
    NothingChanged,
    Wanted,
    _only,
    count_of,
    find_change,
)
from bench.domain.errors import BenchError
from bench.domain.findings.explanation import (
    CounterFinding,
    ExactGrowthFinding,
    Explanation,
    GrowthFinding,
    PassFailure,
)
from bench.execution.processes.ending import InterpreterFailed
from bench.planning import registry
from bench.planning.run_options import RunOptions


def changing(first_changed: int, broken: frozenset[int] = frozenset()) -> Callable[[str], Count]:
    """Counts of candidates "0", "1", …; those from ``first_changed`` on have another law."""

    def count(label: str) -> Count:
        if int(label) in broken:
            raise BenchError(f"{label} is broken")
        law = "n²" if int(label) >= first_changed else "n"
        return Count(label, (4, 8), (1, 2), law)

    return count


@given(st.data(), st.integers(2, 200))
def test_the_first_that_changes_is_found(data: st.DataObject, number: int) -> None:
    first = data.draw(st.integers(1, number - 1))
    labels = [str(each) for each in range(number)]
    change = find_change(labels, changing(first))
    assert (change.before.label, change.after.label) == (str(first - 1), str(first))
    assert (change.before.law, change.after.law) == ("n", "n²")
    assert not change.between
    assert len(change.counted) <= 1 + math.ceil(math.log2(number))


def test_fifty_commits_take_seven_counts() -> None:
    labels = [str(each) for each in range(51)]
    assert max(len(find_change(labels, changing(each)).counted) for each in range(1, 51)) == 7


@given(st.data(), st.integers(3, 40))
def test_what_cannot_be_counted_is_passed_by(data: st.DataObject, number: int) -> None:
    first = data.draw(st.integers(1, number - 1))
    broken = data.draw(st.frozensets(st.integers(1, number - 1).filter(lambda it: it != first)))
    change = find_change([str(each) for each in range(number)], changing(first, broken))
    assert change.after.label == str(first)
    missed = [str(each) for each in range(int(change.before.label) + 1, first)]
    assert list(change.between) == missed
    assert set(map(int, missed)) <= broken
    assert set(map(int, change.failed)) <= broken


def test_broken_one_that_may_be_the_first_is_named() -> None:
    said: list[str] = []
    labels = [str(each) for each in range(5)]
    change = find_change(labels, changing(2, frozenset({2})), said.append)
    assert (change.before.label, change.between, change.after.label) == ("1", ("2",), "3")
    assert change.failed == {"2": "2 is broken"}
    assert said == ["2 cannot be counted: 2 is broken"]


def test_nothing_that_changes_is_told() -> None:
    words = "^nothing changes in those counted, 5 of 9, of which 8 is the last: n$"
    with pytest.raises(NothingChanged, match=words):
        find_change([str(each) for each in range(9)], changing(100))


def test_last_ones_that_cannot_be_counted_are_not_called_unchanged() -> None:
    words = (
        "^nothing changes in those counted, 3 of 9, of which 6 is the last: n; after it, none can "
        "be counted: 7, 8: 8 is broken$"
    )
    with pytest.raises(NothingChanged, match=words):
        find_change([str(each) for each in range(9)], changing(8, frozenset({7, 8})))


def test_broken_ones_before_the_last_that_is_counted_are_named() -> None:
    words = "4 is the last: n; before it, these cannot be counted: 2, 3$"
    with pytest.raises(NothingChanged, match=words):
        find_change([str(each) for each in range(5)], changing(100, frozenset({2, 3})))


def test_nothing_is_found_where_the_first_is_broken() -> None:
    with pytest.raises(BenchError, match="0 is broken"):
        find_change(["0", "1"], changing(1, frozenset({0})))


LINEAR = ExactGrowthFinding(kind="linear", text="2 n", order=1.0)
SQUARE = ExactGrowthFinding(kind="irregular", text="about n^1.94", order=1.94)


def explanation(**changes: object) -> Explanation:
    def counter(phase: str | None, name: str, values: tuple[int, ...]) -> CounterFinding:
        return CounterFinding(
            arm="a", phase=phase, counter=name, depths=(4, 8), values=values, exact=True, law=LINEAR
        )

    known: Mapping[str, object] = {
        "scenario": "s",
        "architecture": None,
        "baseline": "a",
        "environment": {},
        "structure": (),
        "counters": (
            counter("construct", "objects", (1, 2)),
            counter("first_call", "objects", (5, 5)),
            counter(None, "inbound_nodes", (8, 16)),
        ),
        "growth": (
            GrowthFinding(
                arm="a",
                phase="construct",
                depths=(4, 8),
                calls=(10, 40),
                law=SQUARE,
                takes_over=None,
                edges=(),
                functions=(),
            ),
        ),
        "same_work": {},
        "retained": (),
        "failures": (),
        **changes,
    }
    return Explanation.model_validate(known)


def test_counter_of_the_model_has_its_formula() -> None:
    found = count_of("v", explanation(), Wanted("inbound_nodes"))
    assert found == Count("v", (4, 8), (8, 16), "2 n")


def test_counter_of_how_it_is_made_is_that_of_the_main_phase() -> None:
    assert count_of("v", explanation(), Wanted("objects")).values == (1, 2)


def test_calls_without_a_law_are_told_by_their_numbers() -> None:
    assert count_of("v", explanation(), Wanted()).law == "10, 40"


def test_growth_is_told_by_its_class() -> None:
    assert count_of("v", explanation(), Wanted(growth="construct")).law == "quadratic"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted("nodes"), "there is no counter 'nodes': calls, inbound_nodes, objects"),
        (Wanted(growth="build"), "no calls of phase 'build' are counted: construct"),
    ],
)
def test_what_is_not_counted_is_told(wanted: Wanted, words: str) -> None:
    with pytest.raises(NotCounted, match=words):
        count_of("v", explanation(), wanted)


def test_one_arm_of_a_scenario_with_known_slowdowns_can_be_counted() -> None:
    scenario = registry.scenarios()["calibration"]
    assert scenario.injected
    for arm in scenario.arms:
        only = _only(scenario, arm, RunOptions())
        assert (list(only.arms), only.baseline, only.injected) == ([arm], arm, {})


def test_arm_that_fails_is_not_counted() -> None:
    failure = PassFailure(arm="a", layers=4, what="growth", kind="builder_error", reason="no")
    with pytest.raises(InterpreterFailed, match="growth: no"):
        count_of("v", explanation(failures=(failure,)), Wanted())
