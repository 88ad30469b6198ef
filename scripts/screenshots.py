"""Takes the pictures of docs/tensorboard.md: a profiled run as TensorBoard shows it.

    python scripts/screenshots.py latest

Needs a browser (chromium) on the machine.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "tensorboard"
CELL = "build_style-mlp-64-{arm}-cpu"
SETTLES_MS = 10_000
"""Time for a view to load and draw."""


def main() -> None:
    """Serve the run that is asked for, and take every picture."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("run", metavar="RUN")
    browser = shutil.which("chromium")
    if browser is None:
        parser.error("chromium is not installed")
    command = [sys.executable, "-m", "bench", "tensorboard", parser.parse_args().run]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            root = server.stdout.readline().strip().partition("?")[0]
            with sync_playwright() as playwright:
                # As root, as in a container, it has no sandbox.
                started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
                page = started.new_page(viewport={"width": 1600, "height": 900})
                _take(page, root)
                started.close()
        finally:
            server.send_signal(signal.SIGTERM)


def _take(page: Page, root: str) -> None:
    """Every picture, by the name of its file."""
    PICTURES.mkdir(exist_ok=True)
    # The first view also waits until everything is read.
    for name, address in (
        ("scalars", "?smoothing=0&tagFilter=seconds%2F#timeseries"),
        ("scalars", "?smoothing=0&tagFilter=seconds%2F#timeseries"),
        ("margins", "?smoothing=0#custom_scalars"),
        ("trials", "?smoothing=0#hparams"),
        ("trace_inline", _profile("inline", "trace_viewer@", "python_calls/")),
        ("trace_incremental", _profile("incremental", "trace_viewer@", "python_calls/")),
    ):
        page.goto("about:blank")
        page.goto(f"{root}{address}")
        page.wait_for_timeout(SETTLES_MS)
        page.screenshot(path=PICTURES / f"{name}.png")


def _profile(arm: str, tool: str, group: str = "") -> str:
    session = quote(group + CELL.format(arm=arm), safe="")
    return f"?run={session}&tag={tool}#profile"


if __name__ == "__main__":
    main()
