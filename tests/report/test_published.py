"""The published samples, charts and pages agree with each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.report.markdown import NoSuchBlock, calibration_summary, summary, with_block
from bench.report.text.formatting import NBSP, duration, ratio, ratio_interval
from bench.runs.calibration import read_calibration
from bench.store.run_folder import RunFolder
from scripts.published_blocks import example, index, nothing_else, published_findings
from scripts.published_runs import CALIBRATIONS, PAGES, PUBLISHED, ROOT

MEGABYTE = 1 << 20


@pytest.mark.parametrize("name", PAGES)
def test_pages_say_what_the_published_findings_say(name: str) -> None:
    findings = published_findings(name)
    page = PAGES[name]
    text = page.path.read_text()
    block = summary(findings, page.charts(name), page.picture)
    assert with_block(text, name, block) == text, "run: scripts/tox run -e charts"
    assert (page.path.parent / page.charts(name) / page.picture).is_file()


@pytest.mark.parametrize("phase", ["construct", "time_to_first_inference"])
def test_readme_shows_what_the_published_run_found(phase: str) -> None:
    findings = published_findings("build_style")
    comparison = next(
        finding
        for finding in findings.timings
        if (finding.architecture, finding.layers, finding.phase, finding.arm)
        == ("mlp", 64, phase, "incremental")
    )
    inline = next(
        cell
        for cell in findings.timed_cells
        if (cell.architecture, cell.layers, cell.phase, cell.arm) == ("mlp", 64, phase, "inline")
    )
    assert comparison.ratio is not None
    text = (ROOT / "README.md").read_text().replace("\n  ", " ")
    assert (
        f"takes {ratio(comparison.ratio)} times as long {ratio_interval(comparison)}; "
        f"inline takes {duration(inline.value)}".replace(NBSP, " ")
    ) in text


def test_readme_says_whether_anything_else_differs() -> None:
    text = (ROOT / "README.md").read_text()
    assert with_block(text, "nothing_else", nothing_else()) == text


def test_index_has_every_published_run() -> None:
    page = (ROOT / "docs" / "results.md").read_text()
    assert with_block(page, "results", index()) == page, "run: scripts/tox run -e charts"
    runs = {path.name for path in PUBLISHED.iterdir() if (path / "run.json").is_file()}
    linked = set(re.findall(r"\(\.\./results/published/(\w+)\)", page))
    assert linked == runs - {"calibration_solo"}, "the noise that studies draw from is no result"


def test_example_is_what_the_command_prints() -> None:
    page = (ROOT / "docs" / "reading_results.md").read_text()
    assert with_block(page, "example", example()) == page, "run: scripts/tox run -e charts"


@pytest.mark.parametrize("name", CALIBRATIONS)
def test_docs_say_what_the_published_calibrations_say(name: str) -> None:
    folder = RunFolder(PUBLISHED / name)
    design = folder.calibration()
    assert design is not None
    findings = read_calibration(folder, design)
    block = calibration_summary(findings, f"../results/published/{name}/charts")
    page = (ROOT / "docs" / "method.md").read_text()
    assert with_block(page, name, block) == page, "run: scripts/tox run -e charts"


@pytest.mark.parametrize("name", [*PAGES, *CALIBRATIONS])
def test_published_run_is_compacted_and_has_the_chart_of_its_page_alone(name: str) -> None:
    folder = PUBLISHED / name
    assert not (folder / "rounds").exists()
    assert (folder / "rounds.parquet").exists()
    assert not list((folder / "observations").glob("*-*.json"))
    picture = Path(PAGES[name].picture).stem if name in PAGES else "calibration"
    charts = sorted(path.name for path in (folder / "charts").iterdir())
    assert charts == [f"{picture}.png", f"{picture}.svg"]


def test_published_results_are_small_and_name_no_machine_path() -> None:
    concluded = "findings.json"
    files = [path for path in PUBLISHED.rglob("*") if path.is_file() and path.name != concluded]
    runs = {path.relative_to(PUBLISHED).parts[0] for path in files}
    assert len(files) <= 8 * len(runs)
    assert sum(path.stat().st_size for path in files) < 15 * MEGABYTE
    for path in files:
        if path.suffix in (".json", ".svg"):
            found = re.search(r"/bin/python|[\" ]/(?:home|root|tmp|usr/lib)/", path.read_text())
            assert found is None, (path, found)


def test_block_is_replaced_between_its_comments_alone() -> None:
    text = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n<!-- y -->\n<!-- /y -->\n"
    assert with_block(text, "x", "new \\1\n") == text.replace("old\n", "new \\1\n")
    with pytest.raises(NoSuchBlock, match="<!-- z -->"):
        with_block(text, "z", "new")
