"""What a lifecycle of its own shows beside its times: notes, memory and series."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from bench.domain.findings.run import Findings
from bench.report.charts.draw import draw_charts
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.page import Chart
from bench.report.charts.layout.style import arm_styles, drawing
from bench.report.charts.memory_growth import memory_growth_chart
from bench.report.markdown_tables import render_markdown
from bench.report.tables.lifecycle import lifecycle_tables, series_and_facts
from bench.report.terminal import render_terminal
from bench.report.text.formatting import MINUS, NBSP
from bench.report.views import sweeps
from tests.report.findings_factory import findings
from tests.report.lifecycle_findings import KIB, MIB, growing, lived, note, noted, series


def printed(found: Findings, width: int = 100) -> str:
    """What the terminal shows of the lifecycle alone."""
    console = Console(file=StringIO(), width=width, no_color=True)
    (sweep,) = sweeps(found)
    console.print(render_terminal(lifecycle_tables(sweep, found)))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def table(text: str, title: str) -> dict[str, str]:
    """The rows of a table by their first word, its header left out."""
    lines = text[text.index(title) :].splitlines()[1:]
    rows = lines[: lines.index("")] if "" in lines else lines
    return {line.split()[0]: " ".join(line.split()[1:]) for line in rows if line.strip()}


def markdown(found: Findings) -> list[str]:
    (sweep,) = sweeps(found)
    return [render_markdown([block]) for block in series_and_facts(sweep, found)]


def chart(found: Findings) -> Chart | None:
    with drawing():
        return memory_growth_chart(sweeps(found)[0], Context(found, arm_styles(found)))


def title_of(found: Findings) -> str:
    drawn = chart(found)
    assert drawn is not None
    return drawn.title.replace(NBSP, " ")


# Notes


def test_notes_are_grouped_by_value_with_the_names_of_the_arms() -> None:
    found = noted({"inline": "old", "incremental": "new", "functional": "old"})
    told = "old (inline and functional); new (incremental)"
    text = printed(found)
    assert "What the arms do at 16 layers" in text
    assert f"predict  {told}" in text
    assert markdown(found) == [f"What the arms do at 16 layers:\n\n- predict: {told}"]


def test_note_that_all_arms_share_is_told_of_every_arm() -> None:
    found = noted({"inline": "new", "incremental": "new", "functional": "new"})
    assert "predict  new (every arm)" in printed(found)
    assert "- predict: new (every arm)" in markdown(found)[0]


def test_note_that_an_arm_lacks_is_not_told_of_every_arm() -> None:
    text = printed(noted({"inline": "new", "incremental": "new"}))
    assert "every arm" not in text
    assert "new (inline and incremental)" in text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (12345, "12345"),
        (0.123456, "0.123"),
        (0.0, "0"),
        (-2.5, f"{MINUS}2.50"),
        ("1,024 bytes", "1,024 bytes"),
        ("[bold]", "[bold]"),
    ],
)
def test_notes_are_told_in_words(value: Any, words: str) -> None:
    found = noted(dict.fromkeys(("inline", "incremental", "functional"), value))
    assert f"predict  {words} (every arm)" in printed(found)
    assert f"- predict: {words} (every arm)" in markdown(found)[0]


def test_notes_are_those_of_the_deepest_panel() -> None:
    arms = ("inline", "incremental", "functional")
    notes = [note(arm, "size", f"of {depth}", depth) for depth in (4, 16) for arm in arms]
    text = printed(lived(facts=tuple(notes)))
    assert "of 16 (every arm)" in text
    assert "of 4" not in text


def test_each_note_has_a_line_in_the_order_they_were_taken_in() -> None:
    notes = [note("inline", name, "x") for name in ("zeta", "alpha and more", "mu")]
    lines = printed(lived(facts=tuple(notes))).splitlines()
    names = [line.split("  ")[0] for line in lines if " x (" in line]
    assert names == ["zeta", "alpha and more", "mu"]


# Memory and series


def test_memory_that_each_phase_keeps_is_told_of_every_arm_but_the_placebo() -> None:
    text = printed(lived())
    rows = table(text, "Memory retained by each phase at 16 layers")
    assert list(rows) == ["phase", "search"]
    assert rows["phase"] == "inline incremental functional"
    assert rows["search"].count("MiB") == 3


def test_series_table_says_what_grows_and_is_flat_with_the_placebo_last() -> None:
    rows = table(
        printed(growing()), "search at 16 layers, the later 4 of 8 compared with the earlier"
    )
    assert list(rows) == ["arm", "inline", "incremental", "functional", "placebo"]
    assert rows["inline"] == "grows 100 KiB [99.0 KiB, 101 KiB] 1.10 [1.05, 1.20]"
    assert rows["incremental"].startswith("grows 1.00 MiB [1023 KiB, 1.00 MiB] ")
    assert rows["functional"].startswith("flat 2.00 KiB [1.00 KiB, 3.00 KiB]")


def test_series_in_markdown_says_the_same() -> None:
    (text,) = markdown(growing())
    title, _, *lines = text.splitlines()
    assert title == "search at 16 layers, the later 4 of 8 compared with the earlier:"
    assert lines[2] == "| `inline` | grows | 100 KiB [99.0 KiB, 101 KiB] | 1.10 [1.05, 1.20] |"
    assert lines[4].startswith("| `functional` | flat | 2.00 KiB ")
    assert lines[-1].startswith("| `placebo` | grows ")


def test_bounds_that_are_not_placed_are_infinite() -> None:
    unknown = dict.fromkeys(
        ("retained_bytes_low", "retained_bytes_high", "slowdown_low", "slowdown_high")
    )
    found = lived(memory_growth=(series("inline", MIB, memory="unresolved", **unknown),))
    rows = table(printed(found), "the later 4 of 8")
    assert rows["inline"] == f"unresolved 1.00 MiB [{MINUS}∞, ∞] 1.10 [0, ∞]"


def test_of_an_odd_number_of_calls_the_later_are_more() -> None:
    found = lived(memory_growth=(series("inline", MIB, calls=5),))
    assert "the later 3 of 5 compared with the earlier" in printed(found)


def test_every_depth_and_phase_has_a_table_the_shallowest_first() -> None:
    found = lived(
        memory_growth=(
            series("inline", MIB, 16),
            series("inline", MIB, 4),
            series("inline", MIB, 4, phase="reload"),
        )
    )
    titles = re.findall(r"(\w+ at \d+ layers), the later", printed(found))
    assert titles == ["search at 4 layers", "reload at 4 layers", "search at 16 layers"]
    assert [text.partition(",")[0] for text in markdown(found)] == titles


def test_series_of_a_panel_without_depth_names_none() -> None:
    found = lived(depths=(None,), memory_growth=(series("inline", MIB, None),))
    assert "\nsearch, the later 4 of 8 compared with the earlier" in printed(found)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    arms = ("inline", "incremental", "functional")
    notes = tuple(note(arm, "predict", f"answers like {arm} " * 5) for arm in arms)
    text = printed(growing().model_copy(update={"facts": notes}), width)
    assert max(map(len, text.splitlines())) <= width


def test_run_with_call_modes_shows_nothing_of_the_kind() -> None:
    found = findings(
        facts=(note("inline", "predict", "new"),), memory_growth=(series("inline", MIB, 16),)
    )
    (sweep,) = sweeps(found)
    assert list(lifecycle_tables(sweep, found)) == []
    assert list(series_and_facts(sweep, found)) == []


# The chart


def test_title_names_what_each_call_keeps_the_most_first() -> None:
    assert title_of(growing()) == (
        "Each call retains 1.00 MiB with incremental and 100 KiB with inline at 16 layers; "
        "memory is flat with functional"
    )


def test_title_says_that_memory_is_flat_with_every_arm() -> None:
    found = lived(
        memory_growth=tuple(series(arm, KIB) for arm in ("inline", "functional", "placebo"))
    )
    assert title_of(found) == "Memory is flat with inline and functional at 16 layers"


def test_title_admits_that_growth_is_unresolved() -> None:
    found = lived(memory_growth=(series("inline", MIB, memory="unresolved"),))
    assert title_of(found) == "Whether memory grows is unresolved at 16 layers"


def test_title_is_about_the_deepest_panel() -> None:
    found = lived(memory_growth=(series("inline", 3 * MIB, 4), series("inline", KIB, 16)))
    assert title_of(found) == "Memory is flat with inline at 16 layers"


def test_chart_has_memory_and_time_for_each_depth(tmp_path: Path) -> None:
    found = growing(series("inline", MIB, 4))
    drawn = chart(found)
    assert drawn is not None
    assert [axes.get_ylabel() for axes in drawn.figure.axes] == [
        "memory added (MiB)",
        "time of each call (ms)",
    ] * 2
    assert [axes.get_title(loc="left") for axes in drawn.figure.axes] == [
        "search at 4 layers: memory",
        "search at 4 layers: time",
        "search at 16 layers: memory",
        "search at 16 layers: time",
    ]
    (path,) = (each for each in draw_charts(found, tmp_path, ["svg"]) if "series" in each.name)
    assert path.name == "loop-mlp-series.svg"


def test_lines_are_the_values_of_each_call() -> None:
    drawn = chart(lived(memory_growth=(series("inline", 2 * MIB, calls=4),)))
    assert drawn is not None
    memory, time = (axes.get_lines()[0].get_xydata() for axes in drawn.figure.axes)
    assert np.array_equal(memory, [(1, 2), (2, 4), (3, 6), (4, 8)])
    assert np.array_equal(time, [(1, 10), (2, 10), (3, 10), (4, 10)])


def test_later_half_is_marked_between_two_calls() -> None:
    for calls, border in ((4, 2.5), (5, 2.5)):
        drawn = chart(lived(memory_growth=(series("inline", MIB, calls=calls),)))
        assert drawn is not None
        for axes in drawn.figure.axes:
            assert np.array_equal(np.unique(axes.get_lines()[-1].get_xdata()), [border])


def test_arms_may_differ_in_how_often_they_call() -> None:
    found = lived(
        memory_growth=(series("inline", MIB, calls=4), series("functional", MIB, calls=6))
    )
    drawn = chart(found)
    assert drawn is not None
    lengths = [np.size(line.get_xdata()) for line in drawn.figure.axes[0].get_lines()[:2]]
    assert lengths == [4, 6]


def test_run_without_series_has_no_such_chart(tmp_path: Path) -> None:
    assert chart(lived()) is None
    assert chart(findings(memory_growth=(series("inline", MIB, 16),))) is None
    drawn = [path.name for path in draw_charts(lived(), tmp_path, ["svg"])]
    assert drawn
    assert not [name for name in drawn if "series" in name]
