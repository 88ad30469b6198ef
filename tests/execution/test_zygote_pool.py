"""A round has a fresh zygote; the passes that come after the rounds share one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.execution.listener import Listener
from bench.execution.processes import zygote_pool
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.execution.processes.zygote_pool import ZygotePool
from bench.execution.rounds.run import execute_run
from bench.store.documents import Observation
from tests.fakes.plan import fake_folder, fake_plan


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Interpreter]:
    """The interpreters that pools have started, in their order."""
    found: list[Interpreter] = []

    def start(launch: LaunchSpec) -> Interpreter:
        found.append(Interpreter(launch))
        return found[-1]

    monkeypatch.setattr(zygote_pool, "Interpreter", start)
    return found


def test_passes_after_the_rounds_share_one_interpreter(
    tmp_path: Path, started: list[Interpreter]
) -> None:
    plan = fake_plan("good", rounds=2, layers=(2,), jobs=2, evidence_s=30)
    folder = fake_folder(tmp_path / "run", plan)
    execute_run(folder, Listener())
    assert folder.rounds() == [0, 1]
    assert folder.observations(Observation.OUTPUTS)
    assert folder.explanations()
    assert len(started) == 3
    assert all(each.has_ended for each in started)


def test_one_that_has_ended_meanwhile_is_replaced(started: list[Interpreter]) -> None:
    with ZygotePool(fake_plan(layers=(2,))) as zygotes:
        kept = zygotes.take(0)
        zygotes.keep(kept)
        assert zygotes.take(0) is kept
        kept.close()
        zygotes.keep(kept)
        other = zygotes.take(0)
        assert other is not kept
        other.wait_until_ready()
        zygotes.keep(other)
    assert all(each.has_ended for each in started)
