"""Takes the pictures of the report, of a published run, for the documentation.

    python scripts/report_pictures.py
    python scripts/report_pictures.py --out /tmp/pictures

Needs Chromium or Chrome on the machine.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from bench.report.html.report import HtmlExporter
from bench.runs.view import run_view
from bench.store.run_folder import RunFolder
from scripts.screenshots import ROOT, installed_browser

PICTURES = ROOT / "docs" / "report"
RUN = ROOT / "results" / "published" / "build_style"


class Picture(NamedTuple):
    """A window of the report: its size in pixels, its colours, and where it is scrolled to."""

    width: int
    height: int
    show: Callable[[Page], None]
    scheme: Literal["light", "dark"] = "light"


def main() -> None:
    """Draw the report, and take every picture."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--run", type=Path, default=RUN, metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=PICTURES, metavar="FOLDER")
    arguments = parser.parse_args()
    path = installed_browser(parser)
    arguments.out.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = Path(folder) / "index.html"
        report.write_bytes(HtmlExporter().render(run_view(RunFolder(arguments.run))))
        # As root, as in a container, it has no sandbox.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, picture in _pictures().items():
            _take(browser, report, picture, arguments.out / f"{name}.png")
        browser.close()


def _take(browser: Browser, report: Path, picture: Picture, path: Path) -> None:
    window = {"width": picture.width, "height": picture.height}
    page = browser.new_page(viewport=window, color_scheme=picture.scheme)  # type: ignore[arg-type]
    page.goto(report.as_uri())
    picture.show(page)
    page.screenshot(path=path)
    page.close()


def _pictures() -> dict[str, Picture]:
    """Picture → what it shows."""
    return {
        "answer": Picture(1200, 800, _top),
        "calls": Picture(1200, 760, _calls),
        "dark": Picture(1200, 640, _curves, "dark"),
        "phone": Picture(360, 740, _top),
    }


def _top(page: Page) -> None:
    page.evaluate("scrollTo(0, 0)")


def _curves(page: Page) -> None:
    _scroll_to(page, ".curves")


def _calls(page: Page) -> None:
    """The call that is repeated, with its numbers."""
    _scroll_to(page, ".flame")
    page.locator(".flame .frame.grows").first.hover()


def _scroll_to(page: Page, place: str) -> None:
    page.locator(place).first.evaluate("each => each.scrollIntoView({ behavior: 'instant' })")
    page.evaluate("scrollBy({ top: -60, behavior: 'instant' })")


if __name__ == "__main__":
    main()
