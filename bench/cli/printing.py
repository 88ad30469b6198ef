"""Prints findings to standard output, as tables or as one JSON document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import click

from bench.cli.output import console, echo

if TYPE_CHECKING:
    from bench.domain.findings.explanation import Explanation
    from bench.report.run_view import RunView
    from bench.report.tables.model import Block


def print_run(view: RunView, as_json: bool) -> None:
    """Print the findings of a run and why; with ``as_json`` nothing else than the document."""
    if as_json:
        from bench.report.exports.json_document import JsonExporter

        click.echo(JsonExporter().render(view), nl=False)
        return
    from bench.report.tables.run import run_summary

    print_tables(run_summary(view))


def print_explanations(explanations: Sequence[Explanation], as_json: bool) -> None:
    """Print why arms differ; with ``as_json`` one document, however many there are."""
    if as_json:
        why = [each.model_dump(mode="json") for each in explanations]
        click.echo(json.dumps({"schema": 1, "explanations": why}, indent=2))
        return
    from bench.report.tables.explanation import explanation_tables

    for explanation in explanations:
        print_tables(explanation_tables(explanation))


def every_tenth(what: str) -> Callable[[int, int], None]:
    """Says on standard error how many of ``what`` are done: every tenth time, and at the end."""

    def say(done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            echo(f"{done} of {total} {what}", err=True)

    return say


def print_tables(blocks: Iterable[Block]) -> None:
    """Print ``blocks`` as wide as the terminal is; 100 columns where there is none."""
    from bench.report.terminal import render_terminal

    shown = console()
    if not shown.is_terminal:
        shown = console(width=100)
    shown.print(render_terminal(blocks))
