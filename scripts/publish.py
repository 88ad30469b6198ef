"""Makes results/published and what the README says of it.

    python scripts/publish.py               redraw charts and README from the stored samples
    python scripts/publish.py --measure     measure every scenario first, standard preset
    python scripts/publish.py --measure seed_example

A published run is a run folder like any other, less the paths of the machine that measured it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.plan.calibration import Calibration
from bench.publish.charts import draw_charts
from bench.publish.charts.calibration import draw_calibration
from bench.publish.readme import calibration_summary, summary, with_block
from bench.runner.calibration import read_calibration
from bench.runner.conclude import conclude
from bench.store.folder import RunFolder

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT / "results" / "published"
PICTURES = {
    "build_style": "build_style-mlp-cost.png",
    "seed_example": "seed_example-tutorial-ratios.png",
}
"""Scenario → the chart that the README shows."""

CALIBRATIONS = ("calibration", "calibration_replicates")
"""Published calibrations, with one replicate a round and with several."""


def main() -> None:
    """Measure what is asked, then redraw all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    arguments = parser.parse_args()
    chosen = arguments.scenarios or list(PICTURES)
    if arguments.measure:
        for name in chosen:
            _measure(name)
    for name in PICTURES:
        redraw(RunFolder(PUBLISHED / name), ROOT / "README.md", name)
    for name in CALIBRATIONS:
        redraw_calibration(RunFolder(PUBLISHED / name), ROOT / "docs" / "method.md", name)


def redraw(folder: RunFolder, readme: Path, name: str) -> None:
    """Conclude and draw the run in ``folder`` again, and write its block of the README."""
    findings = conclude(folder)
    folder.write_findings(findings)
    draw_charts(findings, folder.path / "charts")
    block = summary(findings, f"results/published/{name}/charts", PICTURES[name])
    readme.write_text(with_block(readme.read_text(), name, block))


def redraw_calibration(folder: RunFolder, page: Path, name: str) -> None:
    """Conclude and draw the calibration in ``folder`` again, and write its block of ``page``."""
    design = Calibration.model_validate(folder.observations("calibration")[0])
    findings = read_calibration(folder, design)
    draw_calibration(findings, folder.path / "charts")
    block = calibration_summary(findings, f"../results/published/{name}/charts")
    page.write_text(with_block(page.read_text(), name, block))


def _measure(name: str) -> None:
    with tempfile.TemporaryDirectory() as runs:
        command = [sys.executable, "-m", "bench", "run", name, "--standard", "--out", runs]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (made,) = Path(runs).iterdir()
        target = PUBLISHED / name
        if target.exists():
            shutil.rmtree(target)
        leave = shutil.ignore_patterns("charts", "tensorboard", "*.lock", "logs")
        shutil.copytree(made, target, ignore=leave)
    RunFolder(target).hide_paths()


if __name__ == "__main__":
    main()
