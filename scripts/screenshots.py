"""Takes the pictures of docs/tensorboard.md: a profiled run as TensorBoard shows it.

    python scripts/screenshots.py latest
    python scripts/screenshots.py latest --cell inline_vs_incremental-mlp-16 --out /tmp/pictures

Needs Chromium or Chrome on the machine.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "tensorboard"
CELL = "build_style-mlp-64"
ARMS = ("inline", "incremental")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SETTLES_S = 10.0
"""Time for a view to load and draw."""


def main() -> None:
    """Serve the run that is asked for, and take every picture."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--cell", default=CELL, help="the profiled cell, without its arm")
    parser.add_argument("--out", type=Path, default=PICTURES, metavar="FOLDER")
    parser.add_argument("--settle", type=float, default=SETTLES_S, metavar="SECONDS")
    arguments = parser.parse_args()
    browser = installed_browser(parser)
    arguments.out.mkdir(exist_ok=True)
    with _served(arguments.run) as root, sync_playwright() as playwright:
        # As root, as in a container, it has no sandbox.
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = started.new_page(viewport={"width": 1600, "height": 900})
        views = _views(arguments.cell)
        # The first view also waits until everything is read.
        for name, address in [next(iter(views.items())), *views.items()]:
            page.goto("about:blank")
            page.goto(f"{root}{address}")
            page.wait_for_timeout(1000 * arguments.settle)
            page.screenshot(path=arguments.out / f"{name}.png")
        started.close()


def installed_browser(parser: argparse.ArgumentParser) -> str:
    """The path of a browser; ends the program where none is installed."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        parser.error(f"none of {', '.join(BROWSERS)} is installed")
    return path


@contextmanager
def _served(run: str) -> Iterator[str]:
    """TensorBoard over ``run``: its address."""
    command = [sys.executable, "-m", "bench", "tensorboard", run]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip().partition("?")[0]
        finally:
            server.send_signal(signal.SIGTERM)


def _views(cell: str) -> dict[str, str]:
    """Picture → the end of the address of what it shows."""
    return {
        "scalars": "?smoothing=0&tagFilter=seconds%2F#timeseries",
        "margins": "?smoothing=0#custom_scalars",
        "trials": "?smoothing=0#hparams",
        **{f"trace_{arm}": _trace(f"python_calls/{cell}-{arm}") for arm in ARMS},
    }


def _trace(session: str) -> str:
    return f"?run={quote(session, safe='')}&tag=trace_viewer@#profile"


if __name__ == "__main__":
    main()
