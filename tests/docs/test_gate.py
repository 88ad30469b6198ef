"""The gate of a build that docs/ci.md shows, on published findings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.runs.findings import current_findings
from bench.store.run_folder import RunFolder
from tests.docs.markdown import ROOT, named_files, read


@pytest.fixture
def findings() -> dict[str, Any]:
    folder = RunFolder(ROOT / "results" / "published" / "build_style")
    found: dict[str, Any] = json.loads(current_findings(folder).model_dump_json())
    return found


def gate(findings: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "gate.py").write_text(named_files(read(Path("docs/ci.md")))["gate.py"])
    (folder / "findings.json").write_text(json.dumps(findings))
    command = [sys.executable, "gate.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_build_fails_where_an_arm_is_slower(findings: dict[str, Any], tmp_path: Path) -> None:
    result = gate(findings, tmp_path)
    assert result.returncode == 1
    assert "incremental: construct at 64 layers takes 3." in result.stdout
    assert not result.stderr


def test_build_passes_where_none_is(findings: dict[str, Any], tmp_path: Path) -> None:
    for each in findings["comparisons"]:
        if each["headline"] and each["verdict"] == "slower":
            each["verdict"] = "equivalent"
    result = gate(findings, tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_run_that_failed_its_controls_is_not_judged(
    findings: dict[str, Any], tmp_path: Path
) -> None:
    result = gate({**findings, "controls_passed": False}, tmp_path)
    assert result.returncode == 1
    assert "measure again" in result.stderr
    assert not result.stdout
