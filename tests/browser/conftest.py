"""A browser, the report of a made-up run, and a real run that ``bench tensorboard`` serves."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.report.html.report import HtmlExporter
from scripts.screenshots import BROWSERS
from tests.cli.command import run, start
from tests.report.findings_factory import findings
from tests.report.test_html import view

FOUND = findings()
"""A run with every kind of verdict."""

ARMS = ("inline", "incremental")
LAYERS = (4, 16)
_PATIENCE_MS = 60_000

expect.set_options(timeout=_PATIENCE_MS)


class Served(NamedTuple):
    """A profiled run: its folder, its findings, and where TensorBoard shows it."""

    folder: Path
    findings: dict[str, Any]
    address: str


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser that is installed on this machine."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    with sync_playwright() as playwright:
        # As root, as in a container, it has no sandbox.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the report of ``FOUND`` lies."""
    path = tmp_path_factory.mktemp("report") / "index.html"
    path.write_bytes(HtmlExporter().render(view(FOUND)))
    return path.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The report, open; whatever the browser complains of fails the test."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(address)
    yield opened
    opened.close()
    assert complaints == []


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Served]:
    """A run of two arms, profiled, in TensorBoard; what it needs of the browser comes first."""
    place = tmp_path_factory.mktemp("browser")
    arms = [word for arm in ARMS for word in ("--arm", f"{arm}=scenarios.builders:{arm}")]
    sweep = ("--architecture", "mlp", "--layers", ",".join(map(str, LAYERS)))
    done = run(["run", *arms, *sweep, "--rounds", "2", "--profile", "--json"], place)
    assert done.returncode == 0, done.stderr
    findings = json.loads(done.stdout)
    with start(["tensorboard", "latest", "--port", "6006"], place) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            yield Served(place / "results" / "runs" / findings["run"], findings, address)
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=30) == 0


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """Opens a view of the served run: a tab, and what else its address says."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(_PATIENCE_MS)

    def open_view(tab: str, query: str = "smoothing=0") -> Page:
        page.goto(f"{served.address.partition('?')[0]}?{query}#{tab}")
        return page

    yield open_view
    page.close()
