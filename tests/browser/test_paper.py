"""The report on paper: everything is open, nothing is cut, and it is dark on white."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

CLOSED = "document.querySelectorAll('details:not([open])').length"


def test_printing_opens_what_is_closed_and_closes_it_again(page: Page) -> None:
    before = page.evaluate(CLOSED)
    assert before > 0
    page.evaluate(f"addEventListener('beforeprint', () => window.closedOnPaper = {CLOSED})")
    page.pdf()
    assert page.evaluate("window.closedOnPaper") == 0
    assert page.evaluate(CLOSED) == before


def test_no_table_is_wider_than_the_sheet(page: Page) -> None:
    page.set_viewport_size({"width": 703, "height": 1000})
    page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    widths = page.locator("table").evaluate_all("all => all.map(each => each.scrollWidth)")
    assert max(widths) <= 703
    assert page.evaluate("document.documentElement.scrollWidth") <= 703


def test_paper_is_white_for_readers_in_the_dark(browser: Browser, address: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(address)
    page.emulate_media(media="print")
    assert page.locator("body").evaluate("each => getComputedStyle(each).color") == (
        "rgb(31, 35, 40)"
    )
    page.close()
