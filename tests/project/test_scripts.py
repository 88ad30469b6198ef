"""The scripts that docs and tox.ini name run, in their small form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"

SMALL = {
    "analysis_speed.py": (["--rows", "500,1500"], "exponent"),
    "co_scheduling_study.py": (
        ["--zygotes", "1", "--groups", "1", "--small", "--busy"],
        "| 3 members, 3 ms | 2 |",
    ),
    "controller_speed.py": (["--rounds", "4", "--most", "100"], "quarter 4"),
    "gallery.py": (
        ["multi_output", "--rounds", "1", "--call-mode", "function,train"],
        "| `multi_output` |",
    ),
    "import_time.py": (["--starts", "1"], "import bench"),
    "interval_study.py": (["--runs", "20"], "| t-interval at every look |"),
    "reducer_study.py": (["--draws", "1"], "| `first_call` | 10 |"),
    "schedules_study.py": (["--rounds", "1", "--layers", "2"], "| 2 | solo |"),
    "simulate.py": (["--runs", "2"], "| all equal |"),
}
"""Script → what makes it take seconds, and what it then prints."""

ELSEWHERE = {
    "gallery_page.py": "gallery.py and publish.py write the page with it",
    "inline_or_add.py": "publish.py writes the page with it",
    "report_pictures.py": "tests/browser/test_screenshots.py takes every picture",
    "published_blocks.py": "publish.py writes README and docs with it",
    "published_runs.py": "publish.py measures and draws what it lists",
    "publish.py": ".ci/run runs `charts`; tests/cli/test_small_run.py publishes a run",
    "site.py": "`scripts/tox run -e docs` makes the site with it",
    "screenshots.py": "tests/browser/test_screenshots.py takes every picture",
}
"""Script → where it is run instead."""


@pytest.mark.parametrize("name", SMALL)
def test_script_prints_its_table(name: str, tmp_path: Path) -> None:
    options, expected = SMALL[name]
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / name), *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout


def test_every_script_is_run_somewhere() -> None:
    assert {path.name for path in SCRIPTS.glob("*.py")} == {*SMALL, *ELSEWHERE}
