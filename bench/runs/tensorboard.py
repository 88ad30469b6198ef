"""From a run folder to what TensorBoard shows of it, and the server that shows it."""

from __future__ import annotations

import json
import logging
import os
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

from bench.analysis.samples.distributions import distributions
from bench.domain.findings.run import Findings
from bench.domain.phases import ITERATING
from bench.report.tensorboard.write import write_tensorboard
from bench.runs.loopback import LOOPBACK
from bench.runs.view import run_view
from bench.store.run_folder import RunFolder


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

        board = program.TensorBoard(plugins=[*default.get_static_plugins(), *_loadable()])
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
