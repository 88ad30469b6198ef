"""The ways to call a model as a table and as a chart."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from bench.domain.findings.costs import CallModeCost, CallModesFinding
from bench.domain.findings.run import Findings
from bench.report.charts.draw import draw_charts
from bench.report.tables.run import findings_tables
from bench.report.terminal import render_terminal
from tests.report.findings_factory import DEPTHS, findings


def cost(call_mode: str, first: float, call: float, **changes: object) -> CallModeCost:
    known = {
        "rounds": 9,
        "calls": 0.0,
        "calls_low": 0.0,
        "calls_high": 0.0,
        "never": False,
        **changes,
    }
    return CallModeCost.model_validate(
        {"call_mode": call_mode, "first_seconds": first, "call_seconds": call, **known}
    )


def with_call_modes(arm: str = "inline") -> Findings:
    found = findings()
    call_modes = tuple(
        CallModesFinding(
            scenario=found.cells[0].scenario,
            architecture="mlp",
            layers=depth,
            call_mode="",
            device="cpu",
            backend="tensorflow",
            environment="default",
            arm=arm,
            cheapest_start="eager",
            call_modes=(
                cost("eager", 0.04, 7e-3),
                cost("function", 0.24, 3e-4, calls=30, calls_low=25, calls_high=None),
                cost("xla", 0.64, 2.5e-4, calls=1234, calls_low=1100, calls_high=1500),
                cost("predict", 0.34, 0.05, calls=None, calls_low=None, never=True),
                cost(
                    "train", 4.1, 4e-3, calls=None, calls_low=None, calls_high=None, answers=False
                ),
            ),
        )
        for depth in DEPTHS
    )
    return found.model_copy(update={"call_modes": call_modes})


def printed(found: Findings, width: int) -> str:
    console = Console(width=width, record=True, file=None, quiet=False, force_terminal=False)
    with console.capture() as capture:
        console.print(render_terminal(findings_tables(found)))
    return capture.get()


@pytest.mark.parametrize("width", [80, 120])
def test_table_tells_first_and_later_calls_and_when_a_start_is_paid_back(width: int) -> None:
    text = printed(with_call_modes(), width)
    assert "ways to call mlp at 64 layers, inline, cpu" in text
    lines = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert "240 ms" in lines["function"]
    assert "300 µs" in lines["function"]
    assert "after 30 calls [25, ?]" in lines["function"]
    assert "after 1,234 calls [1,100, 1,500]" in lines["xla"]
    assert lines["predict"].endswith("never")
    assert lines["train"].split() == ["train", "4.10", "s", "4.00", "ms"]
    assert max(map(len, text.splitlines())) <= width


def test_only_the_baseline_is_asked_how_it_is_called() -> None:
    assert "ways to call" not in printed(with_call_modes(arm="incremental"), 100)


def test_chart_has_a_panel_for_each_depth(tmp_path: Path) -> None:
    (path,) = (
        path
        for path in draw_charts(with_call_modes(), tmp_path, ["svg"])
        if "call_modes" in path.name
    )
    assert path.name == "build_style-mlp-call_modes.svg"
    text = path.read_text()
    for depth in DEPTHS:
        assert f">{depth} layers</text>" in text
    for call_mode in ("eager", "function", "xla", "predict"):
        assert f">{call_mode}</text>" in text
    assert ">train</text>" not in text


def test_run_with_one_call_mode_has_no_such_chart(tmp_path: Path) -> None:
    assert not [
        path for path in draw_charts(findings(), tmp_path, ["svg"]) if "call_modes" in path.name
    ]
