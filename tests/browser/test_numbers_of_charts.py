"""Every chart of the report leads to a table with its numbers."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_each_chart_leads_to_a_table(page: Page) -> None:
    links = page.get_by_role("link", name="The numbers of this chart")
    assert links.count() == page.locator("figure").count() >= 3
    for link in links.all():
        link.click()
        target = page.locator(f"[id='{(link.get_attribute('href') or '')[1:]}']")
        expect(target.locator("table").first).to_be_visible()


def test_numbers_are_those_of_every_arm_phase_and_depth(page: Page) -> None:
    page.get_by_text("The numbers of the charts", exact=True).first.click()
    table = page.get_by_role("table", name="Times, and the range of the rounds")
    rows = [row.split() for row in table.locator("tbody tr").all_inner_texts()]
    assert ["inline", "construct"] in [row[:2] for row in rows]
    heads = table.locator("thead th").all_inner_texts()
    assert heads == ["arm", "phase", "4 layers", "16 layers", "64 layers"]
    assert page.get_by_role("table", name="Memory retained").is_visible()
