"""A probe: times a small fixed loop on a core again and again, to tell how fast that core runs.

Virtual machines share their cores with neighbours nobody sees: the same work takes one and a half
times as long while one is busy, for milliseconds or for seconds, and no clock of this machine shows
it (wall and CPU time agree). A loop timed while the measured process runs on the same core slows
down by the same factor; what the probe takes is the pace of everything beside it.
"""

from __future__ import annotations

import gc
import json
import os
import time
from array import array
from typing import Dict, List, NoReturn

from bench.worker import processes

PERIOD_S = 0.005
"""Pause between two readings. Disturbances last tens of milliseconds; a phase of 50 ms has ten."""

TURNS = 100
"""Turns of the loop: about 0.1 ms, so that the probe takes about 2 % of its core."""

READING_BYTES = 16
"""A reading is two 64-bit integers of this machine: when it began and what it took."""


def watch(argument: str) -> NoReturn:
    """The life of a probe: ``argument`` is its configuration as JSON.

    Keys: ``core``, ``parent`` (process id of the controller, with which it ends) and ``file``, to
    which readings are appended: when each began (``time.perf_counter_ns``) and the nanoseconds of
    CPU time that its loop took.
    """
    configuration = json.loads(argument)
    processes.die_with_parent(configuration["parent"])
    os.sched_setaffinity(0, {configuration["core"]})
    file = os.open(configuration["file"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    gc.disable()
    while True:
        time.sleep(PERIOD_S)
        began_ns = time.perf_counter_ns()
        cpu_before = time.thread_time_ns()
        _loop()
        os.write(file, array("q", (began_ns, time.thread_time_ns() - cpu_before)).tobytes())


class _Thing:
    __slots__ = ("name", "number")

    def __init__(self, number: int, name: str) -> None:
        self.number = number
        self.name = name


def _loop() -> List[str]:
    """What a framework's Python code does all day: make objects, name them, look them up, sort.

    A neighbour slows this down by nearly the factor by which it slows building and tracing a model;
    adding up numbers suffers a little less, and reading memory far less evenly.
    """
    things: Dict[str, _Thing] = {}
    known = 0
    for turn in range(TURNS):
        name = str(turn)
        things[name] = _Thing(turn, name)
        known += isinstance(things[name], _Thing)
    return sorted(things)[:known]
