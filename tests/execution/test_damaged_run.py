"""A run of which something is damaged: it is told which file, and its status says what it can."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan


@pytest.fixture
def complete(tmp_path: Path) -> RunFolder:
    """A run that is over, of which models' answers are stored."""
    folder = fake_folder(tmp_path / "run", fake_plan("good", "unbuilt", rounds=2, layers=(2,)))
    execute_run(folder, Listener())
    assert folder.record.status == "complete"
    return folder


def test_run_whose_round_is_damaged_stays_complete(complete: RunFolder) -> None:
    (complete.path / "rounds" / "round-0001.parquet").write_bytes(b"PAR1")
    record = (complete.path / "run.json").read_bytes()
    with pytest.raises(InvalidRun, match=r"round-0001\.parquet cannot be read"):
        execute_run(RunFolder(complete.path), Listener())
    assert (complete.path / "run.json").read_bytes() == record
    assert not RunFolder(complete.path).is_abandoned


def test_run_whose_observation_is_damaged_is_interrupted_and_goes_on_without_it(
    complete: RunFolder,
) -> None:
    path = complete.path / "observations" / "outputs-0000.json"
    path.write_bytes(b"{")
    with pytest.raises(InvalidRun, match=r"outputs-0000\.json cannot be read"):
        execute_run(RunFolder(complete.path), Listener())
    assert RunFolder(complete.path).record.status == "interrupted"
    path.unlink()
    execute_run(RunFolder(complete.path), Listener())
    assert RunFolder(complete.path).record.status == "complete"
    assert path.exists()
