"""Serves the growing report of a run to a browser of this machine.

Everything is read from the run folder: what measures has nothing to do with it.
Charts are left out: they take seconds to draw. The curves draw themselves in the browser.
"""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from threading import Lock, Thread

from bench.domain.words import pluralise
from bench.report.html.report import Watched, render_report, render_waiting
from bench.report.text.formatting import approximate_duration
from bench.runs.loopback import LOOPBACK, is_own_name
from bench.runs.view import run_view
from bench.store.documents import UnusableFindings
from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder, Status

_PAGE = "text/html; charset=utf-8"


class WatchServer(ThreadingTCPServer):
    """The report of the run at ``path``, at ``address``, which only this machine reaches."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, path: Path, port: int) -> None:
        """Listen on ``port``, 0 for any free one. Raises ``OSError`` where it is taken."""
        super().__init__((LOOPBACK, port), _Handler)
        self.path = path
        self.address = f"http://{LOOPBACK}:{self.server_address[1]}/"
        self._rendering = Lock()
        self._rendered = ("", b"")

    def page(self) -> bytes:
        """What ``watched_page`` says, made once for all who ask until more is known."""
        with self._rendering:
            folder = RunFolder(self.path)
            known = f"{_version(folder)} {progress_text(folder)}"
            if self._rendered[0] != known:
                self._rendered = (known, watched_page(self.path))
            return self._rendered[1]

    def handle_error(self, *request: object) -> None:
        """Say nothing of a browser that has gone."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*request)  # type: ignore[arg-type]


@contextmanager
def watching(say: Callable[[str], None]) -> Iterator[Callable[[RunFolder], None]]:
    """What serves a run that begins, beside it, until the context ends; ``say`` is told where."""
    servers: list[WatchServer] = []

    def serve(folder: RunFolder) -> None:
        server = WatchServer(folder.path, 0)
        servers.append(server)
        Thread(target=server.serve_forever, name="watch", daemon=True).start()
        say(f"watch it at {server.address}")

    try:
        yield serve
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: WatchServer

    def do_GET(self) -> None:
        if not is_own_name(self.headers.get("Host")):
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        answers = {"/": self._page, "/state": self._state}
        if self.path not in answers:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            kind, content = answers[self.path]()
        except (InvalidRun, OSError) as error:
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, explain=str(error))
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def _page(self) -> tuple[str, bytes]:
        return _PAGE, self.server.page()

    def _state(self) -> tuple[str, bytes]:
        folder = RunFolder(self.server.path)
        state = {
            "text": progress_text(folder),
            "version": _version(folder),
            "ended": folder.record.status != "running",
        }
        return "application/json", json.dumps(state).encode()

    def log_message(self, *arguments: object) -> None:
        """Say nothing: the terminal belongs to the run."""


def watched_page(path: Path) -> bytes:
    """The report of the run at ``path`` as its last findings have it, UTF-8.

    Raises ``InvalidRun`` and ``OSError`` where it cannot be read.
    """
    folder = RunFolder(path)
    watched = Watched(progress_text(folder), _version(folder))
    try:
        findings = folder.findings()
    except UnusableFindings:
        findings = None
    if findings is None:
        plan = folder.record.plan
        questions = [each.question for each in plan.scenarios if each.question]
        return render_waiting(folder.record.run, questions, watched)
    return render_report(run_view(folder, findings), (), watched)


def progress_text(folder: RunFolder) -> str:
    """How far the run is, in words."""
    record, stored = folder.record, folder.rounds()
    done = f"{pluralise(len(stored), 'round')} stored"
    ended: dict[Status, str] = {
        "complete": f"complete: {done}",
        "interrupted": f"interrupted: {done}",
    }
    if record.status in ended:
        return ended[record.status]
    if folder.is_abandoned:
        command = "calibrate" if folder.calibration() else "run"
        again = shlex.join(["bench", command, "--resume", str(folder.path)])
        return f"{done} · nothing measures this run any more: {again}"
    if not stored:
        return "measuring the first round"
    left = _seconds_left(folder, stored)
    if not left:
        return f"{done} · the rounds are over: comparing outputs, programs and calls"
    return (
        f"{done} · measuring round {stored[-1] + 2} of at most {record.plan.rounds} · "
        f"at most {approximate_duration(left)} left"
    )


def _seconds_left(folder: RunFolder, stored: list[int]) -> float:
    """Seconds until the limits of the plan are reached."""
    plan = folder.record.plan
    # The record is written when a round has been stored.
    since = max(0.0, time.time() - (folder.path / "run.json").stat().st_mtime)
    mean = folder.round_seconds or 0.0
    budget = plan.budget_s - folder.record.measured_s - since
    rounds = mean * (plan.rounds - len(stored)) - since
    return max(0.0, min(budget, rounds))


def _version(folder: RunFolder) -> str:
    """Changes with what is known of the run."""
    files = [folder.path / name for name in ("findings.json", "explanations", "claims.json")]
    written = [each.stat().st_mtime_ns if each.exists() else 0 for each in files]
    return f"{max(written)}-{folder.record.status}"
