"""Calls by everything that led to them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import pytest

from bench.worker.instruments.call_counter import CallCounter
from bench.worker.passes.growth import SMALLEST_SHARE, large_nodes


def leaf() -> int:
    return 1


def twice() -> int:
    return leaf() + leaf()


def down(steps: int) -> int:
    return down(steps - 1) if steps else leaf()


def there(steps: int) -> int:
    return back(steps - 1) if steps else 0


def back(steps: int) -> int:
    return there(steps - 1) if steps else 0


def tree(action: Callable[[], object]) -> dict[tuple[str, ...], tuple[int, int]]:
    """Names from ``action`` to the function → its calls there, and those within."""
    counter = CallCounter()
    counter.run(action)
    paths: list[tuple[str, ...]] = [()]
    found = {}
    for parent, function, calls, within in counter.tree[1:]:
        paths.append((*paths[parent], counter.functions[function - 1].co_name))
        found[paths[-1]] = (calls, within)
    return found


def test_function_that_is_called_from_two_places_has_two_nodes() -> None:
    def action() -> None:
        twice()
        leaf()

    assert tree(action) == {
        ("action",): (1, 4),
        ("action", "twice"): (1, 2),
        ("action", "twice", "leaf"): (2, 0),
        ("action", "leaf"): (1, 0),
    }


def test_function_that_calls_itself_has_one_node() -> None:
    found = tree(lambda: down(3))
    assert found == {
        ("<lambda>",): (1, 5),
        ("<lambda>", "down"): (4, 1),
        ("<lambda>", "down", "leaf"): (1, 0),
    }


def test_functions_that_call_each_other_stand_below_each_other() -> None:
    found = tree(lambda: there(3))
    assert list(found)[-1] == ("<lambda>", "there", "back", "there", "back")
    assert [within for _, within in found.values()] == [4, 3, 2, 1, 0]


def test_generator_is_called_each_time_it_goes_on() -> None:
    def numbers(count: int) -> Iterator[int]:
        yield from range(count)

    found = tree(lambda: list(numbers(3)))
    assert found["<lambda>", "numbers"] == (4, 0)


def test_calls_of_all_children_are_within_their_parent() -> None:
    def action() -> None:
        for count in range(4):
            down(count)
            twice()

    counter = CallCounter()
    counter.run(action)
    for place, (_, _, _, within) in enumerate(counter.tree):
        children = [each for each in counter.tree[1:] if each[0] == place]
        assert sum(calls + inside for _, _, calls, inside in children) <= within
    assert counter.tree[0][3] == counter.total


def test_calls_after_an_exception_belong_to_who_caught_it() -> None:
    def fails() -> None:
        leaf()
        raise ValueError

    def action() -> None:
        with contextlib.suppress(ValueError):
            fails()
        leaf()

    assert tree(action)["action", "leaf"] == (1, 0)


def test_phases_have_trees_of_their_own() -> None:
    counter = CallCounter()
    counter.run(twice)
    counter.clear()
    counter.run(leaf)
    assert [node[2:] for node in counter.tree] == [[1, 1], [1, 0]]


def test_small_nodes_are_left_out_and_the_others_keep_their_parents() -> None:
    nodes = [[0, 0, 1, 1000], [0, 1, 1, 3], [0, 2, 1, 990], [2, 3, 1, 2], [2, 4, 5, 900]]
    kept = large_nodes(nodes, SMALLEST_SHARE * 1000)
    assert [(each.parent, each.function) for each in kept] == [(0, 0), (0, 2), (1, 4)]


def endless(steps: int = 0) -> int:
    return endless(steps + 1)


def takes_the_profile_function_away() -> None:
    twice()
    sys.setprofile(None)
    leaf()


def is_at_the_limit_of_recursion() -> None:
    for _ in range(50):
        twice()
    with contextlib.suppress(RecursionError):
        endless()
    leaf()


@pytest.mark.parametrize("action", [takes_the_profile_function_away, is_at_the_limit_of_recursion])
def test_calls_under_way_when_the_profile_function_is_lost_end(action: Callable[[], None]) -> None:
    counter = CallCounter()
    counter.run(action)
    for place, (_, _, _, within) in enumerate(counter.tree):
        children = [each for each in counter.tree[1:] if each[0] == place]
        assert 0 <= sum(calls + inside for _, _, calls, inside in children) <= within
    assert counter.tree[0][3] == counter.total
    assert large_nodes(counter.tree, SMALLEST_SHARE * counter.total)[1].within >= 3
