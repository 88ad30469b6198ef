"""Names that users choose are shown as text on a narrow screen, whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from bench.report.html.report import HtmlExporter
from tests.report.findings_factory import findings
from tests.report.test_html import view

WIDTH = 360
NAMES = {
    "markup": "<img src=x onerror=alert(1)>",
    "end of script": "</script><script>alert(2)</script>",
    "quotes": "\"it's\" `x` onmouseover='alert(3)'",
    "right to left": "\u202ereversed\u202c \u05d0\u05d1\u05d2",
    "long": "a_name_of_sixty_characters_that_goes_on_and_on_without_a_stop",
    "unbroken": "x" * 60,
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run whose arms and architectures have such names."""
    found = findings(arms=("inline", *NAMES.values()), architectures=tuple(NAMES.values()))
    path = tmp_path_factory.mktemp("hostile") / "index.html"
    path.write_bytes(HtmlExporter().render(view(found)))
    return path


@pytest.fixture
def page(browser: Browser, path: Path) -> Iterator[Page]:
    """It is open on a telephone, everything in it; whatever runs or complains fails the test."""
    opened = browser.new_page(viewport={"width": WIDTH, "height": 800})
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))

    def refuse(dialog: Dialog) -> None:
        complaints.append(dialog.message)
        dialog.dismiss()

    opened.on("dialog", refuse)
    opened.goto(path.as_uri())
    opened.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    yield opened
    opened.close()
    assert complaints == []


def shown(name: str) -> str:
    """``name`` without what only a terminal or a text editor obeys."""
    return name.replace("\u202e", "").replace("\u202c", "")


def test_nothing_scrolls_sideways(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    chart = page.locator(".curves").first
    chart.locator("svg[role=img]").focus()
    page.keyboard.press("ArrowLeft")
    expect(chart.locator(".numbers")).to_contain_text("64 layers")
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH


@pytest.mark.parametrize("kind", NAMES)
def test_name_is_text(page: Page, kind: str) -> None:
    text = shown(NAMES[kind])
    cells = page.locator("table.grid th[scope=row]").all_text_contents()
    assert text in cells
    assert text in page.locator("nav a").all_text_contents()
    options = page.locator("#filter-arm option").all_text_contents()
    assert text in options


def test_curves_have_names_as_tables_have_them(page: Page) -> None:
    named = page.locator(".curves").first.locator(".legend button")
    names = named.evaluate_all("all => all.map(each => each.dataset.arm)")
    assert shown(NAMES["right to left"]) in names
    assert all("\u202e" not in each for each in names)


def test_arm_is_found_by_any_name(page: Page) -> None:
    for name in NAMES.values():
        page.locator("#filter-arm").select_option(shown(name))
        rows = page.locator("#comparisons tbody tr:not([hidden]) th[scope=row]")
        assert set(rows.all_text_contents()) == {shown(name)}
