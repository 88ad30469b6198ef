"""One invocation: the life of a process from its preparation to the outcome it sends back."""

from __future__ import annotations

import gc
import io
import mmap
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Callable, NoReturn, Optional

from bench.domain import status
from bench.domain.findings.evidence import Failure
from bench.domain.words import printable
from bench.worker import passes
from bench.worker.frameworks.base import Framework, Unavailable
from bench.worker.hooks import CannotMeasure, ProcessHooks
from bench.worker.instruments.caches import CacheSweep
from bench.worker.linux import fork_memory, processes
from bench.worker.linux.files import tail_of
from bench.worker.linux.scheduling import placement, request_slice
from bench.worker.process.barrier import Barrier, Board
from bench.worker.process.ended_phases import EndedPhases, forget_phases
from bench.worker.reasons import failure_of
from bench.worker.references import UnresolvedReference, import_from
from bench.worker.wire.channel import Answer, Invocation, StartedInvocation, from_json, to_json
from bench.worker.wire.outcomes import Outcome

_MOVED = (
    "the measured code has changed the cores or the priority of its process, and so it does not "
    "share its core fairly any more: measure with --schedule solo"
)

PHASE_BYTES = 64
"""Size of the file that names the phase an invocation is in, for those who look from outside."""


def live(
    framework: Framework,
    invocation: Invocation,
    inherited: Sequence[fork_memory.Range] = (),
    sweep: Optional[CacheSweep] = None,
) -> Outcome:
    """Do what ``invocation`` asks in this process and return the outcome; never raises.

    ``inherited`` are the memory ranges that a forked process must make its own first; ``sweep`` is
    what it inherits to fill the caches with.
    """
    phase = [""]
    shown = _SharedPhaseName(invocation.files + ".phase")
    fill_caches = sweep or CacheSweep()

    def settle() -> None:
        gc.collect()
        fill_caches()

    barrier = _barrier(invocation, settle)
    given = placement()

    def announce(name: str) -> None:
        phase[0] = name
        shown.show(name)

    def quiesce() -> None:
        fork_memory.populate(list(inherited))
        gc.collect()
        gc.freeze()

    def align(name: str) -> None:
        if barrier is None:
            settle()
        elif placement() == given:
            barrier.meet(name)
        else:
            # The phase that has just ended may have had more than its share of the core.
            forget_phases(invocation.files)
            raise CannotMeasure(status.BUILDER_ERROR, _MOVED)

    def alone_ns() -> Optional[int]:
        return None if barrier is None else barrier.alone_ns()

    def failure(kind: str, reason: str) -> Failure:
        return Failure(kind, printable(reason), phase[0])

    folder = os.path.join(temporary_folder(invocation), "lifecycle")
    ended = EndedPhases(invocation.files)
    hooks = ProcessHooks(
        folder, announce, quiesce, align, alone_ns, ended.add, current=lambda: phase[0]
    )
    try:
        return passes.run(framework, invocation.request, hooks)
    except CannotMeasure as error:
        return failure(error.kind, str(error))
    except Unavailable as error:
        return failure(status.UNAVAILABLE, str(error))
    except UnresolvedReference as error:
        return failure(status.BUILDER_ERROR, str(error))
    except BaseException as error:
        # Measured code may have closed or replaced what that is written to.
        with suppress(Exception):
            traceback.print_exc()
        cell = getattr(invocation.request, "cell", None)
        raised = failure_of(error, phase[0], None if cell is None else cell.builder)
        # The folder is another one in each invocation.
        reason = raised.reason.replace(temporary_folder(invocation), "the temporary folder")
        return failure(raised.kind, reason)
    finally:
        shutil.rmtree(hooks.folder, ignore_errors=True)


def _barrier(invocation: Invocation, settle: Callable[[], None]) -> Optional[Barrier]:
    """Where the invocation meets those that share its core; None where nobody does."""
    sharing = invocation.sharing
    if sharing is None:
        return None
    board = Board(sharing.board, sharing.members)
    return Barrier(board, sharing.member, sharing.phases, sharing.turns, settle)


def enter_invocation(invocation: Invocation, parent: int) -> None:
    """Make this new process an invocation: it dies with ``parent`` and writes to its own log."""
    processes.die_with_parent(parent)
    redirect_output(invocation.files + ".log")
    use_temporary_folder(invocation)
    if invocation.core is not None:
        os.sched_setaffinity(0, {invocation.core})
    if invocation.sharing is not None:
        request_slice(invocation.sharing.slice_ns)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def temporary_folder(invocation: Invocation) -> str:
    """Where the measured code's temporary files are; the zygote removes it with the invocation."""
    return invocation.files + ".temporary"


def use_temporary_folder(invocation: Invocation) -> None:
    """Have this process, and those that it starts, put temporary files there."""
    folder = temporary_folder(invocation)
    os.mkdir(folder)
    os.environ["TMPDIR"] = folder
    # What was asked for it before remembers another one.
    tempfile.tempdir = folder


def answer_and_exit(invocation: Invocation, answer: Answer, owner: int) -> NoReturn:
    """Send ``answer`` over the invocation's pipe and end this process, skipping all exit hooks.

    The pipe is opened only now: the measured code cannot have closed it or written to it. A copy
    of the process that the measured code forked off and forgot (not ``owner``) ends silently.
    """
    code = 1
    try:
        if os.getpid() == owner:
            with open(invocation.files + ".pipe", "wb") as pipe:
                pipe.write(to_json(answer).encode())
        code = 0
    finally:
        os._exit(code)


def redirect_output(path: str) -> None:
    """Send standard output and error to the file at ``path``; give standard input no data."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for descriptor in {null, log} - {0, 1, 2}:
        os.close(descriptor)
    # What is printed must be in the log even when the process ends without flushing, and whatever
    # letters it has.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, errors="backslashreplace")


class _SharedPhaseName:
    """A small mapped file: showing a name costs no system call and needs no open descriptor."""

    def __init__(self, path: str) -> None:
        with open(path, "w+b") as file:
            # A file with holes would end the process where there is no room to fill them.
            os.posix_fallocate(file.fileno(), 0, PHASE_BYTES)
            self._map = mmap.mmap(file.fileno(), PHASE_BYTES)

    def show(self, name: str) -> None:
        self._map[:] = name.encode()[:PHASE_BYTES].ljust(PHASE_BYTES, b"\0")


def current_phase(files: str) -> str:
    """The phase that the invocation with ``files`` is in or ended in; empty before the first."""
    # A long name is cut off, in the middle of a character maybe.
    name = tail_of(files + ".phase", PHASE_BYTES).rstrip(b"\0")
    return printable(name.decode(errors="ignore"))


def start(argument: str) -> NoReturn:
    """The whole life of a directly started invocation: ``argument`` says which, as JSON."""
    started, owner = from_json(StartedInvocation, argument), os.getpid()
    enter_invocation(started.invocation, started.parent)
    from bench.worker.frameworks.base import load

    framework = load(started.backend)
    imported_ns = time.perf_counter_ns() - started.spawned_ns
    import_from(started.path)
    outcome = live(framework, started.invocation)
    sys.stdout.flush()
    answer_and_exit(started.invocation, Answer(outcome, imported_ns), owner)
