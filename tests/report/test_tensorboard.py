"""Event files, read back with TensorBoard's own reader: everything equals the finding it shows."""

from __future__ import annotations

import re
import struct
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from markdown_it import MarkdownIt
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.hparams import plugin_data_pb2

from bench.analysis.samples.distributions import Distribution, WarmUp
from bench.domain.design.plan import Plan, PlannedArm
from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.run import Findings
from bench.domain.labels import place_slug
from bench.domain.panel import FACTORS, Cell, Panel
from bench.domain.phases import is_overhead_phase
from bench.report.run_view import RunView
from bench.report.tensorboard.write import write_tensorboard
from tests.fakes.plan import fake_plan
from tests.report.event_files import Events
from tests.report.findings_factory import ARMS, DEPTHS, findings

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 320, 200)
FOUND = findings()
FACTORS_OF = Panel(**FOUND.cells[0].model_dump(include=set(FACTORS)))
SAMPLES = np.array([0.1, 0.2, 0.2, 0.9])
CALLS = np.array([3e-3, 2e-3, 1e-3])


def written(found: Findings, directory: Path, plan: Plan | None = None) -> Events:
    chart = directory / "mlp-cost.png"
    chart.write_bytes(PNG)
    logs = directory / "tensorboard"
    logs.mkdir(exist_ok=True)
    write_tensorboard(
        RunView(found, (), plan or fake_plan(), directory),
        [Distribution(Cell(FACTORS_OF, "inline"), "construct", SAMPLES)],
        [WarmUp(Cell(FACTORS_OF, "inline"), "inference", CALLS)],
        [chart],
        logs,
    )
    return Events(logs)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Events:
    return written(FOUND, tmp_path_factory.mktemp("events"))


def expected(found: Findings) -> dict[tuple[str, str, int], float | None]:
    """Every scalar that there should be: run, tag, step."""
    wanted: dict[tuple[str, str, int], float | None] = {}
    for cell in found.timed_cells:
        if is_overhead_phase(cell.phase):
            continue
        run = f"curves/{cell.scenario}/{cell.architecture}/{cell.arm}"
        depth = cell.layers or 0
        wanted[run, f"seconds/{cell.phase}", depth] = cell.value
        wanted[run, f"seconds_interval/{cell.phase}/low", depth] = cell.median_low
        wanted[run, f"seconds_interval/{cell.phase}/high", depth] = cell.median_high
        run = f"trials/{place_slug(cell, cell.arm, among=found.timed_cells)}"
        wanted[run, f"trial_seconds/{cell.phase}", 0] = cell.value
    for each in found.timings:
        run = f"curves/{each.scenario}/{each.architecture}/{each.arm}"
        depth = each.layers or 0
        wanted[run, f"ratio_to_baseline/{each.phase}", depth] = each.ratio
        wanted[run, f"ratio_interval/{each.phase}/low", depth] = each.ratio_low
        wanted[run, f"ratio_interval/{each.phase}/high", depth] = each.ratio_high
    for call, seconds in enumerate(CALLS):
        run = f"curves/{FACTORS_OF.scenario}/{FACTORS_OF.architecture}/inline"
        wanted[run, f"warm_up/inference/{FACTORS_OF.layers}_layers", call] = float(seconds)
    return {place: value for place, value in wanted.items() if value is not None}


def test_every_scalar_equals_its_finding(events: Events) -> None:
    read = {(each.run, each.tag, each.step): each.value for each in events.scalars()}
    wanted = expected(FOUND)
    assert read.keys() == wanted.keys()
    for place, value in wanted.items():
        assert value is not None
        assert read[place] == np.float32(value), place


def test_there_is_one_run_for_each_arm(events: Events) -> None:
    arms = {run.rpartition("/")[2] for run in events.runs if run.startswith("curves/")}
    assert arms == set(ARMS)


def test_every_cell_is_a_trial_with_its_factors(events: Events) -> None:
    trials = set()
    for run, tag in events.tagged("hparams"):
        if tag == "_hparams_/session_start_info":
            data = plugin_data_pb2.HParamsPluginData.FromString(events.plugin_data(run, tag))
            values = data.session_start_info.hparams
            trials.add((values["arm"].string_value, values["layers"].number_value))
    assert trials == {(arm, float(depth)) for arm in ARMS for depth in DEPTHS}


def test_trials_list_what_arms_are_called_with(tmp_path: Path) -> None:
    plan = fake_plan()
    (scenario,) = plan.scenarios
    given: dict[str, dict[str, Any]] = {
        "inline": {"units": 16, "arm": "left", "rate": 1},
        "placebo": {"units": 16, "arm": "left", "rate": 1},
        "incremental": {"units": "many", "rate": 0.5, "sizes": [1, 2]},
    }
    arms = tuple(
        PlannedArm(name=name, builder="m:b", arguments=arguments)
        for name, arguments in given.items()
    )
    planned = scenario.model_copy(update={"name": "build_style", "arms": arms})
    plan = plan.model_copy(update={"scenarios": (planned,)})
    events = written(findings(arms=ARMS[:3], depths=(4,)), tmp_path, plan)
    found = {}
    for run, tag in events.tagged("hparams"):
        if tag == "_hparams_/session_start_info":
            data = plugin_data_pb2.HParamsPluginData.FromString(events.plugin_data(run, tag))
            values = data.session_start_info.hparams
            found[values["arm"].string_value] = values
    assert found["inline"]["units"].string_value == "16"
    assert found["incremental"]["units"].string_value == "many"
    assert found["inline"]["arm (argument)"].string_value == "left"
    assert found["inline"]["rate"].number_value == 1.0
    assert found["incremental"]["sizes"].string_value == "[1, 2]"
    content = events.plugin_data("trials", "_hparams_/experiment")
    experiment = plugin_data_pb2.HParamsPluginData.FromString(content).experiment
    names = [each.name for each in experiment.hparam_infos]
    assert names == ["arm", "units", "arm (argument)", "rate", "sizes"]


def test_views_of_trials_offer_what_varies_and_every_phase(events: Events) -> None:
    content = events.plugin_data("trials", "_hparams_/experiment")
    experiment = plugin_data_pb2.HParamsPluginData.FromString(content).experiment
    assert [each.name for each in experiment.hparam_infos] == ["layers", "arm"]
    tags = {each.name.tag for each in experiment.metric_infos}
    assert tags == {tag for run, tag, *_ in events.scalars() if run.startswith("trials/")}


def test_charts_with_margins_name_tags_that_exist(events: Events) -> None:
    layout = layout_pb2.Layout.FromString(
        events.runs["curves"].Tensors("custom_scalars__config__")[0].tensor_proto.string_val[0]
    )
    tags = {each.tag for each in events.scalars()}
    charts = [chart for category in layout.category for chart in category.chart]
    assert len(charts) == 2 * len({each.phase for each in FOUND.comparisons}) + 1
    for chart in charts:
        (series,) = chart.margin.series
        assert {series.value, series.lower, series.upper} <= tags


def test_chart_has_no_margin_where_rounds_place_no_bound(tmp_path: Path) -> None:
    cells = tuple(
        cell.model_copy(update={"median_low": None, "median_high": None}) for cell in FOUND.cells
    )
    events = written(FOUND.model_copy(update={"cells": cells}), tmp_path)
    layout = layout_pb2.Layout.FromString(
        events.runs["curves"].Tensors("custom_scalars__config__")[0].tensor_proto.string_val[0]
    )
    kinds = [{chart.WhichOneof("content") for chart in each.chart} for each in layout.category]
    assert kinds == [{"multiline"}, {"margin"}]


def test_histogram_holds_the_samples(events: Events) -> None:
    ((run, tag),) = events.tagged("histograms")
    assert (run.rpartition("/")[2], tag) == ("inline", "samples/construct")
    (event,) = events.runs[run].Tensors(tag)
    assert event.step == FACTORS_OF.layers
    buckets = np.frombuffer(event.tensor_proto.tensor_content, np.float64).reshape(-1, 3)
    assert buckets[:, 2].sum() == len(SAMPLES)
    assert (buckets[0, 0], buckets[-1, 1]) == (SAMPLES.min(), SAMPLES.max())


def test_report_has_verdicts_environment_and_charts(events: Events) -> None:
    assert "| `incremental` | construct |" in events.text("report", "verdicts")
    assert f"| tensorflow | {FOUND.environment['tensorflow']} |" in events.text(
        "report", "environment"
    )
    assert events.tagged("images") == [("report", "charts/mlp-cost")]
    image = events.runs["report"].Tensors("charts/mlp-cost")[0].tensor_proto.string_val
    assert list(image) == [b"320", b"200", PNG]


@pytest.mark.parametrize("name", ["a|b", "<b>", "<script>x</script>", "`x`"])
def test_pages_of_the_report_show_names_as_they_are(tmp_path: Path, name: str) -> None:
    found = findings(arms=("inline", name))
    warning = ResultWarning(kind="framework", text=f"{name} is slow")
    odd = found.model_copy(update={"environment": {name: name}, "warnings": (warning,)})
    events = written(odd, tmp_path)
    for tag in ("verdicts", "environment", "warnings"):
        page = MarkdownIt("commonmark", {"html": True}).enable("table")
        shown = page.render(events.text("report", tag))
        assert escape(name) in html_of_code(shown)
        assert "<b>" not in shown
        assert "<script>" not in shown


def html_of_code(page: str) -> str:
    """``page`` with what code is written with written as text is."""
    return re.sub(r"&#(\d+);", lambda found: escape(chr(int(found[1]))), page)


def test_writing_again_replaces_the_events_and_keeps_profiles(tmp_path: Path) -> None:
    session = tmp_path / "tensorboard" / "plugins" / "profile" / "cell"
    session.mkdir(parents=True)
    (session / "host.xplane.pb").write_bytes(b"profile")
    written(FOUND, tmp_path)
    events = written(findings(arms=ARMS[:3]), tmp_path)
    arms = {run.rpartition("/")[2] for run in events.runs if run.startswith("curves/")}
    assert arms == set(ARMS[:3])
    assert (session / "host.xplane.pb").read_bytes() == b"profile"


def test_run_without_a_round_writes_what_it_has(tmp_path: Path) -> None:
    empty = FOUND.model_copy(update={"cells": (), "comparisons": (), "rounds": 0})
    assert set(written(empty, tmp_path).runs) == {"report"}


def test_events_of_others_stay_where_many_runs_share_a_folder(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    others = [shared / "curves" / "events.out.tfevents.7.somebody", shared / "empty" / ""]
    others[0].parent.mkdir(parents=True)
    others[0].write_bytes(b"theirs")
    others[1].mkdir()
    run = tmp_path / "run"
    run.mkdir()
    (run / "tensorboard").symlink_to(shared)
    written(FOUND, run)
    written(FOUND.model_copy(update={"cells": (), "comparisons": (), "rounds": 0}), run)
    kept = {path.relative_to(shared).as_posix() for path in shared.rglob("*")}
    assert kept == {
        *("curves", "curves/events.out.tfevents.7.somebody", "empty"),
        *("report", f"report/{next((shared / 'report').iterdir()).name}"),
    }
    assert others[0].read_bytes() == b"theirs"
