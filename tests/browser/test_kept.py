"""What a reader has chosen stays chosen when the page is loaded anew, as ``--watch`` does."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import FOUND


def test_filters_and_order_stay(page: Page) -> None:
    page.get_by_role("combobox", name="verdict").select_option("slower")
    page.get_by_role("searchbox", name="Search").fill("incremental")
    page.locator("#comparisons").get_by_role("button", name="ratio").click()
    count = page.locator("#count").inner_text()
    first = page.locator("#comparisons tbody tr:not([hidden])").first
    shown = first.inner_text()
    page.reload()
    expect(page.get_by_role("combobox", name="verdict")).to_have_value("slower")
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("incremental")
    expect(page.locator("#count")).to_have_text(count)
    assert not count.startswith(f"{len(FOUND.comparisons)} of")
    expect(page.locator("#comparisons th[aria-sort=ascending]")).to_have_text("ratio")
    assert first.inner_text() == shown


def test_curves_stay_as_they_are_drawn(page: Page) -> None:
    drawing = page.locator(".curves").first
    drawing.get_by_label("phase").select_option("compile")
    drawing.get_by_label("scale").select_option("logarithmic")
    drawing.get_by_role("button", name="functional").click()
    before = drawing.locator(".curve").evaluate_all("all => all.map(each => each.outerHTML)")
    page.reload()
    expect(drawing.get_by_label("phase")).to_have_value("compile")
    expect(drawing.get_by_label("scale")).to_have_value("logarithmic")
    button = drawing.get_by_role("button", name="functional")
    expect(button).to_have_attribute("aria-pressed", "false")
    after = drawing.locator(".curve").evaluate_all("all => all.map(each => each.outerHTML)")
    assert after == before


def test_what_is_open_stays_open(page: Page) -> None:
    details = page.locator("details").first
    details.locator("summary").click()
    expect(details).to_have_attribute("open", "")
    page.reload()
    expect(details).to_have_attribute("open", "")


def test_focus_stays(page: Page) -> None:
    search = page.get_by_role("searchbox", name="Search")
    search.focus()
    page.keyboard.type("inc")
    page.reload()
    expect(search).to_be_focused()
    page.keyboard.type("remental")
    expect(search).to_have_value("incremental")
