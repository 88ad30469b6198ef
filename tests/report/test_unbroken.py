"""What belongs together in a sentence of the report stays on one line."""

from __future__ import annotations

import pytest

from bench.report.html.markup import prose, render_html
from bench.report.html.report import render_report
from bench.report.tables.model import Block, LabelledList, paragraph
from tests.report.findings_factory import findings
from tests.report.test_html import view

SENTENCE = "4.8 % longer in 12 ms: --budget 10m or --rounds."
UNBROKEN = (
    '4.8\xa0% longer in 12\xa0ms: <code class="option">--budget 10m</code> or '
    '<code class="option">--rounds</code>.'
)


def test_numbers_stay_with_units_and_options_are_code() -> None:
    assert prose(SENTENCE) == UNBROKEN


@pytest.mark.parametrize("text", ["a --b-- <c>", "x--y", "--<b>", "&lt;--"])
def test_sentences_are_text(text: str) -> None:
    shown = str(prose(text)).replace('<code class="option">', "").replace("</code>", "")
    assert shown == text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_every_sentence_of_the_page_is_unbroken() -> None:
    found = findings().model_copy(update={"answer": (SENTENCE, SENTENCE)})
    assert render_report(view(found), ()).decode().count(UNBROKEN) == 2
    blocks: list[Block] = [paragraph(SENTENCE), LabelledList((("label", SENTENCE),))]
    assert str(render_html(blocks)).count(UNBROKEN) == 2
