"""Builders that do not return, or not in the usual way."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Iterable
from typing import Any, NoReturn

from tests.fakes.framework import Model
from tests.fakes.hostile.behaving import behaves


class _Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even that")


def raises_half_a_letter(layers: Iterable[Any]) -> NoReturn:
    raise RuntimeError("a file named \udcff")


def raises_what_cannot_be_said(layers: Iterable[Any]) -> NoReturn:
    raise _Unspeakable


def raises_a_book(layers: Iterable[Any]) -> NoReturn:
    raise ValueError("word " * 10**6)


def raises_an_interrupt(layers: Iterable[Any]) -> NoReturn:
    raise KeyboardInterrupt


def raises_a_closing(layers: Iterable[Any]) -> NoReturn:
    raise GeneratorExit


def raises_for_memory(layers: Iterable[Any]) -> NoReturn:
    raise MemoryError


def raises_an_exit(layers: Iterable[Any]) -> NoReturn:
    sys.exit("good bye")


def raises_that_its_reader_has_left(layers: Iterable[Any]) -> NoReturn:
    raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def raises_that_there_is_no_room(layers: Iterable[Any]) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def never_comes_back(layers: Iterable[Any]) -> Model:
    return never_comes_back(layers)


def leaves_quietly(layers: Iterable[Any]) -> NoReturn:
    os._exit(0)


def prints_for_ever_and_fails(layers: Iterable[Any]) -> NoReturn:
    for _ in range(80):
        os.write(1, b"x" * 10**5)
    raise ValueError("enough")


def prints_what_is_no_text(layers: Iterable[Any]) -> NoReturn:
    os.write(2, bytes(range(256)) * 100)
    raise ValueError("read that")


def aborts(layers: Iterable[Any]) -> NoReturn:
    os.abort()


def is_ended_by_its_alarm(layers: Iterable[Any]) -> Model:
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    time.sleep(60)
    return behaves(layers)


def stops(layers: Iterable[Any]) -> Model:
    os.kill(os.getpid(), signal.SIGSTOP)
    return behaves(layers)


def becomes_another_program(layers: Iterable[Any]) -> NoReturn:
    os.execv("/bin/true", ["true"])


def becomes_one_that_stays(layers: Iterable[Any]) -> NoReturn:
    os.execv("/bin/sleep", ["sleep", "600"])


def kills_its_zygote(layers: Iterable[Any]) -> Model:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    return behaves(layers)
