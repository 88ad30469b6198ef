"""A zygote driven through its real protocol, with a framework that takes no time to import."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.execution.processes.interpreter import Interpreter, InterpreterFailed, Launch
from tests.fakes.interpreters import MEASURED_PYTHON
from tests.fakes.requests import request

ISOLATIONS = ("fork", "start", "none")

Invoke = Callable[..., dict[str, Any]]


def start_zygote(isolation: str = "fork") -> Interpreter:
    return Interpreter(Launch(MEASURED_PYTHON, "tests.fakes.framework", isolation, seed=1))


@pytest.fixture
def interpreter() -> Iterator[Interpreter]:
    with start_zygote() as started:
        yield started


@pytest.fixture
def invoke(interpreter: Interpreter) -> Invoke:
    def ask(builder: str, **changes: Any) -> dict[str, Any]:
        interpreter.send(request(builder, **changes))
        return dict(interpreter.receive(timeout_s=30)[0])

    interpreter.wait_until_ready()
    return ask


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_every_isolation_lives_the_same_lifecycle(isolation: str) -> None:
    with start_zygote(isolation) as started:
        started.wait_until_ready()
        started.send(request("good"))
        outcome = started.receive(timeout_s=30)[0]
    assert outcome["status"] == "ok"
    phases = [span["phase"] for span in outcome["spans"] if "iteration" not in span]
    assert phases == [
        "runtime",
        "construct",
        "build",
        "compile",
        "inputs",
        "trace",
        "first_call",
        "inference",
        "invocation",
    ]


def test_temporary_files_go_with_the_interpreter() -> None:
    with start_zygote() as started:
        started.wait_until_ready()
        asked = started.send(request("leaves_a_temporary_file"))
        started.receive(timeout_s=30)
        left = Path(started.log_of(asked).read_text().split()[-1])
        assert left.exists()
    assert not left.exists()


def test_spans_carry_every_meter(invoke: Invoke) -> None:
    spans = invoke("good")["spans"]
    construct = next(span for span in spans if span["phase"] == "construct")
    assert construct["wall_ns"] > 0
    assert construct["cpu_ns"] >= 0
    assert construct["memory_peak_bytes"] > 1 << 20
    for meter in ("minor_faults", "major_faults", "voluntary_switches", "involuntary_switches"):
        assert construct[meter] >= 0


def test_spans_follow_each_other_without_overlap(invoke: Invoke) -> None:
    spans = [span for span in invoke("good")["spans"] if "iteration" not in span]
    timed = [span for span in spans if "wall_ns" in span and span["phase"] != "invocation"]
    for earlier, later in pairwise(timed):
        assert later["start_ns"] >= earlier["start_ns"] + earlier["wall_ns"]
    whole = spans[-1]
    assert whole["wall_ns"] >= sum(span["wall_ns"] for span in timed)


def test_iterations_are_counted_and_lie_inside_their_phase(invoke: Invoke) -> None:
    spans = [span for span in invoke("good", iterations=5)["spans"] if span["phase"] == "inference"]
    whole, *calls = spans
    assert [span["iteration"] for span in calls] == [0, 1, 2, 3, 4]
    assert sum(span["wall_ns"] for span in calls) <= whole["wall_ns"]


def test_build_has_nothing_to_do_after_a_built_construct(invoke: Invoke) -> None:
    build = next(span for span in invoke("good")["spans"] if span["phase"] == "build")
    assert build == {"phase": "build", "status": "nothing_to_do"}


def test_build_is_timed_when_construct_left_it_to_do(invoke: Invoke) -> None:
    build = next(span for span in invoke("unbuilt")["spans"] if span["phase"] == "build")
    assert build["status"] == "ok"
    assert build["wall_ns"] > 0


@pytest.mark.parametrize(
    ("builder", "status", "words"),
    [
        ("raises", "builder_error", "ValueError: no such luck (builders.py, line"),
        ("exhausts_the_device", "out_of_memory", "ResourceExhaustedError: no more of it"),
        ("leaves_python", "builder_error", "SystemExit: goodbye"),
        ("needs_newer_version", "unavailable", "this version has no such method"),
        ("returns_no_model", "not_a_model", "returned a dict, not a model"),
        ("exits", "crashed", "ended itself with exit status 7 in construct"),
        ("reads_null", "crashed", "killed by SIGSEGV in construct"),
        ("not_there", "builder_error", "has no 'not_there'"),
    ],
)
def test_bad_builder_is_a_recorded_failure(
    invoke: Invoke, builder: str, status: str, words: str
) -> None:
    outcome = invoke(builder)
    assert outcome["status"] == status
    assert words in outcome["reason"]
    assert invoke("good")["status"] == "ok"


def test_endless_loop_is_ended(invoke: Invoke) -> None:
    outcome = invoke("loops_forever", timeout_s=0.5)
    assert (outcome["status"], outcome["phase"]) == ("timed_out", "construct")
    assert "0.5 s, in construct" in outcome["reason"]


def test_endless_allocation_is_ended_at_the_limit(invoke: Invoke) -> None:
    outcome = invoke("allocates_without_end", memory_bytes=300 << 20)
    assert outcome["status"] == "out_of_memory"
    assert "300 MiB, in construct" in outcome["reason"]


def test_missing_device_is_unavailable_with_the_framework_s_reason(invoke: Invoke) -> None:
    outcome = invoke("good", device="gpu")
    assert outcome["status"] == "unavailable"
    assert outcome["reason"] == "the fake framework has no GPU"


def test_call_mode_that_the_framework_lacks_is_unavailable(invoke: Invoke) -> None:
    outcome = invoke("good", call_mode="fit")
    assert outcome["status"] == "unavailable"
    assert outcome["reason"] == "this framework has no call mode 'fit', only function, predict"


def test_level_of_structure_that_the_framework_lacks_is_missing(invoke: Invoke) -> None:
    outcome = invoke("good", **{"pass": "structure"})
    assert outcome["status"] == "ok"
    assert list(outcome["levels"]) == ["configuration", "outputs"]
    assert outcome["missing"] == {"program": "the fake framework compiles nothing"}


def test_what_is_printed_goes_to_the_log_alone(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    asked = interpreter.send(request("prints_a_megabyte"))
    outcome = interpreter.receive(timeout_s=30)[0]
    assert outcome["status"] == "ok"
    log = interpreter.log_of(asked).read_bytes()
    assert (log.count(b"x"), log.count(b"y")) == (1 << 20, 1 << 20)


def test_what_was_printed_before_a_sudden_end_is_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    with start_zygote() as started:
        started.wait_until_ready()
        asked = started.send(request("prints_and_exits"))
        assert started.receive(timeout_s=30)[0]["status"] == "crashed"
        assert started.log_of(asked).read_text() == "last words\n"


def test_builder_that_closes_all_descriptors_is_measured(invoke: Invoke) -> None:
    assert invoke("closes_all_descriptors")["status"] == "ok"


def test_builder_that_forks_is_measured_once(invoke: Invoke) -> None:
    outcome = invoke("forks_and_lets_both_return")
    assert outcome["status"] == "ok"
    assert len([s for s in outcome["spans"] if s["phase"] == "construct"]) == 1


def test_child_left_behind_is_ended_with_its_invocation(invoke: Invoke) -> None:
    assert invoke("leaves_a_child_behind")["status"] == "ok"
    assert not _processes_with("left-behind")


def test_invocations_run_side_by_side_without_ending_each_other(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    asked = {interpreter.send(request("leaves_a_child_behind")) for _ in range(6)}
    answered: dict[int, str] = {}
    while len(answered) < 6:
        for outcome in interpreter.receive(timeout_s=30):
            answered[outcome["id"]] = outcome["status"]
    assert answered == dict.fromkeys(asked, "ok")


def test_invocation_that_kills_its_zygote_is_noticed(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    interpreter.send(request("kills_its_zygote"))
    with pytest.raises(InterpreterFailed):
        interpreter.receive(timeout_s=30)


def test_builder_takes_a_depth_where_there_is_no_architecture(invoke: Invoke) -> None:
    assert invoke("by_depth", architecture=None)["status"] == "ok"
    assert invoke("without_depth", architecture=None, layers=None)["status"] == "ok"


def test_ending_the_interpreter_ends_what_runs_in_it(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    interpreter.send(request("loops_forever"))
    zygote = psutil.Process(interpreter.process_id)
    children = _wait_for_children(zygote)
    interpreter.end()
    _, alive = psutil.wait_procs([zygote, *children], timeout=5)
    assert not alive


def test_interpreter_that_does_not_start_says_why() -> None:
    with (
        Interpreter(Launch(MEASURED_PYTHON, "no.such.framework", "fork", seed=1)) as started,
        pytest.raises(InterpreterFailed, match="No module named 'no'"),
    ):
        started.wait_until_ready()


def test_interpreter_path_that_is_not_there_says_so() -> None:
    with pytest.raises(InterpreterFailed, match="cannot start /nowhere/python"):
        Interpreter(Launch("/nowhere/python", "tests.fakes.framework", "fork", seed=1))


def test_each_seed_gives_an_environment_of_its_own() -> None:
    def accidents(seed: int) -> tuple[str, str]:
        environment = Launch(MEASURED_PYTHON, "x", "fork", seed).environment()
        return environment["PYTHONHASHSEED"], environment["BENCH_PADDING"]

    assert accidents(1) == accidents(1)
    assert len({accidents(seed) for seed in range(8)}) == 8


def _processes_with(word: str) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if word in (process.info["cmdline"] or []) and process.pid != os.getpid()
    ]


def _wait_for_children(process: psutil.Process) -> list[psutil.Process]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if children := process.children():
            return list(children)
    raise AssertionError("the invocation never began")
