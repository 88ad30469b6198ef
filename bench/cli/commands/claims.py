"""``bench claims``: checks common claims about build styles against the installed version."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bench.cli import completion, options
from bench.cli.output import echo
from bench.store.locate import locate


@click.command("claims")
@click.argument("run", required=False, metavar="[RUN]", shell_complete=completion.RUN)
@options.runs_folder
@options.json_output
def command(run: str | None, runs: Path, as_json: bool) -> int:
    """Check common claims about the two build styles against the installed version. With RUN, the
    verdicts are stored with that run, and bench report shows them.

    Example: bench claims
    """
    from bench.api.claims import check_claims
    from bench.cli.printing import print_tables
    from bench.report.tables.claims import claim_tables

    folder = locate(run, runs) if run is not None else None
    found = check_claims(lambda line: echo(line, err=True))
    if folder is not None:
        folder.write_claims(found)
    if as_json:
        documents = [each.model_dump(mode="json") for each in found]
        click.echo(json.dumps({"schema": 1, "claims": documents}, indent=2))
    else:
        print_tables(claim_tables(found))
    return 0
