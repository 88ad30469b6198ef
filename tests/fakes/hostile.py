"""Builders that do what no builder should, by accident or not: each returns a model or raises.

Those that return one have slept for ``ASLEEP_S`` before, so that a time below shows who has reached
the instrument.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

from bench.domain.findings.evidence import GrowthOutcome
from bench.domain.findings.timing import Span, TimingOutcome
from tests.fakes.framework import Model

ASLEEP_S = 0.05
"""How long each builder sleeps once it has done its work."""

CLOCKS = ("perf_counter_ns", "process_time_ns", "monotonic_ns", "clock_gettime_ns")

Builder = Callable[[Iterable[Any]], Model]


def behaves(layers: Iterable[Any]) -> Model:
    model = Model(layers)
    time.sleep(ASLEEP_S)
    return model


# Clocks


def _replaced(change: Callable[[int, int], int], *, everywhere: bool = False) -> None:
    """Replace the clocks of ``time`` by ``change`` of their first and of their present reading."""
    for name in CLOCKS:
        real = getattr(time, name)
        arguments = (time.CLOCK_MONOTONIC,) if name == "clock_gettime_ns" else ()
        first = real(*arguments)

        def fake(*given: Any, real: Any = real, first: int = first) -> int:
            return change(first, real(*given))

        # As libraries do that fake time: under every name by which a module knows it.
        modules = list(sys.modules.values()) if everywhere else [time]
        for module in modules:
            for known, value in list(getattr(module, "__dict__", {}).items()):
                if value is real:
                    setattr(module, known, fake)


def halves_the_clock(layers: Iterable[Any]) -> Model:
    _replaced(lambda first, now: first + (now - first) // 2)
    return behaves(layers)


def halves_the_clock_everywhere(layers: Iterable[Any]) -> Model:
    _replaced(lambda first, now: first + (now - first) // 2, everywhere=True)
    return behaves(layers)


def freezes_the_clock(layers: Iterable[Any]) -> Model:
    _replaced(lambda first, now: first, everywhere=True)
    return behaves(layers)


def turns_the_clock_back(layers: Iterable[Any]) -> Model:
    _replaced(lambda first, now: first - (now - first), everywhere=True)
    return behaves(layers)


# What is sent


def empties_what_is_written(layers: Iterable[Any]) -> Model:
    json.dumps = lambda *_, **__: '{"type": "Answer"}'
    json.JSONEncoder.default = lambda *_: None  # type: ignore[method-assign]
    return behaves(layers)


def _says(change: Callable[[TimingOutcome], object]) -> None:
    """Have ``change`` made to what is recorded, when it is asked for."""
    recorder = sys.modules["bench.worker.instruments.recorder"].__dict__["Recorder"]
    outcome = recorder.outcome
    recorder.outcome = lambda self: change(outcome(self))


def _says_of(phase: str, /, **meters: Any) -> None:
    def change(outcome: TimingOutcome) -> TimingOutcome:
        spans = (each._replace(**meters) if each.phase == phase else each for each in outcome.spans)
        return TimingOutcome(outcome.began_ns, tuple(spans))

    _says(change)


def says_nothing(layers: Iterable[Any]) -> Model:
    _says(lambda outcome: TimingOutcome(outcome.began_ns, ()))
    return behaves(layers)


def says_no_construct(layers: Iterable[Any]) -> Model:
    kept = ("runtime", "build", "compile", "invocation")
    _says(
        lambda outcome: TimingOutcome(
            outcome.began_ns, tuple(each for each in outcome.spans if each.phase in kept)
        )
    )
    return behaves(layers)


def says_it_twice(layers: Iterable[Any]) -> Model:
    _says(lambda outcome: TimingOutcome(outcome.began_ns, outcome.spans * 2))
    return behaves(layers)


def says_it_backwards(layers: Iterable[Any]) -> Model:
    _says(lambda outcome: TimingOutcome(outcome.began_ns, outcome.spans[::-1]))
    return behaves(layers)


def says_a_time_below_nothing(layers: Iterable[Any]) -> Model:
    _says_of("construct", wall_ns=-5)
    return behaves(layers)


def says_a_time_of_years(layers: Iterable[Any]) -> Model:
    _says_of("construct", wall_ns=2**61)
    return behaves(layers)


def says_a_time_beyond_numbers(layers: Iterable[Any]) -> Model:
    _says_of("construct", wall_ns=2**70)
    return behaves(layers)


def says_a_word_for_a_time(layers: Iterable[Any]) -> Model:
    _says_of("construct", wall_ns="short")
    return behaves(layers)


def says_no_time(layers: Iterable[Any]) -> Model:
    _says_of("construct", wall_ns=None)
    return behaves(layers)


def says_that_nothing_was_to_do(layers: Iterable[Any]) -> Model:
    _says_of("construct", status="nothing_to_do", wall_ns=None)
    return behaves(layers)


def says_a_strange_status(layers: Iterable[Any]) -> Model:
    _says_of("construct", status="splendid")
    return behaves(layers)


def says_a_strange_phase(layers: Iterable[Any]) -> Model:
    _says_of("construct", phase="a" * 10**6)
    return behaves(layers)


def says_what_another_pass_says(layers: Iterable[Any]) -> Model:
    _says(lambda outcome: GrowthOutcome((), {}))
    return behaves(layers)


def says_more_than_a_list(layers: Iterable[Any]) -> Model:
    channel = sys.modules["bench.worker.wire.channel"].__dict__
    channel["_write"] = lambda _: "[" * 10**5
    return behaves(layers)


def says_calls_that_were_not_made(layers: Iterable[Any]) -> Model:
    one = Span("inference", "ok", iteration=99, start_ns=0, wall_ns=1, cpu_ns=1)
    _says(lambda outcome: TimingOutcome(outcome.began_ns, (*outcome.spans, one)))
    return behaves(layers)


# Errors


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


# Files


def _own_files() -> Path:
    """Where the files of this invocation are, as far as one can tell from within."""
    return Path(os.environ["TMPDIR"]).parent


def _in_place_of(ending: str, make: Callable[[Path], object]) -> None:
    for path in _own_files().glob(f"*.{ending}"):
        path.unlink()
        make(path)


def links_its_log(layers: Iterable[Any]) -> NoReturn:
    _in_place_of("log", lambda path: path.symlink_to(os.environ["HOSTILE_SECRET"]))
    raise ValueError("read that")


def links_its_log_hard(layers: Iterable[Any]) -> NoReturn:
    _in_place_of("log", lambda path: path.hardlink_to(os.environ["HOSTILE_SECRET"]))
    raise ValueError("read that")


def makes_its_log_a_pipe(layers: Iterable[Any]) -> NoReturn:
    _in_place_of("log", os.mkfifo)
    raise ValueError("wait for that")


def makes_its_phase_a_pipe(layers: Iterable[Any]) -> Model:
    _in_place_of("phase", os.mkfifo)
    return behaves(layers)


def removes_its_pipe(layers: Iterable[Any]) -> Model:
    _in_place_of("pipe", lambda path: None)
    return behaves(layers)


def empties_the_folder_around(layers: Iterable[Any]) -> Model:
    shutil.rmtree(_own_files())
    return behaves(layers)


def answers_for_all_around(layers: Iterable[Any]) -> NoReturn:
    for path in _own_files().rglob("*"):
        if path.is_file() or path.is_fifo():
            descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
            os.write(descriptor, b'{"type": "Answer", "outcome": 1}')
    os._exit(0)


def removes_its_temporary_folder(layers: Iterable[Any]) -> Model:
    shutil.rmtree(tempfile.gettempdir())
    return behaves(layers)


def lives_in_a_folder_that_is_gone(layers: Iterable[Any]) -> Model:
    gone = tempfile.mkdtemp()
    os.chdir(gone)
    Path(gone).rmdir()
    return behaves(layers)


def lets_nobody_read_what_it_makes(layers: Iterable[Any]) -> Model:
    os.umask(0o777)
    return behaves(layers)


# The process


def forgets_its_environment(layers: Iterable[Any]) -> Model:
    os.environ.clear()
    return behaves(layers)


def closes_all_descriptors(layers: Iterable[Any]) -> Model:
    os.closerange(0, 4096)
    return behaves(layers)


def opens_no_more_files(layers: Iterable[Any]) -> Model:
    resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))
    return behaves(layers)


def writes_no_large_files(layers: Iterable[Any]) -> Model:
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
    return behaves(layers)


def hears_no_signals(layers: Iterable[Any]) -> Model:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    return behaves(layers)


def never_ends_at_exit(layers: Iterable[Any]) -> Model:
    atexit.register(time.sleep, 600)
    threading.Thread(target=time.sleep, args=(600,)).start()
    return behaves(layers)


def leaves_a_daemon(layers: Iterable[Any]) -> Model:
    command = [sys.executable, "-c", "import time; time.sleep(600)", "left-by-a-hostile-builder"]
    subprocess.Popen(command, start_new_session=True)
    return behaves(layers)


def has_many_children(layers: Iterable[Any]) -> Model:
    for _ in range(30):
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
    return behaves(layers)


def kills_its_zygote(layers: Iterable[Any]) -> Model:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    return behaves(layers)


def takes_the_system_away(layers: Iterable[Any]) -> Model:
    for name in ("write", "read", "open", "close", "getpid"):
        setattr(os, name, lambda *_, **__: 1)
    return behaves(layers)


def forgets_its_modules(layers: Iterable[Any]) -> Model:
    model = behaves(layers)
    for name in list(sys.modules):
        if name.partition(".")[0] in ("bench", "json", "tests"):
            del sys.modules[name]
    return model


def collects_no_garbage(layers: Iterable[Any]) -> Model:
    gc.disable()
    gc.set_threshold(0)
    gc.unfreeze()
    return behaves(layers)


REACH_THE_INSTRUMENT: tuple[Builder, ...] = (
    halves_the_clock,
    halves_the_clock_everywhere,
    freezes_the_clock,
    turns_the_clock_back,
    empties_what_is_written,
)
"""Without effect: they are timed like any other."""

SAY_WHAT_CANNOT_BE: tuple[Builder, ...] = (
    says_nothing,
    says_no_construct,
    says_it_twice,
    says_it_backwards,
    says_a_time_below_nothing,
    says_a_time_of_years,
    says_a_time_beyond_numbers,
    says_a_word_for_a_time,
    says_no_time,
    says_that_nothing_was_to_do,
    says_a_strange_status,
    says_a_strange_phase,
    says_what_another_pass_says,
    says_more_than_a_list,
    says_calls_that_were_not_made,
)
"""Found out: they fail."""

FAIL: tuple[Builder, ...] = (
    raises_half_a_letter,
    raises_what_cannot_be_said,
    raises_a_book,
    raises_an_interrupt,
    raises_a_closing,
    raises_for_memory,
    never_comes_back,
    leaves_quietly,
    prints_for_ever_and_fails,
    links_its_log,
    links_its_log_hard,
    makes_its_log_a_pipe,
    removes_its_pipe,
    empties_the_folder_around,
    answers_for_all_around,
    kills_its_zygote,
)
"""They have no outcome, for reasons of their own."""

DO_HARM_TO_NOBODY: tuple[Builder, ...] = (
    makes_its_phase_a_pipe,
    removes_its_temporary_folder,
    lives_in_a_folder_that_is_gone,
    lets_nobody_read_what_it_makes,
    forgets_its_environment,
    closes_all_descriptors,
    opens_no_more_files,
    writes_no_large_files,
    hears_no_signals,
    never_ends_at_exit,
    leaves_a_daemon,
    has_many_children,
    takes_the_system_away,
    forgets_its_modules,
    collects_no_garbage,
)
"""They are timed, or fail, as it comes."""
