"""The report in a real browser: complete without a network, on any screen, by keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import FOUND


def visible_rows(page: Page) -> int:
    return page.locator("#comparisons tbody tr:not([hidden])").count()


def test_nothing_is_asked_of_a_network(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.close()
    assert [each for each in asked if not each.startswith("data:")] == [address]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_page_never_scrolls_sideways(
    browser: Browser, address: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(
    browser: Browser, address: str, scheme: Literal["light", "dark"]
) -> None:
    """By the rules that axe checks of WCAG 2.2, levels A and AA."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": levels}})
    context.close()
    assert found.violations_count == 0, found.generate_report()
    assert found.response["passes"]


def test_charts_are_shown(page: Page) -> None:
    pictures = page.locator("figure img")
    assert pictures.count() >= 3
    for number in range(pictures.count()):
        pictures.nth(number).scroll_into_view_if_needed()
        page.wait_for_function(
            "image => image.naturalWidth > 300", arg=pictures.nth(number).element_handle()
        )


def test_comparisons_are_filtered_by_keyboard(page: Page) -> None:
    assert visible_rows(page) == len(FOUND.comparisons)
    page.get_by_role("combobox", name="verdict").focus()
    page.keyboard.type("slower")
    slower = sum(each.verdict == "slower" for each in FOUND.comparisons)
    expect(page.locator("#count")).to_have_text(f"{slower} of {len(FOUND.comparisons)} comparisons")
    assert 0 < visible_rows(page) == slower
    page.get_by_role("searchbox", name="Search").focus()
    page.keyboard.type("no such arm")
    expect(page.locator("#count")).to_have_text(f"0 of {len(FOUND.comparisons)} comparisons")


def test_comparisons_are_sorted_by_keyboard(page: Page) -> None:
    button = page.locator("#comparisons thead").get_by_role("button", name="ratio")
    ratios = sorted(float(f"{each.ratio or 0.0:.4g}") for each in FOUND.comparisons)
    for expected, direction in ((ratios, "ascending"), (ratios[::-1], "descending")):
        button.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#comparisons th[aria-sort]")).to_have_attribute("aria-sort", direction)
        column = page.locator("#comparisons thead th").all_inner_texts()
        place = next(at for at, text in enumerate(column) if text.startswith("ratio"))
        shown = page.locator("#comparisons tbody tr").evaluate_all(
            "(rows, place) => rows.map(row => Number(row.cells[place].dataset.value))", place
        )
        assert shown == expected


def test_everything_is_there_without_scripts_and_on_paper(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("#comparisons tbody tr").count() == len(FOUND.comparisons)
    expect(page.locator("#filters")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("h1").first).to_be_visible()
    context.close()


def test_links_lead_to_sections(page: Page) -> None:
    for link in page.locator("nav a").all():
        target = (link.get_attribute("href") or "")[1:]
        assert page.locator(f'[id="{target}"]').count() == 1
    assert Path(page.url).name == "index.html"


def test_numbers_of_a_depth_are_shown_by_keyboard(page: Page) -> None:
    chart = page.locator(".curves svg[role=img]").first
    chart.focus()
    page.keyboard.press("ArrowLeft")
    numbers = page.locator(".numbers").first
    deepest = max(each.layers or 0 for each in FOUND.comparisons)
    expect(numbers).to_contain_text(f"{deepest} layers, ready: inline ")
    page.keyboard.press("ArrowLeft")
    expect(numbers).not_to_contain_text(f"{deepest} layers")


def test_arms_are_switched_off_and_on(page: Page) -> None:
    drawing = page.locator(".curves").first
    before = drawing.locator(".curve").count()
    button = drawing.get_by_role("button", name="incremental", exact=True)
    button.focus()
    for pressed, curves in (("false", before - 1), ("true", before)):
        page.keyboard.press("Space")
        expect(button).to_have_attribute("aria-pressed", pressed)
        expect(drawing.locator(".curve")).to_have_count(curves)


def test_scale_is_linear_or_logarithmic(page: Page) -> None:
    drawing = page.locator(".curves").first
    curve = drawing.locator(".curve").first
    linear = curve.get_attribute("points")
    drawing.get_by_label("scale").select_option("logarithmic")
    expect(curve).not_to_have_attribute("points", linear or "")
