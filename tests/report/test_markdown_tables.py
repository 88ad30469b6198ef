"""Tables as Markdown, read back by a Markdown parser: names stay names, whatever is in them."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bench.report.markdown import verdicts
from bench.report.markdown_tables import code, escaped, markdown_table, render_markdown
from bench.report.tables.model import (
    BLANK,
    Block,
    Column,
    LabelledList,
    ResponsiveTable,
    Table,
    name,
    paragraph,
    right,
    row,
)
from tests.report.findings_factory import findings

HOSTILE = (
    *("a|b", "<b>", "`x`", "a\\|b", "a\\", "*a*", "_a_", "[a](b)", "&amp;", "a``b", "$x_{"),
    *("one\ntwo", "~~a~~", "|", "`", "<!-- a -->", "![a](b)"),
)


def table_rows(text: str) -> list[list[str]]:
    """The words of every row of the tables in ``text``, as a reader of the page sees them."""
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [[shown(cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", each)] for each in rows]


def shown(cell: str) -> str:
    """The words of a cell; any tag but that of code is left in."""
    return html.unescape(re.sub(r"</?code>", "", cell))


@pytest.mark.parametrize("text", HOSTILE)
def test_cell_is_shown_as_it_is(text: str) -> None:
    table = Table("", (Column(text), *right("n")), (row((name(text), "1")), row((text, "2"))))
    words = text.replace("\n", " ")
    assert table_rows(markdown_table(table)) == [[words, "n"], [words, "1"], [words, "2"]]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_outside_of_tables_is_shown_as_it_is(text: str) -> None:
    page = MarkdownIt("commonmark").render(f"about {escaped(text)} and {code(text)}")
    words = text.replace("\n", " ")
    assert shown(page) == f"<p>about {words} and {words}</p>\n"


@given(st.text(alphabet="_*~`|\\<>&#;[]()!:/.-+ab1ü "))
@example("Layer.__call__ n")
def test_markup_is_shown_as_it_is(text: str) -> None:
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(f"x{escaped(text)}x")
    assert html.unescape(page) == f"<p>x{text}x</p>\n"


@pytest.mark.parametrize("arm", ["a|b", "<b>", "`x`"])
def test_names_of_arms_and_architectures_break_no_table(arm: str) -> None:
    arms = ("inline", arm, "incremental")
    rows = table_rows(verdicts(findings(arms=arms, architectures=(arm,))))
    assert {len(each) for each in rows} == {len(rows[0])}
    assert rows[0][0] == arm
    assert {each[0] for each in rows[1:]} == set(arms)


def test_column_that_continues_another_is_joined_to_it() -> None:
    columns = (*right("kept"), Column("", "right", joins_previous=True), Column("arm"))
    table = Table("series", columns, (row(("1 KiB", "[0, 2]", "x")), row(("-", "", "y"))))
    assert markdown_table(table).splitlines() == [
        "series:",
        "",
        "| kept | arm |",
        "| ---: | --- |",
        "| 1 KiB [0, 2] | x |",
        "| - | y |",
    ]


def test_fullest_layout_is_shown_and_blank_lines_are_not_doubled() -> None:
    narrow = Table("", (Column("a"),), ())
    wide = Table("", (Column("a"), Column("b")), ())
    blocks: list[Block] = [
        paragraph("text"),
        BLANK,
        ResponsiveTable(((wide,), (narrow,))),
        LabelledList((("x", "y"),), "facts"),
    ]
    assert render_markdown(blocks) == ("text\n\n| a | b |\n| --- | --- |\n\nfacts:\n\n- x: y")


def test_row_has_a_cell_for_every_column() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        Table("", (Column("a"),), (row(("1", "2")),))
