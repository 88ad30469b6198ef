"""Creates results/published and the generated blocks of the documentation.

    python scripts/publish.py               redraw charts and pages from the stored samples
    python scripts/publish.py --measure     measure all but GPU runs first: 70 minutes
    python scripts/publish.py --measure seed_example

A published run is a compacted run folder without the paths of the machine that measured it. It has
the chart that its page shows, as PNG and as SVG; ``bench charts`` draws the others.
"""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from bench.api.run import open_run
from bench.domain.findings.run import Findings
from bench.report.charts.calibration import draw_calibration
from bench.report.charts.draw import draw_charts
from bench.report.markdown import calibration_summary, summary, with_block
from bench.report.markdown_tables import code, escaped
from bench.report.text.formatting import NBSP, duration, ratio, ratio_interval
from bench.report.text.joint import joint_claims, joint_sentence
from bench.report.text.versions import made_with
from bench.runs.calibration import read_calibration
from bench.runs.conclude import conclude
from bench.store.run_folder import RunFolder, write_record
from scripts import gallery_page, inline_or_add

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT / "results" / "published"


class Page(NamedTuple):
    """The page of a published run: ``text``, below the root, which shows ``picture``.

    ``options`` are what it is measured with, besides its scenario, which is called like it unless
    they name it. A run ``on_gpu`` is measured elsewhere.
    """

    text: str
    picture: str
    options: tuple[str, ...] = ("--standard",)
    names_scenario: bool = False
    on_gpu: bool = False

    @property
    def path(self) -> Path:
        """The page itself."""
        return ROOT / self.text

    def charts(self, name: str) -> str:
        """The address of the charts of the run ``name``, as the page sees it."""
        return "../" * self.text.count("/") + f"results/published/{name}/charts"


VERSIONS = tuple(
    f"keras-{each}=keras=={each}.* python==3.11" for each in ("2.15", "3.0", "3.6", "3.15")
)
"""Environments, as ``scripts/tox run -e versions`` has them."""

_SHORT = ("--budget", "3m")
_SEARCH = ("--architecture", "mlp", "--budget", "6m", "--replicates", "1")

PAGES = {
    "build_style": Page("docs/scenarios/build_style.md", "build_style-mlp-cost.png"),
    "seed_example": Page(
        "docs/scenarios/build_style.md", "seed_example-tutorial-ratios.png", _SHORT
    ),
    "versions": Page(
        "docs/versions.md",
        "build_style-mlp-environments.png",
        (
            *("build_style", "--layers", "16,64"),
            *(word for each in VERSIONS for word in ("--interpreter", each)),
        ),
        names_scenario=True,
    ),
    "call_modes": Page(
        "docs/call_modes.md",
        "call_modes-mlp-call_modes.png",
        ("--architecture", "mlp", "--layers", "16", "--budget", "3m"),
    ),
    "modification": Page(
        "docs/scenarios/modification.md",
        "modification-mlp-ratios.png",
        ("--architecture", "mlp", "--layers", "16,64", "--budget", "4m"),
    ),
    "restore": Page(
        "docs/scenarios/restore.md",
        "restore-mlp-cost.png",
        ("--architecture", "mlp", "--layers", "16,64,128", "--budget", "10m", "--replicates", "1"),
    ),
    "search": Page("docs/scenarios/search.md", "search-mlp-series.png", _SEARCH),
    "search_trained": Page("docs/scenarios/search.md", "search_trained-mlp-series.png", _SEARCH),
    "proposed_fix_equivalence": Page(
        "docs/scenarios/proposed_fix.md",
        "proposed_fix_equivalence-mlp-ratios.png",
        ("--architecture", "mlp", "--budget", "5m"),
    ),
    "proposed_fix": Page(
        "docs/scenarios/proposed_fix.md",
        "proposed_fix-mlp-cost.png",
        ("--architecture", "mlp", "--layers", "8,16,32,64", "--budget", "6m"),
    ),
    "gpu_jax": Page(
        "docs/gpu.md",
        "build_style_on_a_gpu-mlp-cost.png",
        (
            *("--quick", "--name", "build_style_on_a_gpu", "--architecture", "mlp"),
            *("--arm", "inline=scenarios.builders:inline"),
            *("--arm", "incremental=scenarios.builders:incremental", "--layers", "4,16,64"),
            *("--backend", "jax", "--device", "gpu", "--budget", "185"),
        ),
        names_scenario=True,
        on_gpu=True,
    ),
    "gpu_torch": Page(
        "docs/gpu.md",
        "build_style_on_a_gpu-mlp-cost.png",
        (
            *("--quick", "--name", "build_style_on_a_gpu", "--architecture", "mlp"),
            *("--arm", "inline=scenarios.builders:inline"),
            *("--arm", "incremental=scenarios.builders:incremental", "--layers", "4,16,64"),
            *("--backend", "torch", "--device", "gpu", "--rounds", "16", "--budget", "130"),
            "--no-evidence",
        ),
        names_scenario=True,
        on_gpu=True,
    ),
    "gpu_or_cpu": Page(
        "docs/gpu.md",
        "gpu_or_cpu-cnn-256-inline-cost.png",
        (
            *("--quick", "--name", "gpu_or_cpu", "--arm", "inline=scenarios.builders:inline"),
            *("--architecture", "cnn", "--layers", "16", "--batch", "1,256"),
            *("--backend", "jax", "--device", "cpu,gpu", "--headline", "inference"),
            *("--rounds", "14", "--budget", "315", "--no-evidence"),
        ),
        names_scenario=True,
        on_gpu=True,
    ),
}
"""Published run → its page."""

CALIBRATION = "calibration"
"""The published calibration."""

CALIBRATIONS = (CALIBRATION, "calibration_solo")
"""It, and one of 2026-11-23 in which no arms share a core, whose noise the studies draw from."""


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
    text = with_block(page.read_text(), "inline_or_add", inline_or_add.answers(*_concluded()))
    page.write_text(with_block(text, "claims", inline_or_add.claims(PUBLISHED / "claims.json")))
    for name in CALIBRATIONS:
        redraw_calibration(RunFolder(PUBLISHED / name), ROOT / "docs" / "method.md", name)
    page = ROOT / "docs" / "results.md"
    page.write_text(with_block(page.read_text(), "results", index()))
    gallery_page.write(gallery_page.read())


def index() -> str:
    """A line on each published run: its folder, its page, its answer, and how it was made."""
    pages = {**{name: page.text for name, page in PAGES.items()}, CALIBRATION: "docs/method.md"}
    return "".join(f"- {_told(name, pages[name])}\n" for name in pages)


def _told(name: str, page: str) -> str:
    findings = RunFolder(PUBLISHED / name).findings()
    assert findings is not None, f"{name} is published first"
    question = next(iter(findings.questions.values()), "")
    answer = "" if name == CALIBRATION else findings.answer[0]
    links = f"[{code(name)}](../results/published/{name}) ([page]({page.removeprefix('docs/')}))"
    said = f"*{escaped(question)}* {escaped(answer)}".strip()
    return f"{links}: {said} ({escaped(made_with(findings))})"


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


def _concluded() -> tuple[Findings, Findings]:
    """The findings of the build styles, and of them in several versions."""
    found = [RunFolder(PUBLISHED / name).findings() for name in ("build_style", "versions")]
    first, second = found
    assert first is not None, "it was redrawn"
    assert second is not None, "it was redrawn"
    return first, second


def difference() -> str:
    """What the README says of what the build style costs, with 64 layers."""
    findings = RunFolder(PUBLISHED / "build_style").findings()
    assert findings is not None, "build_style is published first"
    at = {"architecture": "mlp", "layers": 64}
    lines = []
    for phase, title in (
        ("construct", "construction"),
        ("time_to_first_inference", "construction to first prediction"),
    ):
        wanted = {**at, "phase": phase}
        found = _the(findings.timings, {**wanted, "arm": "incremental"})
        inline = _the(findings.timed_cells, {**wanted, "arm": "inline"})
        lines.append(
            f"- {title} takes {ratio(found.ratio or math.nan)} times as long "
            f"{ratio_interval(found)}; inline takes {duration(inline.value)}"
        )
    return (";\n".join(lines) + ".\n").replace(NBSP, " ")


def _the(found: Iterable[T], wanted: Mapping[str, object]) -> T:
    """The one of ``found`` that has these values."""
    (one,) = [each for each in found if all(getattr(each, k) == v for k, v in wanted.items())]
    return one


def nothing_else() -> str:
    """What the README says of all that the build style does not change."""
    findings = RunFolder(PUBLISHED / "build_style").findings()
    assert findings is not None, "build_style is published first"
    claims = (each for each in joint_claims(findings) if each.verdict == "equivalent")
    sentences = (joint_sentence(each, findings).replace(NBSP, " ") for each in claims)
    sentence = next(sentences, "No later phase was found to differ")
    return f"{sentence}.\n"


def example() -> str:
    """What ``bench show`` prints of a small run: the answer and the first table."""
    shown = str(open_run(PUBLISHED / "seed_example").table())
    answer = shown[shown.index("•") :].partition("Other phases")[0]
    lines = [line.rstrip() for line in answer.strip().splitlines()]
    return "\n".join(("```text", *lines, "```", ""))


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
    with tempfile.TemporaryDirectory() as runs:
        command = [sys.executable, "-m", "bench", *_command(name), "--out", runs]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (made,) = Path(runs).iterdir()
        take(made, name)


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
    leave = shutil.ignore_patterns("charts", "report", "tensorboard", "*.lock", "logs")
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
