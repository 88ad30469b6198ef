"""What is told of an invocation that a signal has killed, whether it has a name or not."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from bench.domain.findings.evidence import Failure
from bench.domain.status import CRASHED
from bench.worker.linux.processes import signal_name
from bench.worker.process.running import RunningInvocation, answer_of
from bench.worker.wire.channel import Invocation
from bench.worker.wire.requests import TimingRequest
from tests.fakes.requests import cell

REAL_TIME = 40
"""A signal for real time: the kernel has them, and Python no names for them."""


def killed_by(number: int, files: Path) -> Failure:
    """What the zygote says of an invocation whose process the signal ``number`` has killed."""
    script = f"import os; os.kill(os.getpid(), {number})"
    pid = os.posix_spawn(sys.executable, [sys.executable, "-S", "-c", script], os.environ)
    invocation = Invocation(
        id=1,
        files=str(files / "1"),
        core=None,
        timeout_s=60.0,
        memory_bytes=1 << 50,
        request=TimingRequest(cell("good")),
    )
    running = RunningInvocation(invocation, pid, pipe=-1, begun_ns=0)
    _, wait_status = os.waitpid(pid, 0)
    os.close(running.exited)
    outcome = answer_of(running, wait_status).outcome
    assert isinstance(outcome, Failure)
    return outcome


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (int(signal.SIGSEGV), "SIGSEGV"),
        (int(signal.SIGKILL), "SIGKILL"),
        (REAL_TIME, "signal 40"),
    ],
)
def test_signal_has_its_name_or_its_number(number: int, name: str) -> None:
    assert signal_name(number) == name


@pytest.mark.parametrize(
    ("number", "name"), [(int(signal.SIGTERM), "SIGTERM"), (REAL_TIME, "signal 40")]
)
def test_invocation_that_any_signal_kills_has_crashed(
    number: int, name: str, tmp_path: Path
) -> None:
    failure = killed_by(number, tmp_path)
    assert failure.kind == CRASHED
    assert failure.reason.startswith(f"the process was killed by {name} in preparation")
