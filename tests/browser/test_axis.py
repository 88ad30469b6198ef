"""The axis of the curves can be read at any range, and its keys leave others to the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.report.html.report import render_report
from tests.report.findings_factory import findings
from tests.report.test_html import view

PRESSED = """
(chart, modifier) => chart.dispatchEvent(new KeyboardEvent(
  "keydown", { key: "ArrowLeft", bubbles: true, cancelable: true, [modifier]: true },
))
"""
"""False where somebody has taken the key."""


@pytest.fixture
def drawn(browser: Browser, tmp_path: Path) -> Iterator[Callable[[float, float], Page]]:
    """Opens the report of a run whose times, in milliseconds, are from one to another."""
    page = browser.new_page()

    def draw(low_ms: float, high_ms: float) -> Page:
        found = findings(arms=("inline", "functional"))
        times = {4: low_ms, 16: low_ms, 64: high_ms}
        cells = tuple(
            each.model_copy(update={"value": times[each.layers or 0] / 1000})
            if each.metric == "seconds"
            else each
            for each in found.cells
        )
        path = tmp_path / "index.html"
        path.write_bytes(render_report(view(found.model_copy(update={"cells": cells})), ()))
        page.goto(path.as_uri())
        return page

    yield draw
    page.close()


def ticks(page: Page) -> list[str]:
    """What stands beside the axis of times where that is logarithmic."""
    drawing = page.locator(".curves").first
    drawing.get_by_label("scale").select_option("logarithmic")
    texts = drawing.locator("svg[role=img] text[text-anchor=end]").all_text_contents()
    return [each.replace("\xa0", " ") for each in texts]


@pytest.mark.parametrize(
    ("low_ms", "high_ms"),
    [(5.28, 6.48), (4, 7.6), (1.4, 2.2), (1.6, 1.6), (2.4, 2.4), (6.0, 6.0), (30, 33)],
)
def test_narrow_range_has_two_ticks_at_least(
    drawn: Callable[[float, float], Page], low_ms: float, high_ms: float
) -> None:
    found = ticks(drawn(low_ms, high_ms))
    assert len(found) >= 2, found
    assert len(set(found)) == len(found)


def test_wide_range_has_two_ticks_to_each_power_of_ten(
    drawn: Callable[[float, float], Page],
) -> None:
    assert ticks(drawn(1.5, 500)) == ["3 ms", "10 ms", "30 ms", "100 ms", "300 ms"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.9999e-3, "1 ms"),
        (0.9996, "1 s"),
        (999.9e-9, "1 µs"),
        (0.9994, "999 ms"),
        (0.0123, "12.3 ms"),
        (2e-10, "0.2 ns"),
        (0, "0"),
    ],
)
def test_no_time_is_a_thousand_of_a_unit(page: Page, seconds: float, text: str) -> None:
    shown = page.evaluate("seconds => inUnits(seconds)", seconds)
    assert shown.replace("\xa0", " ") == text


@pytest.mark.parametrize("modifier", ["altKey", "ctrlKey", "metaKey", "shiftKey"])
def test_arrow_key_with_another_is_left_to_the_browser(page: Page, modifier: str) -> None:
    chart = page.locator(".curves svg[role=img]").first
    numbers = page.locator(".numbers").first
    before = numbers.inner_text()
    assert chart.evaluate(PRESSED, modifier) is True
    expect(numbers).to_have_text(before)
    assert chart.evaluate(PRESSED, "none") is False
    expect(numbers).not_to_have_text(before)
