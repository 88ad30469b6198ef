"""What the terminal shows: the answer first, readable without colour, at any usual width."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.costs import BreakEvenFinding
from bench.domain.findings.run import Findings
from bench.domain.panel import FACTORS
from bench.report.tables.comparisons import headline_table_in_words
from bench.report.tables.run import LEGEND, findings_tables
from bench.report.terminal import render_terminal
from bench.report.views import sweeps
from tests.report.findings_factory import findings


def rendered(found: Findings, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, no_color=True)
    console.print(render_terminal(findings_tables(found)))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def line_with(text: str, *words: str) -> str:
    return next(line for line in text.splitlines() if all(word in line for word in words))


def test_answer_stands_before_any_table() -> None:
    text = rendered(findings())
    first_screen = "\n".join(text.splitlines()[:12])
    assert "times as long as inline (" in first_screen
    assert "grow quadratically" in first_screen
    assert "Time relative to inline" not in first_screen


@pytest.mark.parametrize("width", [80, 100, 140])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    assert max(len(line) for line in rendered(findings(), width).splitlines()) <= width


def test_each_arm_stands_with_its_own_headline_phase() -> None:
    text = rendered(findings())
    table = text[text.index("Time relative to inline") : text.index("Other phases")]
    assert "construct" in line_with(table, "incremental ")
    assert "ready" in line_with(table, "incremental_deferred")
    assert line_with(table, "incremental_deferred").split()[1] == "ready"


def test_arm_that_is_compared_with_nothing_has_its_times() -> None:
    text = rendered(findings(arms=("inline", "placebo")))
    assert "nothing was compared" not in text
    table = text[text.index("Other phases") :]
    assert "first_call" in line_with(table, "arm ")
    assert "ms" in line_with(table, "inline ").split()
    assert "placebo" not in table[: table.index("inline")]


def test_outputs_that_the_answer_tells_of_are_not_told_again_below() -> None:
    words = [ResultWarning(kind="outputs", text=f"the outputs of {arm} differ") for arm in "ab"]
    found = findings(answer=("Outputs: the outputs of a differ.",), warnings=tuple(words))
    text = rendered(found, 200)
    assert text.count("the outputs of a differ") == 1
    assert "warning: the outputs of b differ" in text


def test_table_on_a_page_names_the_batch_size_where_that_is_swept() -> None:
    (sweep,) = sweeps(findings())
    assert "batches" not in headline_table_in_words(sweep).columns[0].name
    swept = replace(sweep, place=sweep.place.model_copy(update={"batch": 256}))
    assert headline_table_in_words(swept).columns[0].name.endswith("batches of 256")


def test_quick_run_fits_a_screen() -> None:
    assert len(rendered(findings()).splitlines()) <= 60


def test_interval_is_never_broken_over_lines() -> None:
    for width in range(80, 120, 4):
        for line in rendered(findings(), width).splitlines():
            assert line.count("[") == line.count("]"), line


def test_tables_need_no_numeric_library_and_no_medium() -> None:
    program = (
        "import sys, bench.report.tables.run\n"
        "unwanted = {'numpy', 'pandas', 'scipy', 'seaborn', 'matplotlib', 'rich'}\n"
        "sys.exit(' '.join(unwanted & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr.strip() == ""


def test_verdicts_are_letters_with_a_legend() -> None:
    found = findings()
    text = rendered(found, 140)
    finding = next(
        item
        for item in found.comparisons
        if (item.arm, item.phase, item.layers) == ("incremental", "construct", 64)
    )
    assert finding.ratio is not None
    assert finding.ratio_low is not None
    row = line_with(text[text.index("Time relative") :], "incremental ", "construct")
    assert f"{finding.ratio:.2f} S [{finding.ratio_low:.2f}, " in row
    assert LEGEND.split(",")[0] in text.replace("\n", " ")


def test_unresolved_comparisons_say_how_many_more_rounds() -> None:
    text = rendered(findings(rounds=4))
    assert "+7" in text


def test_phase_in_which_an_arm_has_nothing_to_do_is_not_called_unresolved() -> None:
    found = findings()
    idle = {"ratio": None, "ratio_low": None, "ratio_high": None, "verdict": "unresolved"}
    comparisons = tuple(
        each.model_copy(update={**idle, "rounds": 0, "arm_value": None})
        if (each.arm, each.phase) == ("functional", "compile")
        else each
        for each in found.comparisons
    )
    cells = tuple(
        each for each in found.cells if (each.arm, each.phase) != ("functional", "compile")
    )
    text = rendered(found.model_copy(update={"comparisons": comparisons, "cells": cells}), 140)
    assert " compile" in text
    assert "- ?" not in text
    assert " - " in line_with(text[text.index("Other phases") :], "functional")


def test_growth_table_gives_coefficients_and_class() -> None:
    text = rendered(findings())
    growth = text[text.index("Growth: time = constant") :]
    assert "quadratic" in line_with(growth, "incremental ")
    assert "linear" in line_with(growth, "functional")


def test_noise_line_names_the_placebo_s_false_alarms() -> None:
    assert "no false alarms in 21 placebo comparisons" in rendered(findings())
    noise = {
        "placebo_comparisons": 21,
        "placebo_false_alarms": 2,
        "controls": 30,
        "control_false_alarms": 3,
        "false_alarm_probability": 0.001,
        "floor_ratio": 1.1,
        "floor_ratio_as_measured": 1.1,
    }
    loud = rendered(findings(noise=noise))
    assert "2 false alarms in 21 placebo comparisons" in loud
    assert "1 in 9 of arms that run the baseline's program" in " ".join(loud.split())
    assert "correction for core speed" not in loud


def test_noise_line_says_what_the_correction_for_pace_does() -> None:
    text = " ".join(rendered(findings()).split())
    assert "are below 1.043 (1.310 for solo invocations as measured)" in text


def test_failures_and_warnings_are_shown() -> None:
    text = rendered(
        findings(
            failed=("functional",),
            warnings=(ResultWarning(kind="framework", text="the clock stood still"),),
        )
    )
    assert "killed by signal 11" in text
    assert "the clock stood still" in text


@pytest.mark.parametrize(
    "changes",
    [
        {"depths": (None,)},
        {"depths": (16,)},
        {"architectures": (None,)},
        {"architectures": ("mlp", "cnn")},
        {"arms": ("inline",)},
        {"arms": ("only", "an_arm_with_a_very_long_name_that_somebody_thought_of_at_night")},
        {"rounds": 0},
        {"failed": ("inline", "placebo", "incremental")},
    ],
)
def test_unusual_runs_are_shown_without_fuss(changes: dict[str, Any]) -> None:
    text = rendered(findings(**changes), 80)
    assert "build_style" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    if changes.get("rounds") == 0:
        assert "No round was finished" in text


def test_start_that_is_paid_back_is_told_with_its_calls() -> None:
    found = findings()
    item = found.comparisons[-1]
    factors = {name: getattr(item, name) for name in FACTORS}
    paid = BreakEvenFinding(
        **factors,
        environment="default",
        arm="functional",
        baseline="inline",
        rounds=16,
        calls=1200,
        calls_low=900,
        calls_high=1500,
        never=False,
    )
    text = " ".join(rendered(findings(break_even=(paid,))).split())
    assert "functional breaks even after 1,200 calls [900, 1,500]" in text
    never = paid.model_copy(update={"never": True, "calls": None, "calls_high": None})
    text = " ".join(rendered(findings(break_even=(never,))).split())
    assert "functional never breaks even" in text
    assert "breaks even" not in " ".join(rendered(found).split())


def test_steady_line_says_how_calls_begin() -> None:
    told = " ".join(rendered(findings()).split())
    assert (
        "steady inference: at once in 60 %, after a warm-up in 32 %, after a slowdown in 6 %, "
        "never in 2 % of 100 invocations; until then about 3 calls, 2.60 ms"
    ) in told
