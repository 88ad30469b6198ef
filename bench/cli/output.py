"""Prints findings to standard output, as tables or as one JSON document."""

from __future__ import annotations

import click

from bench.analysis.findings import Findings


def print_findings(findings: Findings, as_json: bool) -> None:
    """Print ``findings``; with ``as_json`` nothing else than the document."""
    if as_json:
        click.echo(findings.model_dump_json(indent=2))
        return
    from rich.console import Console

    from bench.publish.tables import findings_tables

    console = Console()
    if not console.is_terminal:
        console = Console(width=100)
    console.print(findings_tables(findings))
