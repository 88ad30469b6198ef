"""The table of all comparisons is sorted by numbers, and what is not known stays at its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bench.report.html.report import render_report
from tests.report.partial_findings import partly_failed
from tests.report.test_html import view

FOUND = partly_failed({("incremental", 64): "trace", ("functional", 4): "construct"})
NUMBERED = "rows => rows.forEach((row, at) => { row.dataset.number = at; })"
NUMBERS = "rows => rows.map(row => Number(row.dataset.number))"


@pytest.fixture
def partial(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The report of a run in which cells failed; its rows have the numbers of their comparisons."""
    path = tmp_path / "index.html"
    path.write_bytes(render_report(view(FOUND), ()))
    page = browser.new_page()
    page.goto(path.as_uri())
    page.locator("#comparisons tbody tr").evaluate_all(NUMBERED)
    yield page
    page.close()


@pytest.mark.parametrize(
    ("column", "field"),
    [("ratio", "ratio"), ("interval", "ratio_low"), ("this arm", "arm_value")],
)
def test_what_is_not_known_comes_last_in_both_directions(
    partial: Page, column: str, field: str
) -> None:
    exact = [getattr(each, field) for each in FOUND.comparisons]
    values = [None if each is None else float(f"{each:.4g}") for each in exact]
    known = sorted(each for each in values if each is not None)
    unknown = [None] * (len(values) - len(known))
    assert known
    assert unknown
    button = partial.locator("#comparisons thead").get_by_role("button", name=column)
    for expected in (known, known[::-1]):
        button.click()
        order = partial.locator("#comparisons tbody tr").evaluate_all(NUMBERS)
        assert [values[number] for number in order] == [*expected, *unknown]
