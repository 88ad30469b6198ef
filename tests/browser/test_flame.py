"""The calls of a phase as a flame graph, in a real browser: by pointer and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bench.report.html.report import render_report
from tests.analysis.worked_evidence import worked_explanation
from tests.report.findings_factory import findings
from tests.report.test_html import view

VISITS = 64 * 65 // 2
INCREMENTAL = 1 + 64 + 64 + VISITS + 5
INLINE = 1 + 64 + 64 + 64 + 5


@pytest.fixture(params=[360, 1200])
def narrow_or_wide(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Page]:
    path = tmp_path / "index.html"
    path.write_bytes(render_report(view(findings()), ()))
    page = browser.new_page(viewport={"width": request.param, "height": 800})
    page.goto(path.as_uri())
    yield page
    page.close()


@pytest.fixture
def flame(narrow_or_wide: Page) -> Locator:
    return narrow_or_wide.locator(".flame")


def widths(flame: Locator) -> list[float]:
    found = flame.locator(".frame rect").evaluate_all(
        "all => all.map(each => Number(each.getAttribute('width')) + 1)"
    )
    return [float(each) for each in found]


def test_arm_with_most_calls_is_shown_first(flame: Locator) -> None:
    expect(flame.get_by_label("arm")).to_have_value("incremental")
    said = flame.get_by_role("img").get_attribute("aria-label") or ""
    assert said.startswith("Calls of construct at 64 layers, build_style · mlp: ")
    assert f"{INCREMENTAL:,} calls of incremental. Within:" in said
    assert "visit 94" in said


def test_arms_have_one_scale(flame: Locator) -> None:
    most = widths(flame)[0]
    flame.get_by_label("arm").select_option("inline")
    assert widths(flame)[0] / most == pytest.approx(INLINE / INCREMENTAL, rel=0.01)


def test_function_whose_calls_grow_faster_is_marked(flame: Locator) -> None:
    expect(flame.locator(".frame.grows")).to_have_count(1)
    expect(flame.locator(".frame.grows")).to_contain_text("↑ visit")
    flame.get_by_label("arm").select_option("inline")
    expect(flame.locator(".frame.grows")).to_have_count(0)


def test_functions_are_reached_by_keyboard(flame: Locator, narrow_or_wide: Page) -> None:
    said = flame.locator("output")
    expect(said).to_contain_text("use the arrow keys")
    flame.get_by_role("img").focus()
    for _ in range(5):
        narrow_or_wide.keyboard.press("ArrowDown")
    expect(said).to_have_text(
        f"visit (models.py:30), called {VISITS:,} times here: {VISITS:,} calls with all that it "
        f"calls, 94 % of those of incremental; its calls grow faster than the layers."
    )
    narrow_or_wide.keyboard.press("ArrowUp")
    expect(said).to_contain_text("Model.rebuild (models.py:20), called 64 times here")


def test_enter_enlarges_and_escape_shows_all(flame: Locator, narrow_or_wide: Page) -> None:
    whole = widths(flame)
    flame.get_by_role("img").focus()
    for _ in range(4):
        narrow_or_wide.keyboard.press("ArrowDown")
    narrow_or_wide.keyboard.press("Enter")
    enlarged = widths(flame)
    assert len(enlarged) == len(whole) - 3
    assert enlarged[0] == pytest.approx(whole[0])
    narrow_or_wide.keyboard.press("Escape")
    assert widths(flame) == whole


def test_click_enlarges_and_the_next_one_shows_all(flame: Locator) -> None:
    whole = widths(flame)
    flame.locator(".frame", has_text="Model.rebuild").first.click(position={"x": 3, "y": 8})
    assert widths(flame)[0] == pytest.approx(whole[0])
    assert len(widths(flame)) < len(whole)
    flame.locator(".frame").first.click(position={"x": 3, "y": 8})
    assert widths(flame) == whole


def test_pointing_tells_the_numbers(flame: Locator) -> None:
    flame.locator(".frame.grows").hover()
    expect(flame.locator("output")).to_contain_text(f"visit (models.py:30), called {VISITS:,}")


def test_nothing_is_said_of_growth_where_there_is_no_depth(
    browser: Browser, tmp_path: Path
) -> None:
    explanation = worked_explanation()
    without = [
        each.model_copy(update={"growing": (), "layers": 0}) for each in explanation.call_trees
    ]
    explanation = explanation.model_copy(update={"call_trees": tuple(without)})
    path = tmp_path / "index.html"
    path.write_bytes(render_report(replace(view(findings()), explanations=(explanation,)), ()))
    page = browser.new_page()
    page.goto(path.as_uri())
    flame = page.locator(".flame")
    expect(flame.locator(".remark")).to_contain_text("on one scale for all arms")
    expect(flame.locator(".remark")).not_to_contain_text("faster")
    expect(flame.get_by_role("heading")).to_have_text("Calls of construct, build_style · mlp")
    page.close()


def test_numbers_of_all_calls_are_told(flame: Locator, narrow_or_wide: Page) -> None:
    flame.get_by_role("img").focus()
    narrow_or_wide.keyboard.press("ArrowDown")
    expect(flame.locator("output")).to_have_text(
        f"All calls of incremental: {INCREMENTAL:,} calls."
    )
    narrow_or_wide.keyboard.press("Escape")
    expect(flame.locator("output")).to_contain_text("Point at a function")


@pytest.fixture
def unequal(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The report of arms of which one makes a thousand times the calls of the other."""
    explanation = worked_explanation()
    inline, incremental = explanation.call_trees
    frames = [
        (parent, function, calls, 1000 * within)
        for parent, function, calls, within in incremental.frames
    ]
    many = incremental.model_copy(update={"frames": tuple(frames)})
    explanation = explanation.model_copy(update={"call_trees": (inline, many)})
    path = tmp_path / "index.html"
    path.write_bytes(render_report(replace(view(findings()), explanations=(explanation,)), ()))
    page = browser.new_page(viewport={"width": 360, "height": 800})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    yield page
    page.close()
    assert complaints == []


def test_arm_with_few_calls_is_drawn_and_can_be_enlarged(unequal: Page) -> None:
    flame = unequal.locator(".flame")
    flame.get_by_label("arm").select_option("inline")
    expect(flame.locator(".frame")).to_have_count(1)
    flame.get_by_role("img").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp"):
        unequal.keyboard.press(key)
    expect(flame.locator("output")).to_contain_text("All calls of inline")


def test_frame_that_is_too_narrow_in_the_whole_picture_is_left(unequal: Page) -> None:
    flame = unequal.locator(".flame")
    flame.get_by_role("img").focus()
    for key in (*["ArrowDown"] * 5, "Enter", "Enter", "ArrowLeft", "ArrowRight", "ArrowUp"):
        unequal.keyboard.press(key)
    expect(flame.locator(".chosen")).to_have_count(1)


def test_environments_are_called_so(browser: Browser, tmp_path: Path) -> None:
    explanation = worked_explanation().model_copy(
        update={"of_arm": "inline", "same_work": {"keras-3.6": ("construct",)}}
    )
    path = tmp_path / "index.html"
    path.write_bytes(render_report(replace(view(findings()), explanations=(explanation,)), ()))
    page = browser.new_page()
    page.goto(path.as_uri())
    flame = page.locator(".flame")
    expect(flame.get_by_label("environment")).to_be_visible()
    expect(flame.locator(".remark")).to_contain_text("As many calls as inline: keras-3.6.")
    page.close()
