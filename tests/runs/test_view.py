"""What outputs are given of a stored run."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.runs.view import run_view
from bench.store.run_folder import RunFolder
from tests.fakes.plan import ENVIRONMENT, fake_plan
from tests.report.findings_factory import findings


@pytest.mark.parametrize(
    ("words", "again"),
    [
        (("bench", "run", "--name", "a b"), "bench run --name 'a b' --seed 1"),
        (("scripts/bench", "run", "--seed", "1"), "scripts/bench run --seed 1"),
        (("bench", "run", "--seed=1"), "bench run --seed=1"),
        ((), ""),
    ],
)
def test_command_of_a_run_is_given_its_seed(
    tmp_path: Path, words: tuple[str, ...], again: str
) -> None:
    folder = RunFolder.create(tmp_path / "run", fake_plan(), ENVIRONMENT, command=words)
    assert run_view(RunFolder(folder.path), findings()).command == again
