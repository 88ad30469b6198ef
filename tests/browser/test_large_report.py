"""The report of a run with many cells is small enough to send, and opens."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, expect

from bench.report.html.report import HtmlExporter
from tests.report.findings_factory import findings
from tests.report.test_html import view

CELLS = 400
BYTES = 5_000_000


def test_report_of_four_hundred_cells_opens(browser: Browser, tmp_path: Path) -> None:
    arms = ("inline", *(f"arm_{number}" for number in range(9)))
    architectures = tuple(f"architecture_{number}" for number in range(10))
    found = findings(arms=arms, architectures=architectures, depths=(4, 16, 32, 64))
    cells = {(each.architecture, each.arm, each.layers) for each in found.cells}
    assert len(cells) == CELLS
    total = len(found.comparisons)
    path = tmp_path / "index.html"
    path.write_bytes(HtmlExporter().render(view(found)))
    size = path.stat().st_size
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    began = time.monotonic()
    page.goto(path.as_uri())
    expect(page.locator("#count")).to_have_text(f"{total} of {total} comparisons")
    opened_s = time.monotonic() - began
    sys.stdout.write(
        f"{CELLS} cells, {total} comparisons, {size / 1e6:.2f} MB, open after {opened_s:.1f} s\n"
    )
    page.close()
    assert complaints == []
    assert size < BYTES
