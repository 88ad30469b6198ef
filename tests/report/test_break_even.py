"""From which depth on a device is worth it, of a run whose truth is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.analysis.conclude import conclude
from bench.domain.design.comparison import family
from bench.domain.findings.run import Findings
from bench.domain.scenario import Arm
from bench.report.answer.compose import compose_answer
from bench.report.charts.draw import draw_charts
from bench.report.tables.break_even import break_even_tables
from bench.report.views import sweeps
from tests.analysis.environment_runs import DEPTHS, measured
from tests.analysis.simulated_runs import BUILD_STYLE, Lifecycle
from tests.planning.composed import composed

EXTRA_S = 1.0
"""What the GPU takes longer until its first answer."""

INLINE = BUILD_STYLE["inline"]


def on_gpu(times: float) -> Lifecycle:
    """``INLINE`` that starts slower, and takes so many ``times`` as long for each call."""
    compiles, infers = INLINE["compile"], INLINE["inference"]
    assert compiles is not None
    assert infers is not None
    return {
        **INLINE,
        "compile": lambda n: EXTRA_S + compiles(n),
        "inference": lambda n: times * infers(n),
    }


def found(times: float) -> Findings:
    plan = composed(
        name="build_style",
        arms={"inline": Arm("m:inline")},
        architectures=("mlp",),
        layers=DEPTHS,
        rounds=24,
        devices=("cpu", "gpu"),
    )
    cells = {
        f"{arm}@{device}": cost
        for device, cost in (("cpu", INLINE), ("gpu", on_gpu(times)))
        for arm in ("inline", "placebo")
    }
    findings = conclude(
        measured(cells).assign(device=None),
        plan,
        family(plan),
        run="20261127T101500Z-build_style-7f3a",
        status="complete",
        round_seconds=20.0,
        environment={},
    ).model_copy(update={"environments": {"cpu": {"device": "cpu"}, "gpu": {"device": "gpu"}}})
    return findings.model_copy(update={"answer": compose_answer(findings, ())})


@pytest.fixture(scope="module")
def faster() -> Findings:
    return found(0.1)


def test_calls_to_break_even_are_the_slower_start_by_what_a_call_saves(faster: Findings) -> None:
    infers = INLINE["inference"]
    assert infers is not None
    across = [each for each in faster.break_even if each.across]
    assert [each.layers for each in across] == list(DEPTHS)
    for each in across:
        assert (each.environment, each.baseline_environment) == ("gpu", "cpu")
        expected = EXTRA_S / (0.9 * infers(each.layers or 0))
        assert each.calls == pytest.approx(expected, rel=0.05)
        assert each.calls_low is not None
        assert each.calls_high is not None
        assert each.calls_low <= expected <= each.calls_high


def test_table_has_a_row_for_each_device_and_a_column_for_each_depth(faster: Findings) -> None:
    (table,) = break_even_tables(sweeps(faster))
    assert table.title.endswith("inline: calls after which it has cost no more than on cpu")
    assert [each.name for each in table.columns][2:] == ["4 layers", "16 layers", "64 layers"]
    ((device, batch, *calls),) = ([each.text for each in row.cells] for row in table.rows)
    assert (device, batch) == ("gpu", "")
    assert all(text.startswith("after ") for text in calls)


def test_answer_says_it_of_the_deepest_and_a_chart_shows_all(
    faster: Findings, tmp_path: Path
) -> None:
    (told,) = [each for each in faster.answer if each.startswith("On gpu, inline costs no more ")]
    assert "than on cpu, its start included, after 5," in told
    assert told.endswith("] at 64 layers.")
    drawn = draw_charts(faster, tmp_path, ("svg",))
    assert [path.name for path in drawn if "break_even" in path.name] == [
        "build_style-mlp-inline-break_even.svg"
    ]


def test_device_that_never_pays_is_said_to_and_has_no_chart(tmp_path: Path) -> None:
    slower = found(2.0)
    assert "On gpu, inline never costs as little as on cpu at 64 layers." in slower.answer
    drawn = draw_charts(slower, tmp_path, ("svg",))
    assert not [path for path in drawn if "break_even" in path.name]
