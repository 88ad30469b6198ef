"""``bench calibrate`` end to end on real TensorFlow, in small."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import run

SMALL = ["calibrate", "--json", "--layers", "2"]
SMALL += ["--experiments", "2", "--rounds", "2", "--blocks", "2"]


def test_calibration_counts_both_ways_and_can_be_read_again(tmp_path: Path) -> None:
    first = run(SMALL, tmp_path)
    assert first.returncode == 0, first.stderr
    document = json.loads(first.stdout)
    assert (document["schema"], document["experiments"], document["rounds"]) == (1, 2, 2)
    assert [work["injected"] for work in document["injected"]] == [0.0, 0.01, 0.02, 0.04, 0.1]
    assert all(work["unresolved"] == work["comparisons"] for work in document["injected"])
    assert {(rule["rule"], rule["injected"]) for rule in document["blocks"]} == {
        (rule, injected)
        for rule in ("t-test", "Mann-Whitney", "means 5 % apart")
        for injected in (0.0, 0.1)
    }
    (folder,) = (tmp_path / "results" / "runs").iterdir()
    assert (folder / "charts" / "calibration.png").exists()
    again = run(["calibrate", "--resume", "latest", "--json"], tmp_path)
    assert json.loads(again.stdout) == document


def test_only_a_calibration_can_be_gone_on_with(tmp_path: Path) -> None:
    refused = run(["calibrate", "--resume", "latest", "--rounds", "3"], tmp_path)
    assert refused.returncode == 2
    assert "can't be given together with --rounds" in refused.stderr
