"""The pilot before a plan is frozen, with a framework that takes no time to import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.domain.design.plan import Plan
from bench.execution.processes.interpreter import Interpreter, Interpreters
from bench.execution.processes.requests import launch_spec
from bench.execution.rounds.pilot import MOST_CELLS, REPLICATES, choose_replicates
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_plan


def settled(plan: Plan) -> tuple[Plan, Interpreters, list[str]]:
    said: list[str] = []
    with Interpreter(launch_spec(plan, 0)) as interpreter:
        found, unused = choose_replicates(plan, {"default": interpreter}, said.append)
    return found, unused, said


def test_pilot_chooses_replicates_and_stays_in_the_plan() -> None:
    plan = fake_plan(pilot_rounds=3, rounds=60, replicates=1)
    found, unused, said = settled(plan)
    assert found.pilot is not None
    assert (found.pilot.rounds, found.pilot.replicates) == (3, REPLICATES)
    assert found.pilot.within > 0
    assert found.pilot.zygote_s > 0
    assert found.pilot.replicate_s > 0
    assert 1 <= found.replicates <= 12
    assert len(found.pilot.panel_s) == len(plan.panels) == len(found.pilot.panel_replicates)
    assert found.pilot.replicate_s == pytest.approx(sum(found.pilot.panel_s))
    assert found.replicates == max(map(found.replicates_of, plan.panels))
    assert found.budget_s < plan.budget_s
    assert not unused
    assert said == ["a pilot of 3 rounds, to choose the replicates ..."]
    assert Plan.model_validate_json(found.model_dump_json()) == found


def test_plan_without_a_pilot_keeps_its_interpreter() -> None:
    plan = fake_plan(pilot_rounds=0)
    found, unused, said = settled(plan)
    assert found == plan
    assert unused
    assert not said


def test_plan_of_many_cells_makes_no_pilot() -> None:
    plan = fake_plan(pilot_rounds=3, rounds=60, layers=tuple(range(1, MOST_CELLS)))
    assert settled(plan)[0] == plan


def test_pilot_whose_cells_fail_recommends_nothing() -> None:
    plan = fake_plan("raises", "exhausts_the_device", pilot_rounds=2, rounds=60, replicates=1)
    found, _, _ = settled(plan)
    assert found.pilot is None
    assert found.replicates == 1


def test_budget_bounds_the_pilot() -> None:
    plan = fake_plan(pilot_rounds=30, rounds=90, budget_s=15)
    found, _, _ = settled(plan)
    # On a slow machine there is no time for the two rounds that a pilot takes at least.
    assert found.pilot is None or found.pilot.rounds < 30


def test_pilot_whose_first_round_takes_too_long_recommends_nothing(tmp_path: Path) -> None:
    plan = fake_plan(pilot_rounds=3, rounds=60, replicates=1, budget_s=1e-3)
    found, unused, _ = settled(plan)
    assert (found.pilot, found.replicates, unused) == (None, 1, {})
    assert 0 < found.budget_s <= plan.budget_s
    assert RunFolder.create(tmp_path / "run", found, {}).record.plan == found


@pytest.mark.parametrize("changes", [{"rounds": 8}, {"isolation": "start"}, {"isolation": "none"}])
def test_short_runs_and_other_isolations_make_no_pilot(changes: dict[str, Any]) -> None:
    plan = fake_plan(**{"pilot_rounds": 3, "rounds": 60, **changes})
    assert settled(plan)[0] == plan
