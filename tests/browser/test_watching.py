"""The growing report in a real browser: it follows the run by itself."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.runs.watch import WatchServer
from tests.fakes.plan import fake_folder, fake_plan


def test_page_follows_the_run_to_its_end(browser: Browser, tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=4, layers=(2, 4)))
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with WatchServer(folder.path, 0) as server:
        answering = Thread(target=server.serve_forever)
        answering.start()
        page.goto(server.address)
        expect(page.locator("#watched")).to_have_text("measuring the first round")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        execute_run(folder, Listener())
        expect(page.locator("#watched")).to_have_text("complete: 4 rounds stored")
        expect(page.locator("table.grid").first).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        server.shutdown()
        answering.join()
    page.close()
    assert complaints == []
