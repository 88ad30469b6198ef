"""Commands that look at a run while it ends take nothing from it, and get whole files."""

from __future__ import annotations

from pathlib import Path

from matplotlib.image import imread

from bench.report.charts.draw import draw_charts
from bench.runs.findings import current_findings
from bench.store.run_folder import RunFolder
from tests.cli.command import WITH_FAKES, start
from tests.fakes.waiting import eventually


def test_charts_are_drawn_beside_a_run_that_draws_them_too(tmp_path: Path) -> None:
    runs, drawn = tmp_path / "runs", 0
    with start(["run", "--out", str(runs)], tmp_path, module=WITH_FAKES) as process:
        assert eventually(lambda: bool(list(runs.glob("*/rounds/*.parquet"))))
        (path,) = runs.iterdir()
        while process.poll() is None:
            for chart in draw_charts(current_findings(RunFolder(path)), path / "charts", ("png",)):
                assert imread(chart).size
                drawn += 1
        _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert drawn
    assert "Traceback" not in errors
    assert not list((path / "charts").glob(".*"))
    assert all(imread(chart).size for chart in (path / "charts").glob("*.png"))
