"""What ``bench explain`` shows."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from bench.domain.findings.costs import InventedFinding
from bench.domain.findings.explanation import Explanation, MissingEvidence
from bench.report.charts.call_growth import draw_growth
from bench.report.tables.explanation import explanation_summary, explanation_tables
from bench.report.tables.model import Block
from bench.report.terminal import render_terminal
from tests.analysis.worked_evidence import worked_explanation


@pytest.fixture
def explanation() -> Explanation:
    return worked_explanation()


def text(tables: Iterable[Block]) -> str:
    console = Console(width=100, record=True, file=StringIO())
    console.print(render_terminal(tables))
    return console.export_text()


def test_cause_names_both_ends_of_the_edge(explanation: Explanation) -> None:
    told = " ".join(text(explanation_tables(explanation)).split())
    assert "Model.rebuild, called n times, calls visit n(n + 1)/2 times" in told
    assert "(models.py:20 → models.py:30)" in told
    assert "from 6 layers on, growth is more than half of all calls" in told
    assert "incremental: the same as inline in configuration and program" in told
    assert "not reproducible, unfit for gates: retained_bytes" in told
    assert "failed: growth of broken at 8 layers: crashed: killed by SIGSEGV" in told


def test_what_is_missing_is_told_with_its_reason_once_for_all_arms(
    explanation: Explanation,
) -> None:
    reason = "no XLA form: LookupTableFindV2"
    missing = tuple(
        MissingEvidence(arm=arm, layers=8, what=what, reason=reason)
        for arm in ("inline", "incremental")
        for what in ("program", "program_instructions")
    )
    changed = explanation.model_copy(update={"missing": missing})
    told = " ".join(text(explanation_summary(changed)).split())
    assert f"inline and incremental: program and instructions compiled: {reason}" in told


def test_what_was_invented_and_who_compiled_is_told(explanation: Explanation) -> None:
    free, words = "free lengths are 16", "texts are of 3 words"
    changed = explanation.model_copy(
        update={
            "invented": (
                InventedFinding(scenario="s", text=free, arms=("inline", "incremental")),
                InventedFinding(scenario="s", text=words, arms=("inline",)),
            ),
            "compiled": {"inline": "by the suite (Adam, mse)", "incremental": "not at all"},
        }
    )
    told = " ".join(text(explanation_tables(changed)).split())
    assert f"inputs invented: {free}" in told
    assert f"inputs invented for inline: {words}" in told
    assert "compiled inline by the suite (Adam, mse); incremental not at all" in told
    assert "invented" not in text(explanation_tables(explanation))


def test_call_mode_that_was_counted_is_named_where_there_are_others(
    explanation: Explanation,
) -> None:
    changed = explanation.model_copy(update={"call_modes": ("function", "predict", "train")})
    told = " ".join(text(explanation_summary(changed)).split())
    assert "counted with function; for predict and train: bench explain --call-mode predict" in told
    alone = explanation.model_copy(update={"call_modes": ("function",)})
    assert "--call-mode" not in text(explanation_summary(alone))


def test_arms_without_a_common_level_are_not_called_the_same(explanation: Explanation) -> None:
    (finding,) = explanation.structure
    nothing = finding.model_copy(update={"same": (), "different": (), "same_program": False})
    told = " ".join(
        text(explanation_summary(explanation.model_copy(update={"structure": (nothing,)}))).split()
    )
    assert "incremental: nothing of it can be compared with inline" in told


def test_summary_has_no_tables(explanation: Explanation) -> None:
    told = text(explanation_summary(explanation))
    assert "cause" in told
    assert "Work of construct" not in told


def test_chart_is_drawn_where_something_grows(explanation: Explanation, tmp_path: Path) -> None:
    png, svg = draw_growth(explanation, tmp_path)
    with Image.open(png) as picture:
        assert picture.size[0] > 600
    assert "Model.rebuild calls visit n(n + 1)/2 times" in svg.read_text()
    still = explanation.model_copy(update={"growth": explanation.growth[:1]})
    assert draw_growth(still, tmp_path) == []


def test_reason_of_several_passes_is_told_once(explanation: Explanation) -> None:
    (failure,) = explanation.failures
    more = [failure, *(failure.model_copy(update={"layers": n, "what": "work"}) for n in (8, 16))]
    told = " ".join(
        text(explanation_tables(explanation.model_copy(update={"failures": tuple(more)}))).split()
    )
    assert "failed: growth and work of broken at 8 and 16 layers: crashed: killed by SIGS" in told
    assert told.count("SIGSEGV") == 1
