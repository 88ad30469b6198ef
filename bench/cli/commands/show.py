"""``bench show``: the findings of a run as tables."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import completion
from bench.store.locate import RUNS, locate


@click.command("show")
@click.argument("run", metavar="RUN", shell_complete=completion.RUN)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of runs. [default: results/runs]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(run: str, out: Path | None, as_json: bool) -> int:
    """Print the findings of RUN: a run id, a unique prefix of one, a path, or latest.

    Example: bench show latest --json
    """
    from bench.cli.printing import print_findings
    from bench.runs.findings import current_findings

    folder = locate(run, out or RUNS)
    findings, explanations = current_findings(folder), folder.explanations()
    print_findings(findings, as_json, explanations)
    return 0
