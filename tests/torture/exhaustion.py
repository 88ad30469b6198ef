"""Runs short of room, inodes or memory: what is stored stays, and goes on when there is more.

A run of the fake framework is measured into a small file system, with a small one for temporary
files, or in a control group with little memory. However it ends, what it has stored can be read
there and then; with more room it is resumed, and complete.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

from bench.domain.design.plan import Plan
from bench.execution.listener import Listener
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.worker_copy import copy_worker
from bench.execution.rounds.run import execute_run
from bench.runs.findings import current_findings
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan
from tests.torture.campaign import NotHere, Wrong, limited
from tests.torture.file_systems import begin_own_mounts, make_room, mount
from tests.torture.forked import Ended, in_a_copy, use_temporary_folder
from tests.torture.left import SeenRounds, check_swept

ROUNDS = 3
LONGEST_S = 120
"""Seconds that a run may take, with its second try."""

MIB = 1 << 20
PAGE = 4096
_GROUPS = Path("/sys/fs/cgroup/memory")


class Exhaustion:
    """Trials below ``scratch``. Raises ``NotHere`` where no file system can be mounted."""

    def __init__(self, scratch: Path) -> None:
        self._runs, self._temporary = scratch / "runs", scratch / "temporary"
        for each in (self._runs, self._temporary):
            each.mkdir()
        tried = in_a_copy(_mounts)
        if tried.code:
            raise NotHere(f"no file system can be mounted: {tried.said.splitlines()[-1]}")
        # What an interpreter is started from takes most of the temporary files.
        copy_worker(scratch / "worker")
        files = list((scratch / "worker").rglob("*"))
        self._worker_inodes = len(files)
        sizes = (path.stat().st_size for path in files if path.is_file())
        self._worker_bytes = sum(-(-size // PAGE) * PAGE for size in sizes)
        self._kinds = ["disk", "inodes", "temporary disk", "temporary inodes"]
        self._kinds += ["memory"] if os.access(_GROUPS, os.W_OK) else []

    def trial(self, generator: random.Random) -> str:
        """One run that is short of something, is read, and is resumed with enough of it."""
        kind = generator.choice(self._kinds)
        limit = self._limit(kind, generator)
        plan = fake_plan(
            rounds=ROUNDS, layers=(2,), jobs=generator.choice((1, 2)), pin=True, timeout_s=5.0
        )
        what = f"{kind} {limit}"
        with limited(what, LONGEST_S):
            ended = in_a_copy(partial(self._disturbed, kind, limit, plan))
        if ended.code:
            raise Wrong(f"{what}: {ended.said[-700:]}")
        return f"{kind}: {ended.said}"

    def _limit(self, kind: str, generator: random.Random) -> str:
        """In the words of tmpfs, or of a control group."""
        if kind == "disk":
            return f"size={PAGE * generator.randint(1, 60)}"
        if kind == "inodes":
            return f"nr_inodes={generator.randint(2, 20)}"
        if kind == "temporary disk":
            beyond = PAGE * generator.randint(-20, 150)
            return f"size={self._worker_bytes + beyond}"
        if kind == "temporary inodes":
            return f"nr_inodes={self._worker_inodes + generator.randint(-20, 50)}"
        return str(generator.randint(8, 160) * MIB)

    def _disturbed(self, kind: str, limit: str, plan: Plan) -> str:
        begin_own_mounts()
        mount(self._runs, *([limit] if kind in ("disk", "inodes") else []))
        mount(self._temporary, *([limit] if kind.startswith("temporary") else []))
        run = self._runs / "run"
        seen = SeenRounds(run)
        group = _control_group(limit) if kind == "memory" else nullcontext(None)
        with group as joined:
            first = in_a_copy(partial(self._measured, run, plan, joined))
        if first.code and not (first.was_killed and kind == "memory"):
            return _raise(first)
        if run.exists():
            seen.check()
            _check_read(in_a_copy(partial(_read, run)))
        for each in (self._runs, self._temporary):
            make_room(each)
        second = in_a_copy(partial(self._measured, run, plan, None))
        if second != Ended(0, "complete"):
            return _raise(second)
        seen.check_complete(ROUNDS)
        check_swept(self._temporary)
        return "killed" if first.was_killed else first.said

    def _measured(self, run: Path, plan: Plan, group: Path | None) -> str:
        """Measure what is missing, as a command does: in one line where that cannot be."""
        if group is not None:
            (group / "cgroup.procs").write_text(str(os.getpid()))
        use_temporary_folder(self._temporary)
        try:
            folder = RunFolder(run) if run.exists() else fake_folder(run, plan)
            execute_run(folder, Listener(), enough=lambda _: False)
        except (OSError, InterpreterFailed) as error:
            if "\n" in str(error):
                raise
            return "stopped"
        return "complete"


def _mounts() -> str:
    begin_own_mounts()
    return "mounts"


def _read(run: Path) -> str:
    return f"{current_findings(RunFolder(run)).rounds} rounds"


def _check_read(ended: Ended) -> None:
    if ended.code:
        raise Wrong(f"what is stored cannot be read: {ended.said}")


def _raise(ended: Ended) -> str:
    raise Wrong(f"exit code {ended.code}: {ended.said}")


@contextmanager
def _control_group(limit: str) -> Iterator[Path]:
    """A control group with so many bytes of memory, which is removed when it is empty."""
    group = _GROUPS / f"torture-{os.getpid()}"
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(limit)
        yield group
    finally:
        _eventually(group.rmdir)


def _eventually(action: Callable[[], None]) -> None:
    """Do what cannot be done before the last process has ended."""
    for _ in range(200):
        try:
            action()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Wrong("processes are left behind in the control group")
