"""One interpreter, seen from the controller."""

from __future__ import annotations

import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.domain.findings.timing import TimingOutcome
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.worker.wire.requests import PassRequest, TimingRequest
from tests.fakes.requests import LIMITS, cell

FORK = LaunchSpec(sys.executable, "tests.fakes.framework", "fork", seed=1)


def test_ready_says_what_the_import_took() -> None:
    with Interpreter(FORK) as interpreter:
        ready = interpreter.wait_until_ready()
        assert interpreter.is_ready
        assert interpreter.wait_until_ready() is ready
    assert ready.import_ns is not None
    assert ready.import_cpu_ns is not None
    assert ready.import_ns > 0


def test_interpreter_that_starts_processes_imports_nothing() -> None:
    spec = LaunchSpec(sys.executable, "tests.fakes.framework", "start", seed=1)
    with Interpreter(spec) as interpreter:
        assert interpreter.wait_until_ready().import_ns is None


def test_closing_ends_the_process_and_can_be_repeated() -> None:
    with Interpreter(FORK) as interpreter:
        interpreter.wait_until_ready()
        assert not interpreter.has_ended
    assert interpreter.has_ended
    interpreter.close()


def test_nothing_arrives_where_nothing_was_asked() -> None:
    with Interpreter(FORK) as interpreter:
        interpreter.wait_until_ready()
        assert interpreter.receive(timeout_s=0) == []


def test_invocation_that_has_not_printed_has_an_empty_log() -> None:
    with Interpreter(FORK) as interpreter:
        assert interpreter.files.log_of(7) == b""


class InPieces:
    """A connection over which a hundred bytes arrive at a time."""

    def __init__(self, channel: Any) -> None:
        self._connection = channel._connection

    def recv(self, size: int) -> bytes:
        data: bytes = self._connection.recv(min(size, 100))
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def test_answer_that_arrives_in_pieces_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with Interpreter(FORK) as interpreter:
        interpreter.wait_until_ready()
        monkeypatch.setattr(interpreter._channel, "_connection", InPieces(interpreter._channel))
        interpreter.send(TimingRequest(cell()), LIMITS)
        (ended,) = interpreter.receive(timeout_s=30)
        assert isinstance(ended.outcome, TimingOutcome)


@dataclass(frozen=True)
class NewerRequest(PassRequest[TimingOutcome]):
    """A request that no worker knows."""


def test_request_that_the_worker_does_not_know_ends_it_with_the_reason() -> None:
    with Interpreter(FORK) as interpreter:
        interpreter.wait_until_ready()
        interpreter.send(NewerRequest(), LIMITS)
        with pytest.raises(InterpreterFailed, match="NewerRequest"):
            interpreter.receive(timeout_s=30)


def test_interpreter_that_answers_out_of_form_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with Interpreter(FORK) as interpreter:
        interpreter.wait_until_ready()
        interpreter.send(TimingRequest(cell()), LIMITS)
        monkeypatch.setattr("bench.worker.wire.channel._read", lambda line: {"type": "Ended"})
        with pytest.raises(InterpreterFailed, match="says what cannot be read: Ended lacks the"):
            interpreter.receive(timeout_s=30)


@pytest.mark.parametrize(
    ("number", "name"), [(signal.SIGUSR2, "SIGUSR2"), (40, "signal 40")], ids=str
)
def test_signal_that_ends_an_interpreter_is_named_or_has_its_number(number: int, name: str) -> None:
    with Interpreter(FORK) as interpreter:
        interpreter.wait_until_ready()
        os.kill(interpreter.process_id, number)
        told = f"was killed by {name}"
        with pytest.raises(InterpreterFailed, match=f"^the measured interpreter {told}$"):
            interpreter.receive(timeout_s=30)
        assert interpreter.ending.described() == told


def started(python: str) -> Interpreter:
    return Interpreter(LaunchSpec(python, "tests.fakes.framework", "fork", seed=1))


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("/bin/true", "ended before it imported the framework: is /bin/true a Python?"),
        (
            "/bin/false",
            "ended with exit status 1 before it imported the framework: is /bin/false a Python?",
        ),
    ],
)
def test_program_that_is_no_python_is_named(program: str, words: str) -> None:
    with (
        started(program) as interpreter,
        pytest.raises(InterpreterFailed, match=re.escape(f"the measured interpreter {words}")),
    ):
        interpreter.wait_until_ready()


@pytest.mark.parametrize(("mode", "why"), [(0o755, "Exec format error"), (0o644, "Permission")])
def test_file_that_cannot_be_started_is_named(tmp_path: Path, mode: int, why: str) -> None:
    path = tmp_path / "python"
    path.write_bytes(b"\x7fELF no program")
    path.chmod(mode)
    with pytest.raises(InterpreterFailed, match=rf"cannot start {path}: {why}"):
        started(str(path))
