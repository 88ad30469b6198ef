"""A round has a fresh zygote; the passes that come after the rounds share one."""

from __future__ import annotations

import select
import sys
from pathlib import Path

import pytest

from bench.execution.listener import Listener
from bench.execution.processes import requests, zygote_pool
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.execution.processes.requests import launch_spec
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

    for module in (requests, zygote_pool):
        monkeypatch.setattr(module, "Interpreter", start)
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


def test_one_that_has_ended_meanwhile_is_not_handed_out() -> None:
    plan = fake_plan(layers=(2,))
    kept, other = (Interpreter(launch_spec(plan, 0)) for _ in range(2))
    with ZygotePool(plan, {"a": kept}) as zygotes:
        zygotes.keep({"b": other})
        assert zygotes.take(["a"]) == {"a": kept}
        kept.close()
        zygotes.keep({"a": kept})
        assert zygotes.take(["a"]) == {}
        assert not other.has_ended
    assert other.has_ended


def test_those_of_several_environments_import_one_after_the_other() -> None:
    plan = fake_plan(layers=(2,), jobs=2, environments=dict.fromkeys("ab", sys.executable))
    with ZygotePool(plan) as zygotes:
        standby = zygotes.prepare(1, plan.environments)
        assert standby is not None
        numbers = [len(standby.started)]
        while not standby.is_ready:
            select.select([standby], [], [])
            if len(standby.started) not in numbers:
                numbers.append(len(standby.started))
        assert numbers == [1, 2]
        assert all(each.is_ready for each in standby.started.values())
        taken = zygotes.take(plan.environments)
        assert taken == standby.started
        zygotes.keep(taken)
    assert all(each.has_ended for each in taken.values())
