"""Whose time it is that passes while several invocations share a core."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from bench.domain import status
from bench.worker.process.barrier import Board
from bench.worker.process.running import RunningInvocation
from bench.worker.wire.channel import Invocation, Sharing
from bench.worker.wire.requests import TimingRequest
from tests.fakes.requests import cell

TIMEOUT_S = 10.0
Passes = Callable[[float], None]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Passes:
    """Lets seconds pass on the clock of the invocations."""
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def passes(seconds: float) -> None:
        now[0] += seconds

    return passes


@pytest.fixture
def members(passes: Passes, tmp_path: Path) -> Iterator[Sequence[RunningInvocation]]:
    """Three that share a core, in this process."""
    board = str(tmp_path / "board")
    found = []
    for member in range(3):
        pipe, _ = os.pipe()
        invocation = Invocation(
            id=member,
            files=str(tmp_path / f"{member}"),
            core=None,
            timeout_s=TIMEOUT_S,
            memory_bytes=1 << 50,
            request=TimingRequest(cell("good")),
            sharing=Sharing(board, member, 3, ("construct",), (), 3_000_000),
        )
        found.append(RunningInvocation(invocation, os.getpid(), pipe, 0))
    yield found
    for each in found:
        os.close(each.exited)


def test_each_of_those_that_compute_takes_its_part_of_the_time(
    members: Sequence[RunningInvocation], passes: Passes
) -> None:
    passes(2.9 * TIMEOUT_S)
    assert [each.overstepped() for each in members] == [None] * 3
    passes(0.2 * TIMEOUT_S)
    failures = [each.overstepped() for each in members]
    assert {each.kind for each in failures if each} == {status.TIMED_OUT}
    assert all(failures)


def test_last_member_has_the_time_that_one_alone_has(
    members: Sequence[RunningInvocation], passes: Passes
) -> None:
    """A member that hangs does not hold up the others for the time of all."""
    for each in members[1:]:
        each.leave()
    passes(0.9 * TIMEOUT_S)
    assert members[0].overstepped() is None
    passes(0.2 * TIMEOUT_S)
    failure = members[0].overstepped()
    assert failure is not None
    assert failure.reason == "took more than 10 s, in preparation"


def test_member_that_waits_leaves_its_part_to_the_others(tmp_path: Path) -> None:
    board = Board(str(tmp_path / "board"), members=3)
    assert board.active() == 3
    seen: list[int] = []

    def is_over() -> bool:
        seen.append(board.active())
        return True

    board.wait(0, is_over)
    board.leave(1)
    assert (seen, board.active()) == ([2], 2)
