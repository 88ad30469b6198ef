"""A small real run that several tests look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.command import run


class SmallRun(NamedTuple):
    """A finished run: the folder that ``bench`` ran in, the run folder, and what it printed."""

    project: Path
    folder: Path
    document: dict[str, Any]


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    """The arms of ``build_style`` at three depths, two rounds of them, on real TensorFlow."""
    project = tmp_path_factory.mktemp("small")
    arguments = "run build_style --architecture mlp --layers 2,3,4 --rounds 2 --seed 1 --json"
    result = run(arguments.split(), project)
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout, parse_constant=_refuse)
    (folder,) = (project / "results" / "runs").iterdir()
    return SmallRun(project, folder, document)


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")
