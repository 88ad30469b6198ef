"""A zygote driven through its real protocol, with a framework that takes no time to import."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import Span, TimingOutcome
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.worker.process.ended_phases import EndedPhases, ended_phases, forget_phases
from bench.worker.wire.requests import StructureRequest, TimingRequest
from tests.fakes.interpreters import MEASURED_PYTHON
from tests.fakes.requests import LIMITS, cell, invoked, status_of, succeeded
from tests.fakes.waiting import eventually

BEFORE_CALLS = ["runtime", "construct", "build", "compile", "inputs", "trace"]
"""The phases of an invocation before its first call."""

ISOLATIONS = ("fork", "start", "none")

Invoke = Callable[..., Any]


def start_zygote(isolation: str = "fork") -> Interpreter:
    return Interpreter(LaunchSpec(MEASURED_PYTHON, "tests.fakes.framework", isolation, seed=1))


@pytest.fixture
def interpreter() -> Iterator[Interpreter]:
    with start_zygote() as started:
        yield started


@pytest.fixture
def invoke(interpreter: Interpreter) -> Invoke:
    def ask(builder: str, **changes: Any) -> Any:
        return invoked(interpreter, timing(builder, **changes)).outcome

    interpreter.wait_until_ready()
    return ask


def timing(builder: str, **changes: Any) -> TimingRequest:
    return TimingRequest(cell(builder, **changes))


def limited(interpreter: Interpreter, builder: str, **limits: Any) -> Failure:
    """What comes of an invocation with other limits, which must fail."""
    interpreter.wait_until_ready()
    outcome = invoked(interpreter, timing(builder), LIMITS._replace(**limits)).outcome
    assert isinstance(outcome, Failure)
    return outcome


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_every_isolation_lives_the_same_lifecycle(isolation: str) -> None:
    with start_zygote(isolation) as started:
        started.wait_until_ready()
        outcome = invoked(started, timing("good")).outcome
    assert status_of(outcome) == "ok"
    phases = [span.phase for span in outcome.spans if span.iteration is None]
    assert phases == [*BEFORE_CALLS, "first_call", "inference", "invocation"]


@pytest.mark.parametrize("isolation", ISOLATIONS)
@pytest.mark.parametrize("builder", ["leaves_a_temporary_file", "leaves_a_temporary_file_and_dies"])
def test_temporary_files_go_with_their_invocation(isolation: str, builder: str) -> None:
    if isolation == "none" and "dies" in builder:
        pytest.skip("it would take the interpreter with it")
    with start_zygote(isolation) as started:
        started.wait_until_ready()
        left = [Path(invoked(started, timing(builder)).log.split()[-1]) for _ in range(2)]
        scratch = left[0].parents[1]
        assert left[0].parent != left[1].parent
        assert not any(path.parent.exists() for path in left)
        assert scratch.exists()
    assert not scratch.exists()


def test_what_a_killed_controller_leaves_behind_is_removed(tmp_path: Path) -> None:
    code = (
        "from tests.worker.test_zygote import start_zygote, timing, LIMITS\n"
        "interpreter = start_zygote()\n"
        "interpreter.wait_until_ready()\n"
        "interpreter.send(timing('loops_forever'), LIMITS)\n"
        "print('sent', flush=True)\n"
        "interpreter.receive()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as controller:
        assert controller.stdout is not None
        assert controller.stdout.readline() == "sent\n"
        assert list(tmp_path.glob("keras-bench-*/zygote-*/zygote.log"))
        controller.kill()
    assert eventually(lambda: not list(tmp_path.glob("keras-bench-*/zygote-*/zygote.log")))


def test_spans_carry_every_meter(invoke: Invoke) -> None:
    spans = invoke("good").spans
    construct = next(span for span in spans if span.phase == "construct")
    assert construct.wall_ns > 0
    assert construct.cpu_ns >= 0
    assert construct.memory_peak_bytes > 1 << 20
    for meter in ("minor_faults", "major_faults", "voluntary_switches", "involuntary_switches"):
        assert getattr(construct, meter) >= 0


def test_spans_follow_each_other_without_overlap(invoke: Invoke) -> None:
    spans = [span for span in invoke("good").spans if span.iteration is None]
    timed = [span for span in spans if span.wall_ns is not None and span.phase != "invocation"]
    for earlier, later in pairwise(timed):
        assert later.start_ns >= earlier.start_ns + earlier.wall_ns
    whole = spans[-1]
    assert whole.wall_ns >= sum(span.wall_ns for span in timed)


def test_iterations_are_counted_and_lie_inside_their_phase(invoke: Invoke) -> None:
    spans = [span for span in invoke("good", iterations=5).spans if span.phase == "inference"]
    whole, *calls = spans
    assert [span.iteration for span in calls] == [0, 1, 2, 3, 4]
    assert sum(span.wall_ns for span in calls) <= whole.wall_ns


def test_build_has_nothing_to_do_after_a_built_construct(invoke: Invoke) -> None:
    build = next(span for span in invoke("good").spans if span.phase == "build")
    assert build == Span("build", "nothing_to_do")


def test_build_is_timed_when_construct_left_it_to_do(invoke: Invoke) -> None:
    build = next(span for span in invoke("unbuilt").spans if span.phase == "build")
    assert build.status == "ok"
    assert build.wall_ns > 0


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
        (
            "tests.fakes.imports.raises:build",
            "builder_error",
            "ZeroDivisionError: division by",
        ),
        ("tests.fakes.imports.leaves:build", "builder_error", "SystemExit: not today"),
        ("tests.fakes.imports.lacks:build", "builder_error", "No module named 'no_such_thing'"),
        ("tests.fakes.imports.exits:build", "crashed", "exit status 5 in import: last words"),
        ("tests.fakes.imports.reads_null:build", "crashed", "killed by SIGSEGV in import"),
    ],
)
def test_bad_builder_is_a_recorded_failure(
    invoke: Invoke, builder: str, status: str, words: str
) -> None:
    outcome = invoke(builder)
    assert status_of(outcome) == status
    assert words in outcome.reason
    assert status_of(invoke("good")) == "ok"


def test_memory_that_forks_share_is_counted_once(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    limits = LIMITS._replace(memory_bytes=600 << 20)
    outcome = invoked(interpreter, timing("shares_its_memory_with_children"), limits).outcome
    assert status_of(outcome) == "ok"


def test_endless_loop_is_ended(interpreter: Interpreter) -> None:
    outcome = limited(interpreter, "loops_forever", timeout_s=0.5)
    assert (outcome.kind, outcome.phase) == ("timed_out", "construct")
    assert "0.5 s, in construct" in outcome.reason


def test_endless_allocation_is_ended_at_the_limit(interpreter: Interpreter) -> None:
    outcome = limited(interpreter, "allocates_without_end", memory_bytes=300 << 20)
    assert status_of(outcome) == "out_of_memory"
    assert "300 MiB, in construct" in outcome.reason


def test_missing_device_is_unavailable_with_the_framework_s_reason(invoke: Invoke) -> None:
    outcome = invoke("good", device="gpu")
    assert status_of(outcome) == "unavailable"
    assert outcome.reason == "the fake framework has no GPU"


def test_call_mode_that_the_framework_lacks_is_unavailable(invoke: Invoke) -> None:
    outcome = invoke("good", call_mode="fit")
    assert status_of(outcome) == "unavailable"
    assert outcome.reason == "this framework has no call mode 'fit', only function, predict"


def test_level_of_structure_that_the_framework_lacks_is_missing(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    outcome = succeeded(interpreter, StructureRequest(cell("good")))
    assert list(outcome.levels) == ["configuration", "outputs"]
    assert outcome.missing == {"program": "the fake framework compiles nothing"}


def test_what_is_printed_goes_to_the_log_alone(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    outcome, log, *_ = invoked(interpreter, timing("prints_a_megabyte"))
    assert status_of(outcome) == "ok"
    assert (log.count("x"), log.count("y")) == (1 << 20, 1 << 20)


def test_what_was_printed_before_a_sudden_end_is_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    with start_zygote() as started:
        started.wait_until_ready()
        outcome, log, *_ = invoked(started, timing("prints_and_exits"))
    assert status_of(outcome) == "crashed"
    assert log == "last words\n"


def test_builder_that_closes_all_descriptors_is_measured(invoke: Invoke) -> None:
    assert status_of(invoke("closes_all_descriptors")) == "ok"


def test_builder_that_forks_is_measured_once(invoke: Invoke) -> None:
    outcome = invoke("forks_and_lets_both_return")
    assert status_of(outcome) == "ok"
    assert len([s for s in outcome.spans if s.phase == "construct"]) == 1


def test_child_left_behind_is_ended_with_its_invocation(invoke: Invoke) -> None:
    assert status_of(invoke("leaves_a_child_behind")) == "ok"
    assert not _processes_with("left-behind")


def test_invocations_run_side_by_side_without_ending_each_other(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    asked = {interpreter.send(timing("leaves_a_child_behind"), LIMITS) for _ in range(6)}
    answered: dict[int, str] = {}
    while len(answered) < 6:
        for ended in interpreter.receive(timeout_s=30):
            answered[ended.id] = status_of(ended.outcome)
    assert answered == dict.fromkeys(asked, "ok")


def test_invocation_that_kills_its_zygote_is_noticed(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    interpreter.send(timing("kills_its_zygote"), LIMITS)
    with pytest.raises(InterpreterFailed):
        interpreter.receive(timeout_s=30)


def test_builder_takes_a_depth_where_there_is_no_architecture(invoke: Invoke) -> None:
    assert status_of(invoke("by_depth", architecture=None)) == "ok"
    assert status_of(invoke("without_depth", architecture=None, layers=None)) == "ok"


def test_ending_the_interpreter_ends_what_runs_in_it(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    interpreter.send(timing("loops_forever"), LIMITS)
    zygote = psutil.Process(interpreter.process_id)
    children = _wait_for_children(zygote)
    interpreter.close()
    _, alive = psutil.wait_procs([zygote, *children], timeout=5)
    assert not alive


def test_interpreter_that_does_not_start_says_why() -> None:
    with (
        Interpreter(LaunchSpec(MEASURED_PYTHON, "no.such.framework", "fork", seed=1)) as started,
        pytest.raises(InterpreterFailed, match="No module named 'no'"),
    ):
        started.wait_until_ready()


def test_interpreter_without_a_framework_says_how_to_install_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "frameless.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'keras'\")"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        Interpreter(LaunchSpec(MEASURED_PYTHON, "adapter.frameless", "fork", seed=1)) as started,
        pytest.raises(InterpreterFailed, match="has no keras: install it there") as failure,
    ):
        started.wait_until_ready()
    assert str(failure.value).startswith(MEASURED_PYTHON)


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_interpreter_without_a_backend_says_which_extra_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    for name in ("jax", "keras", "torch"):
        (tmp_path / f"{name}.py").write_text(
            f"raise ModuleNotFoundError(\"No module named '{backend}'\")"
        )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    words = rf"has no {backend}: install it there, .*keras-bench\[{backend}\]"
    with (
        Interpreter(LaunchSpec(MEASURED_PYTHON, backend, "fork", seed=1)) as started,
        pytest.raises(InterpreterFailed, match=words),
    ):
        started.wait_until_ready()


@pytest.mark.parametrize(
    ("backend", "name", "value"),
    [
        ("jax", "XLA_PYTHON_CLIENT_PREALLOCATE", "false"),
        ("torch", "PYTORCH_NVML_BASED_CUDA_CHECK", "1"),
    ],
)
def test_what_a_backend_reads_early_is_set_unless_the_user_has_set_it(
    monkeypatch: pytest.MonkeyPatch, backend: str, name: str, value: str
) -> None:
    launch = LaunchSpec(MEASURED_PYTHON, backend, "fork", seed=1)
    monkeypatch.delenv(name, raising=False)
    assert launch.environment()[name] == value
    assert launch.environment()["KERAS_BACKEND"] == backend
    monkeypatch.setenv(name, "the user's")
    assert launch.environment()[name] == "the user's"


def test_interpreter_path_that_is_not_there_says_so() -> None:
    with pytest.raises(InterpreterFailed, match="cannot start /nowhere/python"):
        Interpreter(LaunchSpec("/nowhere/python", "tests.fakes.framework", "fork", seed=1))


def test_each_seed_gives_an_environment_of_its_own() -> None:
    def accidents(seed: int) -> tuple[str, str]:
        environment = LaunchSpec(MEASURED_PYTHON, "x", "fork", seed).environment()
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
    assert eventually(process.children), "the invocation never began"
    return list(process.children())


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_phases_that_ended_before_a_failure_are_known(isolation: str) -> None:
    with start_zygote(isolation) as started:
        started.wait_until_ready()
        found = invoked(started, timing("refuses_calls"))
    assert (found.outcome.kind, found.outcome.phase) == ("builder_error", "first_call")
    assert found.ended is not None
    assert [span.phase for span in found.ended.spans] == BEFORE_CALLS
    assert found.ended.began_ns > 0


def test_phases_are_kept_as_they_are_answered(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    for block_ns in (None, 1_000_000):
        found = invoked(interpreter, TimingRequest(cell("good"), block_ns))
        assert found.ended is not None
        *phases, whole = found.outcome.spans
        assert whole.phase == "invocation"
        assert (found.ended.began_ns, list(found.ended.spans)) == (found.outcome.began_ns, phases)


def test_failure_of_the_first_phase_leaves_what_came_before_it(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    ended = invoked(interpreter, timing("raises")).ended
    assert ended is not None
    assert [span.phase for span in ended.spans] == ["runtime"]


def test_pass_that_is_not_timed_keeps_no_phases(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    found = invoked(interpreter, StructureRequest(cell("raises")))
    assert isinstance(found.outcome, Failure)
    assert found.ended is None


def test_copy_that_measured_code_forks_off_keeps_nothing(interpreter: Interpreter) -> None:
    interpreter.wait_until_ready()
    found = invoked(interpreter, timing("forks_and_lets_both_return"))
    assert found.ended is not None
    assert [span.phase for span in found.ended.spans if span.iteration is None] == [
        *BEFORE_CALLS,
        "first_call",
        "inference",
    ]


@pytest.mark.parametrize("builder", ["closes_all_descriptors", "changes_its_folder"])
def test_phases_are_kept_whatever_measured_code_does(
    interpreter: Interpreter, builder: str
) -> None:
    interpreter.wait_until_ready()
    found = invoked(interpreter, timing(builder))
    assert found.ended is not None
    assert [span.phase for span in found.ended.spans][:6] == BEFORE_CALLS


def test_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    files = str(tmp_path / "1")
    assert ended_phases(files) is None
    kept = EndedPhases(files)
    spans = [Span("runtime", "ok", wall_ns=3), Span("construct", "ok", wall_ns=4)]
    for span in spans:
        kept.add(TimingOutcome(7, (span,)))
    with (tmp_path / "1.ended").open("a") as file:
        file.write('{"type": "TimingOutc')
    assert ended_phases(files) == TimingOutcome(7, tuple(spans))
    forget_phases(files)
    assert ended_phases(files) is None
