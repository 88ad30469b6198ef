"""Measured code does not see the worker's program: neither its words, nor a file to run again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.worker.wire.requests import TimingRequest
from tests.fakes.interpreters import MEASURED_PYTHON
from tests.fakes.requests import cell, invoked, status_of


@pytest.fixture(params=["fork", "start", "none"])
def interpreter(request: pytest.FixtureRequest) -> Iterator[Interpreter]:
    spec = LaunchSpec(MEASURED_PYTHON, "tests.fakes.framework", request.param, seed=1)
    with Interpreter(spec) as started:
        started.wait_until_ready()
        yield started


@pytest.mark.parametrize(
    "builder",
    [
        "spawns_a_process",
        "spawns_a_pool",
        "uses_a_forkserver",
        "reads_the_command_line",
        "pickles_what_main_has",
    ],
)
def test_builder_sees_an_empty_program(interpreter: Interpreter, builder: str) -> None:
    request = TimingRequest(cell(f"tests.fakes.programs:{builder}"))
    outcome, log, *_ = invoked(interpreter, request)
    assert status_of(outcome) == "ok", log


def test_module_may_parse_the_command_line_when_it_is_imported(interpreter: Interpreter) -> None:
    outcome, log, *_ = invoked(interpreter, TimingRequest(cell("tests.fakes.imports.parses:build")))
    assert status_of(outcome) == "ok", log
