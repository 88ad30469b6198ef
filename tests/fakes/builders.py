"""Builders and an architecture for the fake framework: good ones, and every kind of bad one."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

from tests.fakes.framework import Model


def stack(depth: int) -> Iterator[int]:
    """An architecture: ``depth`` layers."""
    yield from range(depth)


def good(layers: Iterable[Any]) -> Model:
    return Model(layers)


def unbuilt(layers: Iterable[Any]) -> Model:
    model = Model(layers)
    model.built = False
    return model


def longer(layers: Iterable[Any]) -> Model:
    return Model([*layers, "one more"])


def longer_when_deep(layers: Iterable[Any]) -> Model:
    model = good(layers)
    return model if len(model) < 4 else longer(model)


def answers_widely(layers: Iterable[Any]) -> Model:
    """It answers with many columns."""
    model = Model(layers)
    model.columns = 1000
    return model


def answers_otherwise_in_a_column(layers: Iterable[Any]) -> Model:
    model = answers_widely(layers)
    model.other_column = 501
    return model


def dies_when_asked(layers: Iterable[Any]) -> Model:
    """It can be called, but not asked what it answers."""
    return _Dying(layers)


class _Dying(Model):
    @property
    def offset(self) -> float:  # type: ignore[override]
        os._exit(7)


def answers_no_predict(layers: Iterable[Any]) -> Model:
    model = Model(layers)
    model.silent_in = "predict"
    return model


def begins_elsewhere(layers: Iterable[Any]) -> Model:
    """Its weights begin with other values."""
    model = Model(layers)
    model.offset = 0.5
    return model


def comes_compiled(layers: Iterable[Any]) -> Model:
    model = Model(layers)
    model.compiled_with = "a way of its own"
    return model


def by_depth(depth: int) -> Model:
    return Model(range(depth))


def without_depth() -> Model:
    return Model([1])


def leaves_a_temporary_file(layers: Iterable[Any]) -> Model:
    sys.stdout.write(tempfile.mkstemp()[1])
    return Model(layers)


def leaves_a_temporary_file_and_dies(layers: Iterable[Any]) -> Model:
    sys.stdout.write(tempfile.mkstemp()[1])
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
    return Model(layers)


def raises(layers: Iterable[Any]) -> Model:
    raise ValueError("no such luck")


def refuses_calls(layers: Iterable[Any]) -> Model:
    return _Refusing(layers)


class _Refusing(Model):
    def call(self) -> None:
        raise ValueError("no calls today")


def refuses_short_inputs(layers: Iterable[Any]) -> Model:
    """Any length may be given, its model says; and refuses the one that is made up."""
    model = _Refusing()
    model.has_free_length = True
    return model


def has_its_own_compile(layers: Iterable[Any]) -> Model:
    model = Model()
    model.compile_takes = "(judged_by)"
    return model


def cannot_be_built(layers: Iterable[Any]) -> Model:
    model = _Unbuildable(layers)
    model.built = False
    return model


class _Unbuildable(Model):
    def build(self) -> None:
        raise ValueError("no weights today")


def needs_newer_version(layers: Iterable[Any]) -> Model:
    raise NotImplementedError("this version has no such method")


def exhausts_the_device(layers: Iterable[Any]) -> Model:
    raise type("ResourceExhaustedError", (RuntimeError,), {})("no more of it")


def returns_no_model(layers: Iterable[Any]) -> Any:
    return {"layers": list(layers)}


def exits(layers: Iterable[Any]) -> Model:
    os._exit(7)


def leaves_python(layers: Iterable[Any]) -> Model:
    sys.exit("goodbye")


def reads_null(layers: Iterable[Any]) -> Model:
    ctypes.string_at(0)
    return Model()


def loops_forever(layers: Iterable[Any]) -> Model:
    while True:
        pass


def allocates_without_end(layers: Iterable[Any]) -> Model:
    kept = []
    while True:
        kept.append(bytearray(b"x" * (1 << 24)))


def kills_its_zygote(layers: Iterable[Any]) -> Model:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    return Model()


def prints_a_megabyte(layers: Iterable[Any]) -> Model:
    sys.stdout.write("x" * (1 << 20))
    sys.stdout.flush()
    os.write(2, b"y" * (1 << 20))
    return Model(layers)


def prints_and_exits(layers: Iterable[Any]) -> Model:
    sys.stdout.write("last words\n")
    os._exit(1)


def closes_all_descriptors(layers: Iterable[Any]) -> Model:
    os.closerange(0, 4096)
    return Model(layers)


def changes_its_folder(layers: Iterable[Any]) -> Model:
    os.chdir("/")
    return Model(layers)


def leaves_a_child_behind(layers: Iterable[Any]) -> Model:
    """The child starts a session of its own, so no signal to a process group reaches it."""
    command = [sys.executable, "-c", "import time; time.sleep(600)", "left-behind"]
    subprocess.Popen(command, start_new_session=True)
    return Model(layers)


def shares_its_memory_with_children(layers: Iterable[Any]) -> Model:
    """Twenty forks hold the same pages, for longer than it takes to look at them all."""
    held = bytearray(b"x" * (64 << 20))
    children = []
    for _ in range(20):
        child = os.fork()
        if child == 0:
            time.sleep(2.5)
            os._exit(len(held) == 0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    return Model(layers)


def forks_and_lets_both_return(layers: Iterable[Any]) -> Model:
    os.fork()
    return Model(layers)


def stops_itself(layers: Iterable[Any]) -> Model:
    os.kill(os.getpid(), signal.SIGSTOP)
    return Model(layers)


def hangs_in_c(layers: Iterable[Any]) -> Model:
    ctypes.CDLL(None).pause()
    return Model()


def moves_to_another_core(layers: Iterable[Any]) -> Model:
    (own,) = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {own, *range(os.cpu_count() or 1)})
    return Model(layers)


def becomes_nicer(layers: Iterable[Any]) -> Model:
    os.nice(5)
    return Model(layers)


def computes_for_long(layers: Iterable[Any]) -> Model:
    return _computing(150, layers)


def computes_in_a_second_thread(layers: Iterable[Any]) -> Model:
    _computing(75, layers)
    second = threading.Thread(target=_computing, args=(75, layers))
    second.start()
    second.join()
    return Model(layers)


def computes_for_longer(layers: Iterable[Any]) -> Model:
    return _computing(300, layers)


def _computing(milliseconds: int, layers: Iterable[Any]) -> Model:
    end_ns = time.process_time_ns() + milliseconds * 1_000_000
    while time.process_time_ns() < end_ns:
        pass
    return Model(layers)


def sleeps(layers: Iterable[Any]) -> Model:
    time.sleep(0.1)
    return Model(layers)


def sleeps_longer(layers: Iterable[Any]) -> Model:
    time.sleep(0.2)
    return Model(layers)
