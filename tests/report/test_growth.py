"""How times grow is told of every phase that grows faster than the layers, or not alike."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from bench.domain.findings.comparisons import Growth, ScalingFinding
from bench.domain.findings.costs import CellFinding
from bench.domain.findings.run import Findings
from bench.report.answer.compose import compose_answer
from bench.report.tables.run import findings_tables
from bench.report.terminal import render_terminal
from bench.report.text.sentences import growth_title
from bench.report.views import sweeps
from tests.report.findings_factory import findings

ARMS = ("inline", "placebo", "incremental")


def printed(found: Findings) -> str:
    console = Console(file=StringIO(), width=160, no_color=True)
    console.print(render_terminal(findings_tables(found)))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def with_growth(ways: dict[tuple[str, str], Growth], **changes: Any) -> Findings:
    """The example, where arms grow in phases as ``ways`` say, and else in no way that is known."""

    def of(fit: ScalingFinding) -> ScalingFinding:
        growth = ways.get((fit.arm, fit.phase), "unresolved")
        forecast = None if growth == "unresolved" else fit.forecast
        return fit.model_copy(update={"growth": growth, "forecast": forecast})

    found = findings(arms=ARMS, **changes)
    return found.model_copy(update={"scaling": tuple(map(of, found.scaling))})


def with_times(times: dict[tuple[str, str, int], float], **changes: Any) -> Findings:
    """A run of two rounds, which resolve nothing, in which cells take so many seconds."""

    def of(cell: CellFinding) -> CellFinding:
        seconds = times.get((cell.arm, cell.phase, cell.layers or 0))
        return cell if seconds is None else cell.model_copy(update={"value": seconds})

    found = with_growth({}, rounds=2, **changes)
    return found.model_copy(update={"cells": tuple(map(of, found.cells))})


def said(found: Findings) -> str:
    return " ".join(compose_answer(found, ()))


def test_phase_that_grows_quadratically_is_told_with_its_arm() -> None:
    found = with_growth({("inline", "trace"): "linear", ("incremental", "trace"): "quadratic"})
    text = said(found)
    assert "trace grows" in text
    assert "with the square of the layers for incremental" in text
    assert "linearly for inline" in text


APART: dict[tuple[str, str], Growth] = {
    ("inline", "trace"): "constant",
    ("incremental", "trace"): "linear",
}


def with_slower_trace(found: Findings) -> Findings:
    """``found``, in which incremental takes half as long again to trace."""
    slower = {"verdict": "slower", "ratio": 1.5, "ratio_low": 1.4, "ratio_high": 1.6}
    comparisons = tuple(
        each.model_copy(update={**slower, "within_margin": False})
        if (each.arm, each.phase) == ("incremental", "trace")
        else each
        for each in found.comparisons
    )
    return found.model_copy(update={"comparisons": comparisons})


def test_growth_of_arms_whose_times_are_alike_is_not_told_apart() -> None:
    assert "trace grows" not in said(with_growth(APART))


def test_phases_in_which_arms_grow_differently_are_told() -> None:
    found = with_slower_trace(with_growth(APART))
    text = said(found)
    assert "trace grows" in text
    assert "not at all for inline" in text
    assert "linearly for incremental" in text


def test_phases_in_which_all_grow_linearly_are_not_told() -> None:
    phases = ("construct", "compile", "trace", "first_call", "inference")
    found = with_growth({(arm, phase): "linear" for arm in ARMS for phase in phases})
    assert "trace grows" not in said(found)
    assert "compile grows" not in said(found)


@pytest.mark.parametrize(
    ("phase", "lacking", "title"),
    [
        ("trace", None, "trace grows linearly for every arm"),
        ("trace", "functional", "trace grows linearly for inline, incremental and mine"),
        (
            "construct",
            None,
            "construct grows with the square of the layers for incremental; linearly for the other "
            "arms",
        ),
        (
            "construct",
            "functional",
            "construct grows with the square of the layers for incremental; linearly for inline "
            "and mine",
        ),
    ],
)
def test_arms_are_told_of_together_only_where_each_has_a_curve(
    phase: str, lacking: str | None, title: str
) -> None:
    found = findings(arms=(*ARMS, "functional", "mine"))
    fits = tuple(each for each in found.scaling if each.arm != lacking)
    (sweep,) = sweeps(found.model_copy(update={"scaling": fits}))
    assert growth_title(sweep, phase) == title


def test_growth_that_a_difference_tells_is_not_told_again() -> None:
    assert said(findings(arms=ARMS)).count("quadratically") == 1
    assert "construct grows" not in said(findings(arms=ARMS))


def test_growth_of_too_few_rounds_is_told_as_times_from_depth_to_depth() -> None:
    seconds = {("incremental", "trace", 4): 0.01, ("incremental", "trace", 64): 0.4}
    text = said(with_times(seconds))
    assert "trace takes 40 times as long with incremental and 4." in text
    assert ": how that grows is not resolved yet." in text


def test_times_that_grow_alike_are_not_told() -> None:
    seconds = {
        (arm, phase, layers): 0.001 * layers
        for arm in ARMS
        for phase in ("construct", "compile", "trace", "first_call", "inference")
        for layers in (4, 16, 64)
    }
    assert "how that grows" not in said(with_times(seconds))


def test_phase_of_less_than_a_millisecond_is_not_told_while_it_is_unresolved() -> None:
    seconds = {("incremental", "inference", 4): 1e-6, ("incremental", "inference", 64): 9e-4}
    assert "inference takes 900 times as long" not in said(with_times(seconds))
    slower = {key: 2 * each for key, each in seconds.items()}
    assert "inference takes 900 times as long" in said(with_times(slower))


def test_arm_alone_that_grows_faster_than_its_layers_is_told() -> None:
    seconds = {("inline", "trace", 4): 0.001, ("inline", "trace", 64): 0.3}
    assert "trace takes 300 times as long with inline" in said(with_times(seconds))


def test_depths_are_those_that_were_measured() -> None:
    seconds = {("incremental", "trace", 4): 0.001, ("incremental", "trace", 16): 0.4}
    found = with_times(seconds)
    kept = tuple(cell for cell in found.cells if cell.layers != 64)
    assert "From 4 to 16 layers" in said(found.model_copy(update={"cells": kept}))


def test_growth_of_the_other_phases_has_a_line() -> None:
    found = with_growth(
        {
            **{(arm, "compile"): "linear" for arm in ARMS},
            ("inline", "trace"): "linear",
            ("incremental", "trace"): "quadratic",
        }
    )
    text = " ".join(printed(found).split())
    assert " growth compile grows linearly; from 4 to 64 layers, unresolved: " in text
    assert re.search(
        r"first_call [\d.to ]+ times, inference [\d.to ]+ times; trace grows ", text
    ), text


def test_growth_of_a_short_run_is_told_of_every_phase() -> None:
    seconds = {("incremental", "trace", 4): 0.01, ("incremental", "trace", 64): 0.4}
    text = " ".join(printed(with_times(seconds)).split())
    assert re.search(r" growth (construct .*; )?from 4 to 64 layers, unresolved: ", text), text
    assert re.search(r"trace 4\.\d to 40 times", text), text


@pytest.mark.parametrize("rounds", [2, 16])
def test_no_forecast_is_shown_of_what_is_unresolved(rounds: int) -> None:
    found = with_growth({}, rounds=rounds)
    assert "at 128" not in printed(found)
    assert "if that goes on" not in said(found)
