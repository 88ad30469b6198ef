"""Kills processes of a run at random moments: finished rounds stay as they are, processes do not.

A run of the fake framework is begun, and one of its processes is sent a signal, again and again:
the controller, a zygote, an invocation or a probe. Whenever the controller has ended, the run is
resumed.
"""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan
from tests.torture.campaign import Wrong
from tests.torture.left import SeenRounds, check_swept
from tests.uncovered import UNCOVERED

ROUNDS = 16
KILLS = 10
"""Signals that a run is sent, unless it is complete before."""

MOMENTS = 30
"""A signal follows at most so many moments that the controller announces on the one before."""

GONE_S = 10
"""Seconds within which all processes of a controller that was killed are gone."""

LONGEST_S = 120
"""Seconds that a run may take which is not disturbed any more."""

ROLES = ("controller", "controller", "zygote", "invocation", "probe")
SIGNALS = {
    "controller": (signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
    "zygote": (signal.SIGKILL, signal.SIGSTOP),
    "invocation": (signal.SIGKILL, signal.SIGSTOP),
    "probe": (signal.SIGKILL, signal.SIGSTOP),
}


class Kills:
    """Trials, each with a run of its own below ``scratch``; ``sent`` counts the signals."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self.sent = 0

    def trial(self, generator: random.Random) -> str:
        """One run that is disturbed, and completed at last."""
        place = self._scratch / "trial"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        temporary = place / "temporary"
        temporary.mkdir()
        plan = fake_plan(
            rounds=ROUNDS, layers=(2,), jobs=generator.choice((1, 2)), pin=True, timeout_s=1.0
        )
        run = _Run(fake_folder(place / "run", plan), temporary)
        done: list[str] = []
        try:
            while run.sent < KILLS and not run.is_complete():
                done.append(run.disturb(generator))
            run.complete()
        except Wrong as error:
            raise Wrong(f"after {', '.join(done)}: {error}") from error
        finally:
            run.end()
            self.sent += run.sent
        return f"{run.sent} signals"


class _Run:
    """A run folder, its controller while there is one, and how many signals were sent."""

    def __init__(self, folder: RunFolder, temporary: Path) -> None:
        self._folder = folder
        self._temporary = temporary
        self._controller: subprocess.Popen[bytes] | None = None
        self._seen = SeenRounds(folder.path)
        self._family: set[psutil.Process] = set()
        self.sent = 0

    def is_complete(self) -> bool:
        """Whether the run says so: one that is killed after its last round is resumed as well."""
        record = RunFolder(self._folder.path).record
        return self._controller is None and record.status == "complete"

    def disturb(self, generator: random.Random) -> str:
        """Send one signal to one process; returns which."""
        controller = self._running()
        _wait_for_moments(controller, generator.randrange(MOMENTS))
        role = generator.choice(ROLES)
        number = generator.choice(SIGNALS[role])
        victim = self._find(role, generator)
        if victim is None:
            return f"nothing, for want of a {role}"
        if controller.poll() is not None:
            return "nothing, for the run was complete"
        try:
            if role == "controller":
                self._resume_all()
            victim.send_signal(number)
        except psutil.NoSuchProcess:
            return f"nothing, for the {role} had gone"
        if role == "controller":
            self._wait_for_the_end(GONE_S)
        elif number == signal.SIGSTOP and role == "probe":
            victim.resume()
        self._seen.check()
        self.sent += 1
        return f"{number.name} to the {role}"

    def complete(self) -> None:
        """Let the run end undisturbed, and check what there is."""
        for _ in range(3):
            if not self.is_complete():
                self._running()
                self._wait_for_the_end(LONGEST_S)
        self._seen.check_complete(ROUNDS)
        check_swept(self._temporary)

    def end(self) -> None:
        """Kill what a trial that went wrong has left."""
        for process in self._family:
            if process.is_running():
                process.kill()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._controller is not None and self._controller.poll() is None:
            return self._controller
        self._controller = subprocess.Popen(
            [sys.executable, "-m", "tests.execution.controller", str(self._folder.path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, **UNCOVERED, "TMPDIR": str(self._temporary)},
            preexec_fn=_listen,
        )
        # Python itself drops a request that comes while it starts.
        assert self._controller.stdout is not None
        self._controller.stdout.read(1)
        return self._controller

    def _find(self, role: str, generator: random.Random) -> psutil.Process | None:
        """A process in ``role``: whose command names it, or which a zygote has forked."""
        assert self._controller is not None
        try:
            controller = psutil.Process(self._controller.pid)
            children = controller.children(recursive=True)
        except psutil.NoSuchProcess:
            return None
        self._family |= {controller, *children}
        found = [each for each in children if _role_of(each, controller) == role]
        return controller if role == "controller" else generator.choice(found) if found else None

    def _resume_all(self) -> None:
        """Resume what was stopped: a stopped process cannot end what it has started."""
        for process in self._family:
            if process.is_running() and process.status() == psutil.STATUS_STOPPED:
                process.resume()

    def _wait_for_the_end(self, seconds: float) -> None:
        """Of the controller, and of all that it has started."""
        assert self._controller is not None
        self._find("controller", random.Random(0))
        try:
            self._controller.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise Wrong(f"the controller has not ended in {seconds} s") from error
        self._controller = None
        _, alive = psutil.wait_procs(self._family, timeout=GONE_S)
        if alive:
            raise Wrong(f"left behind: {alive}")


def _listen() -> None:
    """Below nohup, or in the background of a shell, a request to end would be ignored."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _role_of(process: psutil.Process, controller: psutil.Process) -> str:
    try:
        words, parent = process.cmdline(), process.ppid()
    except psutil.NoSuchProcess:
        return ""
    if parent != controller.pid:
        return "invocation"
    return next((role for role in ("zygote", "probe") if role in words), "")


def _wait_for_moments(controller: subprocess.Popen[bytes], count: int) -> None:
    """Until it has announced ``count`` moments, has ended, or is silent for a second."""
    assert controller.stdout is not None
    for _ in range(count):
        readable, _, _ = select.select([controller.stdout], [], [], 1.0)
        if not readable or not controller.stdout.read(1):
            return
