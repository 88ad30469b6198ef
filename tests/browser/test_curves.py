"""The curves of the report in a real browser: visible in the dark, told apart, and comparable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.report.html.report import render_report
from tests.report.findings_factory import ARMS, findings
from tests.report.test_html import view

CONTRASTS = """
drawing => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = color => {
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map(each => {
      const share = each / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const back = luminance(getComputedStyle(drawing.closest("section")).backgroundColor);
  return [...drawing.querySelectorAll(".curve")].map(curve => {
    const front = luminance(getComputedStyle(curve).stroke);
    return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
  });
}
"""


@pytest.fixture
def dark(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The report of arms that take every colour there is, in the dark."""
    path = tmp_path / "index.html"
    found = findings(arms=(*ARMS, "a", "b", "c", "d"))
    path.write_bytes(render_report(view(found), ()))
    page = browser.new_page(color_scheme="dark")
    page.goto(path.as_uri())
    yield page
    page.close()


def test_every_curve_is_seen_in_the_dark(dark: Page) -> None:
    contrasts = dark.locator(".curves").first.evaluate(CONTRASTS)
    assert len(contrasts) == len(ARMS) + 4
    assert min(contrasts) >= 3


def test_arms_below_another_say_so(page: Page) -> None:
    drawing = page.locator(".curves").first
    button = drawing.get_by_role("button", name="placebo")
    expect(button).to_have_text("placebo under inline")
    drawing.get_by_role("button", name="inline", exact=True).click()
    expect(button).not_to_contain_text("under inline")


def test_each_arm_has_a_marker_of_its_own(page: Page) -> None:
    shapes = page.locator(".curves").first.locator(".legend .marker")
    outlines = shapes.evaluate_all("all => all.map(each => each.getAttribute('points'))")
    assert len(set(outlines)) == len(outlines) == len(ARMS)


def test_curves_open_with_the_phase_in_which_all_arms_build(page: Page) -> None:
    drawing = page.locator(".curves").first
    expect(drawing.get_by_label("phase")).to_have_value("ready")
    expect(drawing.locator(".remark")).to_be_hidden()


def test_phase_that_some_arms_put_off_says_so(page: Page) -> None:
    drawing = page.locator(".curves").first
    drawing.get_by_label("phase").select_option("construct")
    expect(drawing.locator(".remark")).to_have_text(
        "incremental_deferred and incremental_no_rebuild do part of this work after construct; "
        "ready includes it."
    )


def test_picture_is_told_in_words(page: Page) -> None:
    drawing = page.locator(".curves").first
    drawing.get_by_label("phase").select_option("compile")
    said = drawing.locator("svg[role=img]").get_attribute("aria-label") or ""
    assert said.startswith("Time of compile over layers, build_style · mlp")
    for arm in ARMS:
        assert f" {arm} " in said
    assert said.count(" at 64 layers") == len(ARMS)
