"""Builders that do not return, or not in the usual way."""

from __future__ import annotations

import os
import signal
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


def never_comes_back(layers: Iterable[Any]) -> Model:
    return never_comes_back(layers)


def leaves_quietly(layers: Iterable[Any]) -> NoReturn:
    os._exit(0)


def prints_for_ever_and_fails(layers: Iterable[Any]) -> NoReturn:
    for _ in range(80):
        os.write(1, b"x" * 10**5)
    raise ValueError("enough")


def kills_its_zygote(layers: Iterable[Any]) -> Model:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    return behaves(layers)
