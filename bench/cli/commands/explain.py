"""``bench explain``: why one arm costs more than another, by evidence without noise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import completion, option_types
from bench.cli import options as cli_options
from bench.cli.errors import FAILED_CELLS
from bench.cli.output import echo
from bench.cli.run_or_scenario import resolve_run

if TYPE_CHECKING:
    from bench.domain.scenario import Arm

_DRAWN = Path("results/explained")
"""Where charts go that belong to no run."""


@click.command("explain")
@click.argument(
    "target",
    required=False,
    metavar="[RUN|SCENARIO|FILE.py]",
    shell_complete=completion.RUN_OR_SCENARIO,
)
@click.option(
    "--layers",
    type=option_types.LAYERS,
    help="Depths to count at. [default: 8,16,32,64; fewer for a custom lifecycle]",
)
@click.option(
    "--architecture",
    "architectures",
    type=option_types.NAMES,
    help="Architectures to explain. [default: the first]",
)
@click.option(
    "--arm",
    "arms",
    type=option_types.ARM,
    multiple=True,
    metavar="NAME=MODULE:FUNCTION",
    help="Add or replace an arm; without a target, explain only these. Repeatable.",
)
@click.option("--baseline", help="The arm that others are compared with. [default: the scenario's]")
@cli_options.runs_folder
@cli_options.json_output
def command(
    target: str | None,
    layers: tuple[int, ...] | None,
    architectures: tuple[str, ...] | None,
    arms: tuple[tuple[str, Arm], ...],
    baseline: str | None,
    runs: Path,
    as_json: bool,
) -> int:
    """Explain why one arm of a scenario or of a finished run costs more than another: are they the
    same program, how much work does each do, which function grows, and where does growth begin?

    Example: bench explain build_style --architecture mlp
    """
    from bench.api.explain import (
        explain,
        plan_explanation,
        plan_explanation_of_run,
        store_explanations,
    )
    from bench.api.planning import choose_or_default
    from bench.cli.printing import every_tenth, print_explanations
    from bench.planning.build import RunOptions
    from bench.report.charts.call_growth import draw_growth

    options = RunOptions(
        layers=layers, architectures=architectures, arms=dict(arms), baseline=baseline
    )
    folder = None if target is None else resolve_run(target, runs)
    if folder is not None:
        plan = plan_explanation_of_run(folder, options)
    else:
        plan = plan_explanation(choose_or_default([target] if target else [], options), options)
    if folder is not None and (arms or baseline is not None):
        click.echo("not stored with the run, which has other arms or another baseline", err=True)
        folder = None
    found = explain(plan, lambda line: echo(line, err=True), every_tenth("passes"))
    if folder is not None:
        store_explanations(folder, found)
    for explanation in found:
        for path in draw_growth(explanation, (folder.path if folder else _DRAWN) / "charts"):
            click.echo(f"chart: {path}", err=True)
    print_explanations(found, as_json)
    return FAILED_CELLS if any(each.failures for each in found) else 0
