"""The work table in a real browser: the law of a count stands above the count."""

from __future__ import annotations

from playwright.sync_api import Page


def test_law_and_count_stand_on_lines_of_their_own(page: Page) -> None:
    table = page.get_by_role("table", name="Work of construct")
    cells = [cell.split("\n") for cell in table.locator("td.number").all_inner_texts()]
    assert ["3 n + 1", "193"] in cells
    assert all("n" not in cell[-1] for cell in cells if len(cell) > 1)
