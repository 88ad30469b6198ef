"""Creates results/published and the generated blocks of the documentation.

    python scripts/publish.py               redraw charts and pages from the stored samples
    python scripts/publish.py --measure     measure all but GPU runs first: two hours
    python scripts/publish.py --measure seed_example

A published run is a compacted run folder without the paths of the machine that measured it. It has
the chart that its page shows, as PNG and as SVG; ``bench charts`` draws the others. Its findings
follow from its samples, and are not in the repository: who reads it first concludes them.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.cli.errors import FAILED_CELLS
from bench.report.charts.calibration import draw_calibration
from bench.report.charts.draw import draw_charts
from bench.report.markdown import calibration_summary, summary, with_block
from bench.runs.calibration import read_calibration
from bench.runs.conclude import conclude
from bench.store.run_folder import RunFolder, write_record
from scripts import gallery_page, inline_or_add
from scripts.published_blocks import (
    difference,
    example,
    index,
    nothing_else,
    published_findings,
)
from scripts.published_runs import CALIBRATION, CALIBRATIONS, PAGES, PUBLISHED, ROOT


def main() -> None:
    """Measure what is asked, then redraw all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--measure", action="store_true")
    known = [*PAGES, CALIBRATION]
    parser.add_argument("runs", nargs="*", metavar="RUN", help=f"of {', '.join(known)}")
    arguments = parser.parse_args()
    here = [name for name in known if name == CALIBRATION or not PAGES[name].on_gpu]
    chosen = arguments.runs or here
    unknown = ", ".join(name for name in chosen if name not in known)
    if unknown:
        parser.error(f"no published run is called {unknown}: {', '.join(known)}")
    if arguments.measure:
        for name in chosen:
            _measure(name)
        if not arguments.runs:
            _check_claims()
    for name in PAGES:
        redraw(RunFolder(PUBLISHED / name), name)
    readme = ROOT / "README.md"
    text = with_block(readme.read_text(), "difference", difference())
    readme.write_text(with_block(text, "nothing_else", nothing_else()))
    page = ROOT / "docs" / "reading_results.md"
    page.write_text(with_block(page.read_text(), "example", example()))
    page = ROOT / "docs" / "inline-or-add.md"
    runs = [published_findings(name) for name in ("build_style", "versions", "backends")]
    text = with_block(page.read_text(), "inline_or_add", inline_or_add.answers(*runs))
    page.write_text(with_block(text, "claims", inline_or_add.claims(PUBLISHED / "claims.json")))
    for name in CALIBRATIONS:
        redraw_calibration(RunFolder(PUBLISHED / name), ROOT / "docs" / "method.md", name)
    page = ROOT / "docs" / "results.md"
    page.write_text(with_block(page.read_text(), "results", index()))
    gallery_page.write(gallery_page.read())


def redraw(folder: RunFolder, name: str) -> None:
    """Conclude and draw the run in ``folder`` again, and write its block of its page."""
    page = PAGES[name]
    findings = conclude(folder)
    folder.write_findings(findings)
    charts = folder.path / "charts"
    for path in draw_charts(findings, charts, ["png", "svg"]):
        if path.stem != Path(page.picture).stem:
            path.unlink()
    block = summary(findings, page.charts(name), page.picture)
    page.path.write_text(with_block(page.path.read_text(), name, block))


def redraw_calibration(folder: RunFolder, page: Path, name: str) -> None:
    """Conclude and draw the calibration in ``folder`` again, and write its block of ``page``."""
    design = folder.calibration()
    assert design is not None, f"{folder.path} is no calibration"
    findings = read_calibration(folder, design)
    folder.write_findings(conclude(folder))
    draw_calibration(findings, folder.path / "charts")
    block = calibration_summary(findings, f"../results/published/{name}/charts")
    page.write_text(with_block(page.read_text(), name, block))


def _measure(name: str) -> None:
    """Measure ``name`` and publish it, with cells that fail too; what ends otherwise is kept."""
    runs = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    command = [sys.executable, "-m", "bench", *_command(name), "--out", str(runs)]
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    if done.returncode not in (0, FAILED_CELLS):
        sys.exit(f"{name} ended with exit code {done.returncode}; what it measured is in {runs}")
    (made,) = runs.iterdir()
    take(made, name)
    shutil.rmtree(runs)


def _check_claims() -> None:
    """Store what the installed Keras says to the claims."""
    command = [sys.executable, "-m", "bench", "claims", "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    (PUBLISHED / "claims.json").write_text(done.stdout)


def _command(name: str) -> list[str]:
    """What ``bench`` is called with to measure the run that is published as ``name``."""
    if name == CALIBRATION:
        return ["calibrate"]
    page = PAGES[name]
    return ["run", *(() if page.names_scenario else (name,)), *page.options]


def take(run: Path, name: str) -> None:
    """Publish the run folder ``run`` as ``name``, in the place of what is there."""
    target = PUBLISHED / name
    if target.exists():
        shutil.rmtree(target)
    made = ("findings.json", "charts", "report", "tensorboard", "*.lock", "logs")
    leave = shutil.ignore_patterns(*made)
    shutil.copytree(run, target, ignore=leave)
    folder = RunFolder(target)
    hide_paths(folder)
    folder.compact()
    (target / "run.lock").unlink()


def hide_paths(folder: RunFolder) -> None:
    """Replace the paths in the record of ``folder``: of interpreters, and in the command.

    The command is the one that anybody types.
    """
    plan = folder.record.plan
    names = dict.fromkeys(plan.environments, "python")
    hidden = plan.model_copy(update={"environments": names, "folders": ()})
    known = {
        name: {**facts, "interpreter": "python"}
        for name, facts in folder.record.environments.items()
    }
    command = ("scripts/bench", *_command(folder.path.name))
    changes = {"plan": hidden, "environments": known, "mark": "", "command": command, "code": {}}
    write_record(folder.path, folder.record.model_copy(update=changes))


if __name__ == "__main__":
    main()
