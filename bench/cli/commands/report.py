"""``bench report``: a run as one page for a browser."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from bench.cli import options
from bench.cli.output import echo
from bench.store.locate import locate


@click.command("report")
@options.run_argument
@click.option("--open", "opens", is_flag=True, help="Open it in a browser.")
@options.runs_folder
def command(run: str, opens: bool, runs: Path) -> int:
    """Write the report of RUN again: one HTML page that needs no other file and no network.

    Example: bench report latest --open
    """
    from bench.report.html.report import report_in_run_folder, write_report
    from bench.runs.view import run_view

    folder = locate(run, runs)
    path = write_report(folder.path, report_in_run_folder(run_view(folder)))
    click.echo(path)
    if opens and not webbrowser.open(path.resolve().as_uri()):
        echo("no browser can be started here: open that file in one", err=True)
    return 0
