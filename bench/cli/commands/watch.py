"""``bench watch``: the growing report of a run that goes on, in a browser."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from bench.cli import options
from bench.cli.errors import WrongRequest
from bench.cli.output import echo
from bench.cli.signals import request_is_heard
from bench.store.locate import locate


@click.command("watch")
@options.run_argument
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port on 127.0.0.1. [default: any free one]",
)
@click.option("--open", "opens", is_flag=True, help="Open it in a browser.")
@options.runs_folder
def command(run: str, port: int, opens: bool, runs: Path) -> int:
    """Serve the growing report of RUN, which may be measured at the moment. It is served on the
    loopback interface until Ctrl-C, and charts are left out.

    Example: bench watch latest --open
    """
    from bench.runs.watch import WatchServer

    folder = locate(run, runs)
    try:
        listening = WatchServer(folder.path, port)
    except OSError as error:
        raise WrongRequest(f"cannot listen on port {port}: {error.strerror}") from error
    with listening as server:
        click.echo(server.address)
        if opens and not webbrowser.open(server.address):
            echo("no browser can be started here: open that address in one", err=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            request_is_heard()
    return 0
