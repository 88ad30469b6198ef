"""Whole runs on either backend, as a command measures them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.domain.phases import natural_call_mode
from bench.store.run_folder import RunFolder


def test_build_style_is_measured_and_explained(backend: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "run", "build_style", "--backend", backend]
    asked = ["--layers", "4,16", "--rounds", "1", "--standard", "--out", str(tmp_path), "--json"]
    ended = subprocess.run([*command, *asked], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    findings = json.loads(ended.stdout)
    call_mode = natural_call_mode(backend)
    assert {cell["call_mode"] for cell in findings["cells"]} == {call_mode}
    replaced = f"has no call mode 'function': models are called in '{call_mode}'"
    assert (replaced in ended.stderr) == (call_mode != "function")
    assert findings["failures"] == []
    assert {cell["layers"] for cell in findings["cells"]} == {4, 16}
    assert backend in findings["environment"]
    assert "tensorflow" not in findings["environment"]
    (run,) = tmp_path.iterdir()
    (explanation,) = RunFolder(run).explanations()
    assert {each.arm: each.same_program for each in explanation.structure} == dict.fromkeys(
        ("incremental", "incremental_deferred", "incremental_no_rebuild", "functional"), True
    )
