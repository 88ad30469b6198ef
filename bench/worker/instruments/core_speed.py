"""A probe: times a small piece of work on a core again and again, to tell how fast it runs.

Virtual machines share their cores with neighbours nobody sees: the same work takes one and a half
times as long while one is busy, for milliseconds or for seconds, and no clock of this machine shows
it (wall and CPU time agree). Work timed while the measured process runs on the same core slows
down with it; what the probe takes is the pace of everything beside it.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import random
import time
from array import array
from collections.abc import Iterator
from typing import NoReturn

from bench.worker.linux import processes

PERIOD_S = 0.005
"""Pause between two readings. Disturbances last tens of milliseconds; a phase of 50 ms has ten."""

MADE = 70
READ = 120
SCATTERED = 16_000
"""Objects made, and objects read of so many scattered in memory, in one turn of the probe's work:
about 0.05 ms where the turn before has brought it into the caches."""

TIMED_TURNS = 2
"""Turns that are timed, after one that is not. The first finds the caches as the measured process
left them, and would tell how much memory that reads and not how fast the core is. With all three
the probe takes about three hundredths of its core."""

READING_BYTES = 16
"""A reading is two 64-bit integers of this machine: when it began and what it took."""


def watch(argument: str) -> NoReturn:
    """The life of a probe: ``argument`` is its configuration as JSON.

    Keys: ``core``, ``parent`` (process id of the controller, with which it ends) and ``file``, to
    which readings are appended: when each began (``time.perf_counter_ns``) and the nanoseconds of
    CPU time that its work took.
    """
    configuration = json.loads(argument)
    processes.die_with_parent(configuration["parent"])
    os.sched_setaffinity(0, {configuration["core"]})
    # A batch process that wakes up waits for the end of the slice of whoever has the core.
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    file = os.open(configuration["file"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    gc.disable()
    scattered = _scattered()
    while True:
        time.sleep(PERIOD_S)
        _turn(scattered)
        began_ns = time.perf_counter_ns()
        cpu_before = time.thread_time_ns()
        for _ in range(TIMED_TURNS):
            _turn(scattered)
        taken_ns = time.thread_time_ns() - cpu_before
        try:
            os.write(file, array("q", (began_ns, taken_ns)).tobytes())
        except OSError:
            # There is no room for readings: whoever looks for them sees that this has ended.
            os._exit(1)


class _Thing:
    __slots__ = ("name", "number")

    def __init__(self, number: int, name: str) -> None:
        self.number = number
        self.name = name


# A framework's Python code makes objects, names them and looks them up, and it reads objects all
# over its memory. A neighbour that computes slows the one down, a neighbour that fills the caches
# the other; a turn does both.


def _turn(scattered: Iterator[_Thing]) -> None:
    _make()
    _read(itertools.islice(scattered, READ))


def _make() -> list[str]:
    things: dict[str, _Thing] = {}
    known = 0
    for turn in range(MADE):
        name = str(turn)
        things[name] = _Thing(turn, name)
        known += isinstance(things[name], _Thing)
    return sorted(things)[:known]


def _read(things: Iterator[_Thing]) -> int:
    return sum(thing.number for thing in things)


def _scattered() -> Iterator[_Thing]:
    """Things in an order that has nothing to do with where they are, again and again."""
    things = [_Thing(number, str(number)) for number in range(SCATTERED)]
    random.Random(1).shuffle(things)
    return itertools.cycle(things)
