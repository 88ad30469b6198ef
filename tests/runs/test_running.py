"""A run that goes on is concluded from at a cost per round that stays the same."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.runs.conclude import conclude
from bench.runs.running import RunningConclusion
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan


def test_rounds_that_are_added_say_what_the_stored_ones_say(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=2, layers=(2, 4)))
    execute_run(folder, Listener())
    again = fake_folder(tmp_path / "again", folder.record.plan)
    running = RunningConclusion(again)
    samples = folder.samples()
    for number in (1, 0):
        of_round = samples[samples["round"] == number]
        found = of_round.astype(object).where(of_round.notna(), None).to_dict("records")
        rows = [{str(name): value for name, value in row.items()} for row in found]
        again.write_round(number, rows)
        running.add(number, rows)
    pd.testing.assert_frame_equal(running.samples(), again.samples())
    assert running.findings() == conclude(again)
    assert RunningConclusion(RunFolder(again.path)).findings() == conclude(again)


def test_findings_of_a_run_are_those_of_its_folder(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=2, layers=(2,)))
    assert execute_run(folder, Listener()) == conclude(RunFolder(folder.path))


def test_conclusions_become_rarer_as_rounds_grow_more(tmp_path: Path) -> None:
    running = RunningConclusion(fake_folder(tmp_path / "run", fake_plan(rounds=2)))
    due = []
    for number in range(100):
        running.add(number, [])
        if running.is_due:
            due.append(number + 1)
            running.concluded()
    assert due[:21] == list(range(1, 22))
    assert due[-4:] == [82, 87, 92, 97]
