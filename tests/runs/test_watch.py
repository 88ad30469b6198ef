"""The growing report of a run: what it says at each stage, and to whom."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from bench.execution.listener import Listener, RoundReport
from bench.execution.rounds.run import execute_run
from bench.runs.watch import WatchServer, watched_page
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan
from tests.fakes.waiting import eventually
from tests.store.test_documents import CLAIM


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run of which nothing is measured yet."""
    return fake_folder(tmp_path / "run", fake_plan(rounds=3, layers=(2, 4)))


@pytest.fixture
def server(folder: RunFolder) -> Iterator[WatchServer]:
    """A server of it that answers."""
    with WatchServer(folder.path, 0) as made:
        answering = Thread(target=made.serve_forever)
        answering.start()
        yield made
        made.shutdown()
        answering.join()


def got(server: WatchServer, path: str = "") -> str:
    with urllib.request.urlopen(server.address + path) as answer:
        return str(answer.read().decode())


def state(server: WatchServer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(got(server, "state"))
    return found


def refusal(server: WatchServer, path: str = "", **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(server.address + path, headers=headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    return refused.value.code, refused.value.read().decode()


def test_run_without_a_round_has_its_question_and_no_answer(server: WatchServer) -> None:
    page = got(server)
    assert "Which fake is fastest?" in page
    assert "No round has ended yet." in page
    assert not state(server)["ended"]


def test_each_round_changes_what_is_served(folder: RunFolder, server: WatchServer) -> None:
    seen = [state(server)]

    class Looks(Listener):
        def round_ends(self, report: RoundReport) -> None:
            seen.append(state(server))
            assert f'data-version="{seen[-1]["version"]}"' in got(server)

    execute_run(folder, Looks())
    seen.append(state(server))
    assert len({each["version"] for each in seen}) == 5
    texts = [each["text"] for each in seen]
    assert texts[0] == "measuring the first round"
    assert texts[1].startswith("1 round stored · measuring round 2 of at most 3 · at most ")
    assert texts[-1] == "complete: 3 rounds stored"
    assert [each["ended"] for each in seen] == [False, False, False, False, True]
    page = got(server)
    assert "Time relative to" in page
    assert "No round has ended yet." not in page


def test_page_is_made_once_for_all_who_ask(
    folder: RunFolder, server: WatchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def counted(path: Path) -> bytes:
        made.append(path)
        return watched_page(path)

    monkeypatch.setattr("bench.runs.watch.watched_page", counted)
    asking = [Thread(target=got, args=(server,)) for _ in range(4)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert len(made) == 1
    execute_run(folder, Listener())
    pages = {got(server) for _ in range(3)}
    assert len(pages) == 1
    assert len(made) == 2


def test_run_that_was_interrupted_says_so(folder: RunFolder, server: WatchServer) -> None:
    folder.set_status("interrupted")
    assert state(server)["text"] == "interrupted: 0 rounds stored"


def test_run_that_was_killed_says_so_and_goes_on(folder: RunFolder, server: WatchServer) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.execution.controller", str(folder.path)],
        stdout=subprocess.DEVNULL,
    ) as controller:
        assert eventually(folder.rounds)
        controller.kill()
    stored = len(folder.rounds())
    told = state(server)
    assert told["text"].startswith(f"{stored} round")
    again = f"bench run --resume {folder.path}"
    assert told["text"].endswith(f"nothing measures this run any more: {again}")
    assert not told["ended"]
    execute_run(RunFolder(folder.path), Listener(), enough=lambda _: False)
    assert state(server)["text"] == "complete: 3 rounds stored"


def test_other_sites_and_other_files_are_refused(server: WatchServer) -> None:
    assert refusal(server, Host="example.org")[0] == 403
    assert refusal(server, "run.json", Host="localhost:8080")[0] == 404
    assert refusal(server, "run.json")[0] == 404
    assert refusal(server, "../run.json")[0] == 404


def test_damaged_run_is_told_of(folder: RunFolder, server: WatchServer) -> None:
    (folder.path / "run.json").write_text("{")
    code, text = refusal(server)
    assert code == 503
    assert "run.json cannot be read" in text


def test_report_of_a_run_that_is_over_asks_nothing(folder: RunFolder) -> None:
    from bench.report.html.report import render_report
    from bench.runs.view import run_view

    execute_run(folder, Listener())
    page = render_report(run_view(folder), ()).decode()
    assert "connect-src" not in page
    assert "fetch(" not in page


def test_claims_that_are_checked_later_are_served(folder: RunFolder, server: WatchServer) -> None:
    execute_run(folder, Listener())
    before, page = state(server)["version"], got(server)
    assert 'id="claims"' not in page
    folder.write_claims([CLAIM])
    assert state(server)["version"] != before
    assert 'id="claims"' in got(server)
