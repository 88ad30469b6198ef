"""Commands that look at a run while it ends take nothing from it, and get whole files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from matplotlib.image import imread

from bench.report.charts.draw import draw_charts
from bench.runs.findings import current_findings
from bench.store.run_folder import RunFolder
from tests.cli.command import ROOT
from tests.fakes.waiting import eventually


def test_charts_are_drawn_beside_a_run_that_draws_them_too(tmp_path: Path) -> None:
    runs, drawn = tmp_path / "runs", 0
    with subprocess.Popen(
        [sys.executable, "-m", "tests.cli.with_fakes", "run", "--out", str(runs)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert eventually(lambda: bool(list(runs.glob("*/rounds/*.parquet"))))
        (path,) = runs.iterdir()
        while process.poll() is None:
            for chart in draw_charts(current_findings(RunFolder(path)), path / "charts", ("png",)):
                assert imread(chart).size
                drawn += 1
        assert process.stderr is not None
        errors = process.stderr.read()
    assert process.returncode == 0, errors
    assert drawn
    assert "Traceback" not in errors
    assert not list((path / "charts").glob(".*"))
    assert all(imread(chart).size for chart in (path / "charts").glob("*.png"))
