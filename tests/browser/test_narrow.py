"""The report on a narrow screen: arms stay in sight, links are whole, names are short."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bench.report.html.report import render_report
from tests.report.findings_factory import findings
from tests.report.test_html import view

WIDTH = 360


@pytest.fixture
def narrow(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The report of two architectures, on a telephone."""
    path = tmp_path / "index.html"
    found = findings(architectures=("mlp", "cnn"))
    path.write_bytes(render_report(view(found), ()))
    page = browser.new_page(viewport={"width": WIDTH, "height": 700})
    page.goto(path.as_uri())
    yield page
    page.close()


@pytest.mark.parametrize("table", ["table.grid", "#comparisons"])
def test_first_column_stays_where_the_table_is_scrolled(narrow: Page, table: str) -> None:
    found = narrow.locator(f".scroll:has({table})").first
    found.evaluate("each => { each.scrollLeft = 80; }")
    left = found.evaluate("each => each.getBoundingClientRect().left")
    for cell in ("thead tr > :first-child", "tbody tr:last-child > :first-child"):
        place = found.locator(cell).evaluate("each => each.getBoundingClientRect().left")
        assert place == pytest.approx(left, abs=1)
    assert found.evaluate("each => each.scrollLeft") > 0


def test_links_to_sections_are_whole(narrow: Page) -> None:
    rights = narrow.locator("nav a").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().right)"
    )
    assert max(rights) <= WIDTH
    assert narrow.evaluate("document.documentElement.scrollWidth") <= WIDTH


def test_settings_are_named_by_what_tells_them_apart(narrow: Page) -> None:
    assert narrow.locator("nav a").all_inner_texts()[:2] == ["mlp", "cnn"]
    assert narrow.locator("h2").all_inner_texts()[:2] == ["mlp", "cnn"]
    shared = narrow.locator("#conditions dl").inner_text()
    assert "function" in shared
    assert "build_style" in shared
