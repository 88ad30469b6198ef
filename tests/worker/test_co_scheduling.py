"""Invocations that share a core: they meet before every phase, and none holds up the others."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import Span, TimingOutcome
from bench.execution.processes.interpreter import Interpreter, Limits
from bench.execution.processes.launch import LaunchSpec
from bench.worker.linux.scheduling import request_slice
from bench.worker.process.barrier import Barrier, Board
from bench.worker.wire.channel import Sharing
from bench.worker.wire.requests import TimingRequest
from tests.fakes.framework import FakeFramework
from tests.fakes.interpreters import MEASURED_PYTHON
from tests.fakes.requests import LIMITS, cell, status_of, whole
from tests.fakes.waiting import eventually

PHASES = FakeFramework.call_modes["function"].phases
CORE = max(os.sched_getaffinity(0))


@pytest.fixture
def interpreter() -> Iterator[Interpreter]:
    with Interpreter(
        LaunchSpec(MEASURED_PYTHON, "tests.fakes.framework", "fork", seed=1)
    ) as started:
        started.wait_until_ready()
        yield started


def together(
    interpreter: Interpreter, *builders: str, turns: tuple[str, ...] = (), **limits: Any
) -> list[Any]:
    """What comes of one invocation of each builder; all share a core."""
    allowed: Limits = LIMITS._replace(**limits)
    board = interpreter.files.board()
    place = {}
    for member, builder in enumerate(builders):
        sharing = Sharing(board, member, len(builders), PHASES, turns, 3_000_000)
        request = TimingRequest(cell(builder), block_ns=5_000_000)
        place[interpreter.send(request, allowed, CORE, sharing)] = member
    outcomes: dict[int, Any] = {}
    while len(outcomes) < len(builders):
        ended = interpreter.receive(timeout_s=4 * allowed.timeout_s)
        assert ended, "a member holds up the others"
        outcomes.update({place[each.id]: each.outcome for each in ended})
    return [outcomes[member] for member in range(len(builders))]


def spans_of(outcome: TimingOutcome) -> dict[str, Span]:
    return {span.phase: span for span in whole(outcome.spans)}


def begin_ns(outcome: TimingOutcome, phase: str) -> int:
    return outcome.began_ns + (spans_of(outcome)[phase].start_ns or 0)


def end_ns(outcome: TimingOutcome, phase: str) -> int:
    return begin_ns(outcome, phase) + (spans_of(outcome)[phase].wall_ns or 0)


def test_no_member_begins_a_phase_before_all_have_ended_the_one_before(
    interpreter: Interpreter,
) -> None:
    outcomes = together(interpreter, "good", "computes_for_long", "good")
    assert [status_of(each) for each in outcomes] == ["ok", "ok", "ok"]
    for earlier, later in (("construct", "compile"), ("compile", "trace"), ("trace", "first_call")):
        last_end = max(end_ns(each, earlier) for each in outcomes)
        assert all(begin_ns(each, later) >= last_end for each in outcomes)


def test_members_go_through_a_phase_that_is_taken_in_turns_one_after_the_other(
    interpreter: Interpreter,
) -> None:
    outcomes = together(
        interpreter, "computes_for_long", "raises", "computes_for_long", turns=("construct",)
    )
    assert [status_of(each) for each in outcomes] == ["ok", "builder_error", "ok"]
    first, _, last = outcomes
    assert begin_ns(last, "construct") >= end_ns(first, "construct")
    assert [spans_of(each)["construct"].alone_ns for each in (first, last)] == [0, 0]


def test_phase_that_a_member_leaves_out_is_waited_for_all_the_same(
    interpreter: Interpreter,
) -> None:
    built, unbuilt = together(interpreter, "good", "unbuilt")
    assert spans_of(built)["build"].status == "nothing_to_do"
    assert spans_of(unbuilt)["build"].status == "ok"
    assert begin_ns(built, "compile") >= end_ns(unbuilt, "build")


def test_waiting_belongs_to_no_phase_and_takes_no_cpu_time_of_one(
    interpreter: Interpreter,
) -> None:
    quick, slow = (spans_of(each) for each in together(interpreter, "good", "computes_for_long"))
    assert (slow["construct"].cpu_ns or 0) >= 150_000_000
    assert sum(span.cpu_ns or 0 for span in quick.values()) < 75_000_000
    waited_ns = quick["compile"].start_ns - quick["construct"].start_ns  # type: ignore[operator]
    # It may begin some slices after the other.
    assert waited_ns > 100_000_000
    assert (quick["invocation"].wall_ns or 0) < waited_ns


def test_calls_that_repeat_are_timed_as_one_block(interpreter: Interpreter) -> None:
    outcome, _ = together(interpreter, "good", "good")
    (block,) = [span for span in outcome.spans if span.phase == "inference"]
    assert block.iteration is None
    assert block.calls >= 1


@pytest.mark.parametrize(
    ("builder", "status"),
    [
        ("raises", "builder_error"),
        ("leaves_python", "builder_error"),
        ("exits", "crashed"),
        ("reads_null", "crashed"),
        ("hangs_in_c", "timed_out"),
        ("loops_forever", "timed_out"),
        ("stops_itself", "timed_out"),
        ("allocates_without_end", "out_of_memory"),
        ("moves_to_another_core", "builder_error"),
        ("becomes_nicer", "builder_error"),
    ],
)
def test_member_that_fails_does_not_hold_up_the_others(
    interpreter: Interpreter, builder: str, status: str
) -> None:
    limits: dict[str, Any] = {"timeout_s": 0.5} if status == "timed_out" else {}
    bad, *good = together(interpreter, builder, "good", "good", **limits)
    assert status_of(bad) == status
    for outcome in good:
        assert status_of(outcome) == "ok"
        assert set(spans_of(outcome)) == {*PHASES, "invocation"}
    assert_nothing_is_left(interpreter)


def test_failure_of_a_member_that_moved_says_what_to_do(interpreter: Interpreter) -> None:
    moved, _ = together(interpreter, "becomes_nicer", "good")
    assert interpreter.files.ended_phases(1) is None, "they may have had more than their share"
    assert interpreter.files.ended_phases(2) is not None
    assert isinstance(moved, Failure)
    assert "--schedule solo" in moved.reason


@pytest.mark.parametrize(
    "builder",
    ["closes_all_descriptors", "leaves_a_child_behind", "forks_and_lets_both_return"],
)
def test_member_that_meddles_with_its_process_is_measured_with_the_others(
    interpreter: Interpreter, builder: str
) -> None:
    outcomes = together(interpreter, builder, "good", "good")
    assert [status_of(each) for each in outcomes] == ["ok", "ok", "ok"]
    assert_nothing_is_left(interpreter)


def assert_nothing_is_left(interpreter: Interpreter) -> None:
    zygote = psutil.Process(interpreter.process_id)
    assert eventually(lambda: not zygote.children(recursive=True))


def test_member_is_not_blamed_for_the_time_it_waits(interpreter: Interpreter) -> None:
    hanging, waiting = together(interpreter, "hangs_in_c", "good", timeout_s=0.5)
    assert (status_of(hanging), status_of(waiting)) == ("timed_out", "ok")


def test_barrier_opens_when_the_last_member_arrives_or_is_gone(tmp_path: Path) -> None:
    board = Board(str(tmp_path / "board"), members=3)
    board.arrive(0, 2)
    board.arrive(1, 2)
    assert not board.all_have_arrived(1)
    board.leave(2)
    assert board.all_have_arrived(2)
    assert not board.all_have_arrived(3)


def test_member_never_goes_back_to_an_earlier_phase(tmp_path: Path) -> None:
    board = Board(str(tmp_path / "board"), members=1)
    board.arrive(0, 3)
    board.arrive(0, 1)
    assert board.all_have_arrived(3)


def test_time_that_a_member_has_waited_is_known(tmp_path: Path) -> None:
    board, other = (Board(str(tmp_path / "board"), members=2) for _ in range(2))
    board.arrive(0, 1)
    waiting = threading.Thread(target=board.wait, args=(0, lambda: board.all_have_arrived(1)))
    waiting.start()
    assert eventually(lambda: other.waited_ns(0) > 2_000_000)
    other.arrive(1, 1)
    waiting.join()
    waited_ns = other.waited_ns(0)
    assert waited_ns > 2_000_000
    assert other.waited_ns(0) == waited_ns


def test_member_knows_what_it_had_computed_when_the_last_other_went_on(tmp_path: Path) -> None:
    board = Board(str(tmp_path / "board"), members=3)
    board.join(0)
    for member in range(3):
        board.arrive(member, 1)
    board.arrive(1, 2)
    assert board.cpu_ns_when_left_alone(0) is None
    before_ns = time.process_time_ns()
    board.leave(2)
    left_alone_ns = board.cpu_ns_when_left_alone(0)
    assert left_alone_ns is not None
    assert before_ns <= left_alone_ns <= time.process_time_ns()
    assert board.cpu_ns_when_left_alone(1) is None


def test_phase_of_another_name_is_met_without_waiting(tmp_path: Path) -> None:
    settled: list[str] = []
    board = Board(str(tmp_path / "board"), members=2)
    Barrier(board, 0, ("construct",), (), lambda: settled.append("once")).meet("prepare")
    assert settled == ["once"]


def test_all_settle_once_the_last_has_arrived_and_meet_again(tmp_path: Path) -> None:
    board = Board(str(tmp_path / "board"), members=2)
    board.arrive(1, 1)
    settled: list[bool] = []

    def settle() -> None:
        settled.append(board.all_have_arrived(2))
        board.arrive(1, 2)

    Barrier(board, 0, ("construct",), (), settle).meet("construct")
    assert settled == [False]


def test_part_of_a_phase_after_the_others_have_ended_theirs_is_known(
    interpreter: Interpreter,
) -> None:
    quick, slow = (spans_of(each) for each in together(interpreter, "good", "computes_for_long"))
    assert quick["construct"].alone_ns == 0
    assert 100_000_000 < (slow["construct"].alone_ns or 0) <= (slow["construct"].cpu_ns or 0)


def test_time_that_others_had_the_core_is_known(interpreter: Interpreter) -> None:
    one, other = (
        spans_of(each) for each in together(interpreter, "computes_for_long", "computes_for_long")
    )
    for spans in (one, other):
        construct = spans["construct"]
        assert (construct.run_delay_ns or 0) > 100_000_000
        had_ns = (construct.cpu_ns or 0) + (construct.run_delay_ns or 0)
        assert had_ns == pytest.approx(construct.wall_ns, rel=0.1)


def test_time_that_others_had_the_core_while_a_second_thread_waited_for_it_is_known(
    interpreter: Interpreter,
) -> None:
    construct, _ = (
        spans_of(each)["construct"]
        for each in together(interpreter, "computes_in_a_second_thread", "computes_for_longer")
    )
    had_ns = (construct.cpu_ns or 0) + (construct.run_delay_ns or 0)
    assert had_ns == pytest.approx(construct.wall_ns, rel=0.1)


def test_kernels_since_6_12_take_the_length_of_slices() -> None:
    child = os.fork()
    if not child:
        os._exit(request_slice(3_000_000))
    taken = os.WEXITSTATUS(os.waitpid(child, 0)[1])
    release = tuple(int(number) for number in platform.release().split("-")[0].split(".")[:2])
    assert bool(taken) == (release >= (6, 12))
