"""A chart in the page looks like the file that it was made from, in a real browser."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from bench.report.charts.draw import draw_charts
from bench.report.html.compact import svg_address
from tests.report.findings_factory import findings

SEEN = 64
"""By how much, of 255, a pixel differs that looks different."""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return draw_charts(findings(), tmp_path_factory.mktemp("charts"), ("svg",))


def pixels(browser: Browser, folder: Path, address: str) -> np.ndarray:
    (folder / "index.html").write_text(f'<body style="margin: 0"><img src="{address}">')
    page = browser.new_page(viewport={"width": 1300, "height": 1100})
    page.goto((folder / "index.html").as_uri())
    assert page.locator("img").evaluate("each => each.complete && each.naturalWidth") > 100
    taken = page.screenshot()
    page.close()
    return np.asarray(Image.open(BytesIO(taken)).convert("RGB")).astype(int)


def test_charts_look_the_same(browser: Browser, drawn: list[Path], tmp_path: Path) -> None:
    assert drawn
    for path in drawn:
        whole = pixels(browser, tmp_path, path.as_uri())
        short = pixels(browser, tmp_path, svg_address(path.read_text(encoding="utf-8")))
        assert (whole < 128).any()
        differs = np.abs(whole - short).max(axis=2) > SEEN
        # Letters that a tenth of a point moves have other edges.
        assert differs.mean() < 0.002, path.name
        without = np.abs(whole - 255).max(axis=2) > SEEN
        assert without.mean() > 5 * differs.mean()
