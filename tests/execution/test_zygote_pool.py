"""A round has a fresh zygote; the passes that come after the rounds share one."""

from __future__ import annotations

import select
import sys
from pathlib import Path

import pytest

from bench.domain.tries import Failures
from bench.execution.listener import Listener
from bench.execution.processes import requests, zygote_pool
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.execution.processes.requests import launch_spec
from bench.execution.processes.zygote_pool import ZygotePool
from bench.execution.rounds.executor import Assignment, LocalExecutor
from bench.execution.rounds.run import execute_run
from bench.planning.order import round_seed
from bench.store.documents import Observation
from tests.fakes.plan import fake_folder, fake_plan


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> dict[Interpreter, LaunchSpec]:
    """The interpreters that pools have started, in their order, and how each was."""
    found: dict[Interpreter, LaunchSpec] = {}

    def start(launch: LaunchSpec) -> Interpreter:
        interpreter = Interpreter(launch)
        found[interpreter] = launch
        return interpreter

    for module in (requests, zygote_pool):
        monkeypatch.setattr(module, "Interpreter", start)
    return found


def test_passes_after_the_rounds_share_one_interpreter(
    tmp_path: Path, started: dict[Interpreter, LaunchSpec]
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


def test_zygotes_that_were_prepared_for_a_round_are_for_it_and_for_passes_alone() -> None:
    plan = fake_plan(layers=(2,), jobs=2)
    with ZygotePool(plan) as zygotes:
        for taken_by, is_given in ((1, False), (2, True), (None, True)):
            standby = zygotes.prepare(2, plan.environments)
            assert standby is not None
            taken = zygotes.take(plan.environments, taken_by)
            assert taken == (standby.started if is_given else {})
            assert all(each.has_ended is not is_given for each in standby.started.values())
            for each in taken.values():
                each.close()


def test_round_may_have_what_was_kept_for_whoever_comes_next() -> None:
    plan = fake_plan(layers=(2,), jobs=2)
    with ZygotePool(plan) as zygotes:
        zygotes.prepare(2, plan.environments)
        kept = zygotes.take(plan.environments)
        zygotes.keep(kept)
        assert zygotes.take(plan.environments, 1) == kept
        zygotes.keep(kept)


def test_round_that_comes_instead_of_passes_starts_zygotes_of_its_own(
    started: dict[Interpreter, LaunchSpec],
) -> None:
    plan = fake_plan("good", layers=(2,), jobs=2)
    assignments = [Assignment(5, Failures(), following=0), Assignment(6, Failures())]
    with ZygotePool(plan) as zygotes, LocalExecutor(plan, zygotes) as executor:
        assert [each.number for each in executor.measure(assignments)] == [5, 6]
    seeds = sorted(launch.seed for launch in started.values())
    assert seeds == sorted(round_seed(plan, number) for number in (0, 5, 6))
    assert all(each.has_ended for each in started)
