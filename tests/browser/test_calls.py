"""What a chosen number of calls costs in each call mode, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from bench.report.html.report import render_report
from tests.report.test_call_modes import with_call_modes
from tests.report.test_html import view


@pytest.fixture
def compared(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The report of a run that compares call modes."""
    path = tmp_path / "index.html"
    path.write_bytes(render_report(view(with_call_modes()), ()))
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(path.as_uri())
    yield page
    page.close()


def shown(box: Locator) -> dict[str, str]:
    rows = [row.split("\t") for row in box.locator("tbody tr").all_inner_texts()]
    return {name.strip(): cost.strip().replace("\xa0", " ") for name, cost, *_ in rows}


def test_costs_follow_the_number_of_calls_by_keyboard(compared: Page) -> None:
    box = compared.locator(".calls").first
    slider = box.get_by_role("slider", name="number of calls")
    slider.focus()
    compared.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "1 call")
    assert shown(box)["eager"] == "40 ms"
    expect(box.locator(".cheapest th")).to_have_text("eager")
    for _ in range(20):
        compared.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "100 calls")
    # 240 ms and 99 times 300 µs.
    assert shown(box)["function"] == "270 ms"
    expect(box.locator(".cheapest th")).to_have_text("function")
    said = box.locator("output")
    expect(said).to_contain_text("After 100 calls, function costs least: 270")
    expect(said).to_have_attribute("aria-live", "polite")
    compared.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "100,000 calls")
    expect(box.locator(".cheapest th")).to_have_text("xla")


def test_call_modes_that_train_are_no_alternatives(compared: Page) -> None:
    assert set(shown(compared.locator(".calls").first)) == {"eager", "function", "xla", "predict"}


def test_nobody_is_shut_out_of_the_choice(compared: Page) -> None:
    assert compared.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(compared)
    assert found.violations_count == 0, found.generate_report()
