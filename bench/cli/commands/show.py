"""``bench show``: the findings of a run as tables."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import completion
from bench.cli.errors import as_usage_error
from bench.domain.findings.run import Findings
from bench.store.files import InvalidRun
from bench.store.locate import RUNS, locate
from bench.store.run_folder import RunFolder


@click.command("show")
@click.argument("run", metavar="RUN", shell_complete=completion.RUN)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of runs. [default: results/runs]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(run: str, out: Path | None, as_json: bool) -> int:
    """Print the findings of RUN: a run id, the beginning of one, a path, or latest.

    Example: bench show latest --json
    """
    from bench.cli.printing import print_findings

    with as_usage_error(InvalidRun):
        folder = locate(run, out or RUNS)
        findings = folder.findings()
        if findings is None or not _is_current(findings, folder):
            findings = _concluded(folder)
    print_findings(findings, as_json, folder.explanations())
    return 0


def _is_current(findings: Findings, folder: RunFolder) -> bool:
    known = (findings.status, findings.rounds)
    return known == (folder.record.status, len(folder.rounds()))


def _concluded(folder: RunFolder) -> Findings:
    from bench.runs.conclude import conclude

    findings = conclude(folder)
    folder.write_findings(findings)
    return findings
