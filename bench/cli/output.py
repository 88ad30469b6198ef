"""Prints findings to standard output, as tables or as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bench.analysis.findings import Findings

if TYPE_CHECKING:
    from rich.console import RenderableType


def print_findings(findings: Findings, as_json: bool) -> None:
    """Print ``findings``; with ``as_json`` nothing else than the document."""
    if as_json:
        click.echo(findings.model_dump_json(indent=2))
        return
    from bench.publish.tables import findings_tables

    print_tables(findings_tables(findings))


def print_tables(tables: RenderableType) -> None:
    """Print ``tables`` as wide as the terminal is; 100 columns where there is none."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console = Console(width=100)
    console.print(tables)
