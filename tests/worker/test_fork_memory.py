"""Children are given copies of the memory that they are known to write to."""

from __future__ import annotations

import ctypes
import json
import mmap
import os
from collections.abc import Callable

import pytest

from bench.worker.linux.fork_memory import (
    WORTH_LEARNING,
    InheritedMemory,
    Range,
    populate,
    populate_is_supported,
)

PAGE = mmap.PAGESIZE
PAGES = 4 * WORTH_LEARNING


@pytest.fixture
def block() -> mmap.mmap:
    """Pages of private memory, all of which this process has written to."""
    made = mmap.mmap(-1, PAGES * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    made[:] = b"\1" * len(made)
    return made


def address(block: mmap.mmap, page: int) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(block)) + page * PAGE


def in_child(action: Callable[[], list[Range]]) -> list[Range]:
    """What ``action`` returns in a fork of this process."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, json.dumps(action()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        found = [(low, high) for low, high in json.load(answer)]
    os.waitpid(child, 0)
    return found


def holds(ranges: list[Range], place: int) -> bool:
    return any(low <= place < high for low, high in ranges)


def test_child_is_given_everything_until_one_has_rehearsed(block: mmap.mmap) -> None:
    memory = InheritedMemory()
    assert memory.to_copy(rehearses=True) == []
    assert all(holds(memory.to_copy(rehearses=False), address(block, n)) for n in range(PAGES))


def write(block: mmap.mmap, pages: range) -> None:
    for page in pages:
        block[page * PAGE] = 2


FIRST, SECOND = range(WORTH_LEARNING), range(2 * WORTH_LEARNING, 3 * WORTH_LEARNING)


def test_rehearsal_shows_what_it_writes_to_and_later_children_are_given_that(
    block: mmap.mmap,
) -> None:
    memory = InheritedMemory()

    def rehearse() -> list[Range]:
        write(block, FIRST)
        return memory.copied(rehearses=True)

    memory.learn(in_child(rehearse))
    given = memory.to_copy(rehearses=False)
    assert all(holds(given, address(block, page)) for page in FIRST)
    assert not any(holds(given, address(block, page)) for page in SECOND)


def test_later_child_adds_what_it_alone_writes_to(block: mmap.mmap) -> None:
    memory = InheritedMemory()
    memory.learn([(address(block, FIRST.start), address(block, FIRST.stop))])

    def write_elsewhere_too() -> list[Range]:
        write(block, FIRST)
        write(block, SECOND)
        return memory.copied(rehearses=False)

    copied = in_child(write_elsewhere_too)
    assert all(holds(copied, address(block, page)) for page in SECOND)
    assert not any(holds(copied, address(block, page)) for page in FIRST)
    memory.learn(copied)
    given = memory.to_copy(rehearses=False)
    assert all(holds(given, address(block, page)) for page in (*FIRST, *SECOND))


def test_few_pages_are_not_worth_telling(block: mmap.mmap) -> None:
    memory = InheritedMemory()
    low, high = address(block, 0), address(block, PAGES)
    known = memory.to_copy(rehearses=False)
    memory.learn([(begin, min(end, low)) for begin, end in known if begin < low])
    memory.learn([(max(begin, high), end) for begin, end in known if end > high])

    def write_a_little() -> list[Range]:
        write(block, range(8))
        return memory.copied(rehearses=False)

    assert in_child(write_a_little) == []


def test_child_that_was_given_everything_has_nothing_to_add(block: mmap.mmap) -> None:
    memory = InheritedMemory()

    def write_much() -> list[Range]:
        write(block, FIRST)
        return memory.copied(rehearses=False)

    assert in_child(write_much) == []


@pytest.mark.skipif(not populate_is_supported(), reason="this kernel cannot populate")
def test_copies_are_made_before_the_first_write(block: mmap.mmap) -> None:
    place = address(block, 0)
    memory = InheritedMemory()

    def copy() -> list[Range]:
        populate([(place, place + PAGES * PAGE)])
        return memory.copied(rehearses=True)

    assert all(holds(in_child(copy), address(block, n)) for n in range(PAGES))
