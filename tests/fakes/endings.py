"""Models that are made well, and then end their process when they are called, each in its way."""

from __future__ import annotations

import ctypes
import os
import signal
import time

from tests.fakes.framework import Model


class _Ending(Model):
    def call(self) -> None:
        ENDINGS[self.how]()

    how = ""


def _ending(how: str, depth: int) -> Model:
    model = _Ending(range(depth))
    model.how = how
    return model


def _allocate() -> None:
    kept = []
    while True:
        kept.append(bytearray(b"x" * (1 << 24)))


def _kill_the_zygote() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)


ENDINGS = {
    "exits": lambda: os._exit(7),
    "is_killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "reads_null": lambda: ctypes.string_at(0),
    "hangs_in_c": lambda: ctypes.CDLL(None).pause(),
    "is_stopped": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "allocates": _allocate,
    "kills_its_zygote": _kill_the_zygote,
}


def exits(depth: int) -> Model:
    return _ending("exits", depth)


def is_killed(depth: int) -> Model:
    return _ending("is_killed", depth)


def reads_null(depth: int) -> Model:
    return _ending("reads_null", depth)


def hangs_in_c(depth: int) -> Model:
    return _ending("hangs_in_c", depth)


def is_stopped(depth: int) -> Model:
    return _ending("is_stopped", depth)


def allocates(depth: int) -> Model:
    return _ending("allocates", depth)


def kills_its_zygote(depth: int) -> Model:
    return _ending("kills_its_zygote", depth)
