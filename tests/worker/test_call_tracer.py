"""Marked calls: of which functions, how deep, how many, and that every mark ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bench.worker.profiling.call_tracer import CallTracer
from bench.worker.profiling.planes import Plane
from bench.worker.profiling.profiler import Capture


class Recording:
    """A profiler that remembers its marks as they begin, and how deeply they nest."""

    graph_building: str | None = None

    def __init__(self) -> None:
        self.begun: list[tuple[str, int]] = []
        self.open = 0

    @contextmanager
    def mark(self, label: str) -> Iterator[None]:
        self.begun.append((label, self.open))
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    def label(self, name: str, where: str) -> str:
        assert where.startswith("test_call_tracer.py:")
        return name.rpartition(".")[2]

    def capture(self, folder: str) -> Any:
        raise NotImplementedError

    def step(self, name: str, number: int) -> Any:
        raise NotImplementedError

    def read(self, captured: Capture) -> list[Plane]:
        raise NotImplementedError


def leaf() -> int:
    return 1


def branch() -> int:
    return leaf() + leaf()


def tree() -> int:
    return branch() + sum([leaf() for _ in range(2)])


def wrapped(function: Callable[..., int]) -> Callable[..., int]:
    def wrapper(*args: Any, **kwargs: Any) -> int:
        return function(*args, **kwargs)

    return wrapper


@wrapped
def decorated() -> int:
    return leaf()


def counting() -> Iterator[int]:
    yield leaf()
    yield leaf()


def fails() -> None:
    leaf()
    raise ValueError("as planned")


def marks(
    action: Callable[[], object],
    *,
    modules: tuple[str, ...] = (__name__,),
    depth: int = 9,
    most: int = 100,
) -> tuple[list[tuple[str, int]], CallTracer]:
    profiler = Recording()
    marker = CallTracer(profiler, modules, depth, most)
    marker.run(action)
    assert profiler.open == 0
    assert sys.getprofile() is None
    return profiler.begun, marker


def test_calls_are_marked_within_each_other() -> None:
    begun, marker = marks(tree)
    assert begun == [
        *(("tree", 0), ("branch", 1), ("leaf", 2), ("leaf", 2)),
        *(("leaf", 1), ("leaf", 1)),
    ]
    assert (marker.marked, marker.left_out) == (6, 0)


def test_result_of_the_action_is_returned() -> None:
    assert CallTracer(Recording(), (__name__,), 9, 100).run(tree) == 4


def test_functions_of_other_modules_are_not_marked() -> None:
    assert marks(tree, modules=("json", "tests.worker.test_mark"))[0] == []


def test_module_is_meant_with_all_below_it() -> None:
    assert len(marks(tree, modules=("tests.worker",))[0]) == 6


def test_calls_deeper_than_asked_are_not_marked() -> None:
    begun, marker = marks(tree, depth=2)
    assert begun == [("tree", 0), ("branch", 1), ("leaf", 1), ("leaf", 1)]
    assert marker.left_out == 0


def test_calls_beyond_the_bound_are_counted() -> None:
    begun, marker = marks(tree, most=2)
    assert begun == [("tree", 0), ("branch", 1)]
    assert (marker.marked, marker.left_out) == (2, 4)


def test_wrappers_of_decorators_are_seen_through() -> None:
    assert [name for name, _ in marks(decorated)[0]] == ["decorated", "leaf"]


def test_generators_are_marked_each_time_they_go_on() -> None:
    begun, _ = marks(lambda: list(counting()), modules=(__name__,))
    names = [name for name, _ in begun if name != "<lambda>"]
    assert names == ["counting", "leaf", "counting", "leaf", "counting"]


def test_every_mark_ends_when_the_action_fails() -> None:
    profiler = Recording()
    with pytest.raises(ValueError, match="as planned"):
        CallTracer(profiler, (__name__,), 9, 100).run(fails)
    assert [name for name, _ in profiler.begun] == ["fails", "leaf"]
    assert profiler.open == 0
    assert sys.getprofile() is None


def again(times: int) -> int:
    return again(times - 1) if times else leaf()


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_marks_never_lie_deeper_than_asked(depth: int) -> None:
    begun, _ = marks(lambda: again(5) + tree(), depth=depth)
    assert max(level for _, level in begun) == depth - 1


def test_generator_expressions_are_seen_through() -> None:
    def generates() -> int:
        return sum(leaf() for _ in range(2))

    assert marks(generates)[0] == [("generates", 0), ("leaf", 1), ("leaf", 1)]


def abandons() -> None:
    next(counting())
    branch()


def closes() -> None:
    generator = counting()
    next(generator)
    generator.close()  # type: ignore[attr-defined]
    branch()


def throws() -> None:
    generator = counting()
    next(generator)
    with pytest.raises(ValueError, match="as planned"):
        generator.throw(ValueError("as planned"))  # type: ignore[attr-defined]
    branch()


@pytest.mark.parametrize("action", [abandons, closes, throws])
def test_generators_that_do_not_end_leave_no_mark_open(action: Callable[[], None]) -> None:
    begun, _ = marks(action)
    assert begun[0] == (action.__name__, 0)
    assert begun[-3:] == [("branch", 1), ("leaf", 2), ("leaf", 2)]


def recovers() -> None:
    with pytest.raises(ValueError, match="as planned"):
        fails()
    leaf()


def test_marks_end_with_an_error_that_the_action_handles() -> None:
    begun, _ = marks(recovers)
    assert begun == [("recovers", 0), ("fails", 1), ("leaf", 2), ("leaf", 1)]


def test_failure_of_calls_beyond_the_bound_leaves_no_mark_open() -> None:
    begun, marker = marks(recovers, most=1)
    assert begun == [("recovers", 0)]
    assert marker.left_out == 3


def test_calls_after_the_action_are_not_marked() -> None:
    profiler = Recording()
    marker = CallTracer(profiler, (__name__,), 9, 100)
    marker.run(leaf)
    tree()
    assert profiler.begun == [("leaf", 0)]
    assert (marker.marked, marker.left_out) == (1, 0)
