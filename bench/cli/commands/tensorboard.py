"""``bench tensorboard``: open a run in TensorBoard."""

from __future__ import annotations

import signal
import webbrowser
from pathlib import Path
from typing import NoReturn

import click

from bench.cli import options
from bench.cli.output import echo
from bench.cli.signals import request_is_heard
from bench.store.locate import locate
from bench.store.run_folder import RunFolder


@click.command("tensorboard")
@options.run_argument
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=6006,
    show_default=True,
    help="Port to serve on.",
)
@click.option("--open", "opens", is_flag=True, help="Open a browser.")
@options.runs_folder
def command(run: str, port: int, opens: bool, runs: Path) -> int:
    """Open RUN in TensorBoard: scaling curves, HParams, charts, profiles. It is served on the
    loopback interface until Ctrl-C. If the port is taken, a free one is used.

    Example: bench tensorboard latest
    """
    from bench.runs.findings import current_findings
    from bench.runs.tensorboard import update_tensorboard

    folder = locate(run, runs)
    directory = update_tensorboard(folder, current_findings(folder))
    try:
        _serve(folder, directory, port, opens)
    except KeyboardInterrupt:
        request_is_heard()
        return 0


def _serve(folder: RunFolder, directory: Path, port: int, opens: bool) -> NoReturn:
    """Serve until ``KeyboardInterrupt``, the usual end."""
    from bench.doctor.profile_viewer import INSTALL
    from bench.runs.tensorboard import Server, has_profiles

    echo("starting TensorBoard ...", err=True)
    server = Server(directory, port)
    if server.port != port:
        echo(f"port {port} is taken: using {server.port}", err=True)
    profiles = has_profiles(folder)
    if profiles and not server.shows_profiles:
        echo(f"the viewer of profiles is missing or broken: {INSTALL}", err=True)
    tab = "profile" if profiles and server.shows_profiles else "timeseries"
    # Curves through a few depths are to be seen as they are.
    address = f"{server.address}?smoothing=0#{tab}"
    click.echo(address)
    echo("Ctrl-C stops it", err=True)
    if opens:
        webbrowser.open(address)
    while True:
        signal.pause()
