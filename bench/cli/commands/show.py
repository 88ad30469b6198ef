"""``bench show``: the findings of a run as tables."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import options
from bench.store.locate import locate


@click.command("show")
@options.run_argument
@options.runs_folder
@options.json_output
def command(run: str, runs: Path, as_json: bool) -> int:
    """Print the findings of RUN: a run id, a unique prefix of one, a path, or latest.

    Example: bench show latest --json
    """
    from bench.cli.printing import print_run
    from bench.runs.view import run_view

    print_run(run_view(locate(run, runs)), as_json)
    return 0
