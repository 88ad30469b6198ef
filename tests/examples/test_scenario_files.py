"""The scenario files of ``examples`` can be measured as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import ROOT, run

EXAMPLES = ROOT / "examples"
FILES = sorted(path.name for path in EXAMPLES.glob("*.py") if "Scenario(" in path.read_text())


def test_there_are_three_scenario_files() -> None:
    assert FILES == ["own_lifecycle.py", "patched_keras.py", "two_builders.py"]


@pytest.mark.parametrize("name", FILES)
def test_scenario_file_is_measured_in_every_cell(name: str, tmp_path: Path) -> None:
    arguments = ["run", str(EXAMPLES / name), "--layers", "2,3", "--rounds", "1", "--json"]
    result = run(arguments, tmp_path)
    assert result.returncode == 0, result.stderr
    findings = json.loads(result.stdout)
    assert findings["failures"] == []
    assert {2, 3} <= {cell["layers"] for cell in findings["cells"]}
    assert findings["controls_passed"]
