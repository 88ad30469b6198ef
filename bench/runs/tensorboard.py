"""From a run folder to what TensorBoard shows of it, and the server that shows it."""

from __future__ import annotations

import json
import logging
import os
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from bench.analysis.samples.distributions import distributions
from bench.domain.findings.run import Findings
from bench.domain.phases import ITERATING
from bench.report.tensorboard.write import write_tensorboard
from bench.runs.loopback import LOOPBACK, is_own_name
from bench.runs.view import run_view
from bench.store.run_folder import RunFolder

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def log_directory(folder: RunFolder) -> Path:
    """Where TensorBoard finds the run."""
    return folder.path / "tensorboard"


def update_tensorboard(folder: RunFolder, findings: Findings) -> Path:
    """Write the events of the run again, with its charts; returns the log directory.

    Profiles stay as they are. Raises ``InvalidRun`` when the samples cannot be read, and
    ``OSError`` when the folder cannot be written.
    """
    directory = log_directory(folder)
    directory.mkdir(exist_ok=True)
    samples, warm_ups = distributions(folder.samples(), ITERATING)
    charts = sorted((folder.path / "charts").glob("*.png"))
    write_tensorboard(run_view(folder, findings), samples, warm_ups, charts, directory)
    return directory


def has_profiles(folder: RunFolder) -> bool:
    """Whether there is anything for the Profile tab."""
    return any(log_directory(folder).rglob("*.xplane.pb"))


class Server:
    """TensorBoard over one log directory, reachable from this machine only.

    ``address`` is where; ``shows_profiles`` is whether its Profile tab has loaded.
    """

    def __init__(self, directory: Path, port: int) -> None:
        """Start serving on ``port``, or on any free one when that is taken."""
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        from tensorboard import default, program

        def server(application: WSGIApplication, flags: object) -> program.TensorBoardServer:
            guarded = _Guarded(application, directory)
            return program.create_port_scanning_werkzeug_server(guarded, flags)

        plugins = [*default.get_static_plugins(), *_loadable()]
        board = program.TensorBoard(plugins, server_class=server)
        board.configure(
            argv=[
                "tensorboard",
                *("--logdir", str(directory)),
                *("--host", LOOPBACK),
                *("--port", str(port if _is_free(port) else 0)),
                # The fast loader is a second server, and a run is small.
                *("--load_fast", "false"),
            ]
        )
        self.address: str = board.launch()
        with urllib.request.urlopen(f"{self.address}data/plugins_listing") as answer:
            self.shows_profiles = "profile" in json.load(answer)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(urllib.parse.urlparse(self.address).port or 0)


class _Guarded:
    """TensorBoard's application for requests from this machine that are about ``directory``.

    By itself it answers under any host name, and its profile viewer reads the profiles in any
    folder that a request names and connects to any address to capture one.
    """

    def __init__(self, application: WSGIApplication, directory: Path) -> None:
        self._application = application
        self._directory = directory.resolve()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        from werkzeug.wrappers import Request, Response

        request = Request(environ)
        named = [*request.args.getlist("session_path"), *request.args.getlist("run_path")]
        if not is_own_name(environ.get("HTTP_HOST")):
            refusal = "this server answers under the names of its own machine"
        elif "capture_profile" in request.path:
            refusal = "this server shows what was profiled; bench profile profiles more"
        elif not all(self._holds(each) for each in named):
            refusal = "this server shows one run; that folder is outside it"
        else:
            return self._application(environ, start_response)
        return Response(refusal, 403)(environ, start_response)

    def _holds(self, folder: str) -> bool:
        try:
            return Path(folder).resolve().is_relative_to(self._directory)
        except (OSError, ValueError):
            return False


def _loadable() -> Iterator[object]:
    """The installed plugins that can be imported; one that cannot must not keep the rest away."""
    for plugin in entry_points(group="tensorboard_plugins"):
        try:
            yield plugin.load()
        except Exception as error:
            logging.getLogger(__name__).warning("%s does not load: %s", plugin.value, error)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
