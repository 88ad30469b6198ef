"""Calls counted exactly, by who called whom."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from bench.worker.instruments.call_counter import ROOT, CallCounter, qualified_names


def counted(action: Callable[[], object]) -> dict[tuple[str, str], int]:
    """(caller, callee) → calls, by name."""
    counter = CallCounter()
    counter.run(action)
    names = {ROOT: "root"} | {
        number: code.co_name for number, code in enumerate(counter.functions, start=1)
    }
    return {
        (names[caller], names[callee]): counts[0]
        for (caller, callee), counts in counter.edges.items()
    }


def leaf() -> int:
    return 1


def twice() -> int:
    return leaf() + leaf()


def test_every_call_has_its_caller() -> None:
    assert counted(twice) == {("root", "twice"): 1, ("twice", "leaf"): 2}


def test_total_counts_python_functions_alone() -> None:
    def action() -> None:
        len(sorted([leaf(), leaf()]))

    counter = CallCounter()
    counter.run(action)
    assert counter.total == 1 + 2


def wrapping(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


def test_wrappers_are_seen_through() -> None:
    wrapped = wrapping(wrapping(leaf))

    def action() -> None:
        wrapped()

    assert counted(action) == {("root", "action"): 1, ("action", "leaf"): 1}


def test_method_that_takes_anything_and_says_super_is_no_wrapper() -> None:
    class Base:
        def __init__(self, value: int) -> None:
            self.value = value

    class Derived(Base):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)

    found = counted(lambda: Derived(1))
    assert ("<lambda>", "__init__") in found
    assert ("__init__", "__init__") in found


def test_comprehensions_are_seen_through() -> None:
    def action() -> None:
        [leaf() for _ in range(3)]
        sum(leaf() for _ in range(4))

    assert counted(action) == {("root", "action"): 1, ("action", "leaf"): 7}


def down(depth: int) -> None:
    if depth:
        down(depth - 1)


def test_function_that_calls_itself_is_called_again_by_its_caller() -> None:
    def action() -> None:
        down(3)

    assert counted(action) == {("root", "action"): 1, ("action", "down"): 4}


def test_calls_within_are_those_of_the_outermost_call() -> None:
    counter = CallCounter()
    counter.run(twice)
    within = {
        counter.functions[callee - 1].co_name: c[1] for (_, callee), c in counter.edges.items()
    }
    assert within == {"twice": 2, "leaf": 0}


def test_action_that_raises_stops_the_counting() -> None:
    def fails() -> None:
        leaf()
        raise ValueError("not today")

    counter = CallCounter()
    with pytest.raises(ValueError, match="not today"):
        counter.run(fails)
    before = counter.total
    leaf()
    assert counter.total == before


def test_names_are_those_that_people_see() -> None:
    assert qualified_names()[leaf.__code__] == "leaf"
    code = test_names_are_those_that_people_see.__code__
    assert qualified_names()[code].endswith("test_names_are_those_that_people_see")
