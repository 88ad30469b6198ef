"""One small real run: its document, its charts, and what reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench.store.run_folder import RunFolder
from scripts import publish
from tests.cli.command import run
from tests.cli.conftest import SmallRun

LAYERS = (2, 3, 4)


def test_document_holds_what_is_documented(small_run: SmallRun) -> None:
    document = small_run.document
    assert document["schema"] == 5
    assert document["status"] == "complete"
    assert document["rounds"] == 2
    assert document["run"] == small_run.folder.name
    assert {"tensorflow", "keras", "python", "cpu_count"} <= set(document["environment"])
    assert {"placebo_comparisons", "placebo_false_alarms", "floor_ratio"} <= set(document["noise"])
    assert document["failures"] == []


def test_run_has_its_answer_and_the_evidence_for_it(small_run: SmallRun) -> None:
    (why,) = small_run.document["explanations"]
    same = {each["arm"] for each in why["structure"] if each["same_program"]}
    assert "incremental" in same
    calls = {each["arm"]: each for each in why["call_differences"] if each["phase"] == "construct"}
    assert calls["incremental"]["more"][-1] > 0
    answer = small_run.document["answer"]
    assert any("runs the same program as inline" in sentence for sentence in answer)
    table = run(["show", "latest"], small_run.project).stdout
    assert " ".join(answer[0].split()[:6]) in " ".join(table.split())


def test_command_is_stored_and_stands_in_the_report_with_the_seed(small_run: SmallRun) -> None:
    record = RunFolder(small_run.folder).record
    assert record.command[:2] == ("bench", "run")
    report = (small_run.folder / "report" / "index.html").read_text()
    assert f"--seed {record.plan.seed}" in report.partition("Measure it again")[2]


def test_comparison_names_its_panel_and_holds_ratio_interval_and_verdict(
    small_run: SmallRun,
) -> None:
    comparison = next(
        each
        for each in small_run.document["comparisons"]
        if (each["phase"], each["arm"], each["layers"]) == ("construct", "incremental", 3)
    )
    documented = {
        "scenario": "build_style",
        "architecture": "mlp",
        "call_mode": "function",
        "device": "cpu",
        "backend": "tensorflow",
        "environment": "default",
        "baseline": "inline",
        "placebo": False,
        "confidence": 0.95,
        "rounds": 2,
    }
    assert {name: comparison[name] for name in documented} == documented
    assert comparison["ratio"] > 0
    assert comparison["baseline_value"] > 0
    assert {"ratio_low", "ratio_high", "verdict", "arm_value", "warnings"} <= set(comparison)


def test_every_depth_is_measured_with_its_placebo(small_run: SmallRun) -> None:
    measured = {
        (each["arm"], each["layers"], each["placebo"])
        for each in small_run.document["comparisons"]
        if each["phase"] == "construct" and each["arm_value"] > 0
    }
    for layers in LAYERS:
        assert {("incremental", layers, False), ("placebo", layers, True)} <= measured


def test_growth_is_fitted_over_the_depths(small_run: SmallRun) -> None:
    curve = next(each for each in small_run.document["scaling"] if each["phase"] == "construct")
    assert {"constant", "per_layer", "per_layer_squared", "growth", "unit"} <= set(curve)


def test_charts_are_drawn_in_both_formats(small_run: SmallRun) -> None:
    charts = list((small_run.folder / "charts").iterdir())
    assert {chart.suffix for chart in charts} == {".png", ".svg"}
    assert all(chart.stat().st_size for chart in charts)


def test_report_is_written_and_can_be_written_again(small_run: SmallRun) -> None:
    path = small_run.folder / "report" / "index.html"
    written = path.read_bytes()
    again = run(["report", "latest"], small_run.project)
    assert small_run.project / again.stdout.strip() == path
    assert path.read_bytes() == written
    # What is exported goes anywhere: only the page in the run folder leads to the files there.
    exported = run(["export", "latest", "--format", "html"], small_run.project).stdout
    assert 'href="../findings.json"' in written.decode()
    assert 'href="../' not in exported
    data = re.compile(r'<section id="data".*?</section>', re.DOTALL)
    assert data.sub("", exported) == data.sub("", written.decode())


def test_show_prints_the_same_document_and_finds_a_run_by_its_beginning(
    small_run: SmallRun,
) -> None:
    shown = run(["show", "latest", "--json"], small_run.project)
    assert json.loads(shown.stdout) == small_run.document
    table = run(["show", small_run.folder.name[:20]], small_run.project)
    assert "incremental_no_rebuild" in table.stdout


def test_run_is_published_without_paths_of_this_machine(
    small_run: SmallRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "PUBLISHED", tmp_path)
    publish.take(small_run.folder, "build_style")
    published = tmp_path / "build_style"
    assert (published / "run.json").is_file()
    assert not (published / "charts").exists()
    for path in published.glob("*.json"):
        assert "/bin/python" not in path.read_text()


def test_run_is_explained_on_its_own_backend(small_run: SmallRun) -> None:
    result = run(["explain", "latest", "--backend", "jax"], small_run.project)
    assert result.returncode == 2
    assert "a run is explained on its own backend" in result.stderr
    assert "--backend" in result.stderr
