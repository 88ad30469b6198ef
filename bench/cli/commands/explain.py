"""``bench explain``: why one arm costs more than another, by evidence without noise."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import completion, option_types
from bench.cli import options as cli_options
from bench.cli.errors import FAILED_CELLS
from bench.cli.output import echo
from bench.cli.run_or_scenario import resolve_run

if TYPE_CHECKING:
    from bench.planning.run_options import RunOptions

_DRAWN = Path("results/explained")
"""Where charts go that belong to no run."""


@click.command("explain")
@click.argument(
    "target",
    required=False,
    metavar="[RUN|SCENARIO|FILE.py]",
    shell_complete=completion.RUN_OR_SCENARIO,
)
@partial(
    cli_options.scenario_options,
    depths="Depths to count at. [default: 8,16,32,64; fewer for a custom lifecycle; none for "
    "builders that take none]",
)
@cli_options.runs_folder
@cli_options.trust
@cli_options.json_output
def command(
    asked: RunOptions,
    target: str | None,
    runs: Path,
    trust: bool,
    as_json: bool,
) -> int:
    """Explain why one arm of a scenario or of a finished run costs more than another: are they the
    same program, how much work does each do, which function grows, and where does growth begin?

    Example: bench explain build_style --architecture mlp
    """
    from bench.api.explain import (
        explain,
        has_default_depths,
        plan_explanation,
        plan_explanation_of_run,
        store_explanations,
    )
    from bench.api.planning import choose_or_default
    from bench.api.session import reopen
    from bench.cli.printing import every_tenth, print_explanations
    from bench.planning.call_modes import replaced_call_modes
    from bench.report.charts.call_growth import draw_growth
    from bench.store.code import check_files

    folder = None if target is None else resolve_run(target, runs)
    if folder is not None:
        option_types.refuse_option("backends", "a run is explained on its own backends")
        option_types.refuse_option("devices", "a run is explained on its own devices")
        reopen(folder, trust, lambda line: echo(line, err=True))
        plan, depths_are_default = plan_explanation_of_run(folder, asked), False
    else:
        chosen = choose_or_default([target] if target else [], asked)
        plan = plan_explanation(chosen, asked)
        for line in replaced_call_modes(chosen.scenarios, asked.call_modes, asked.backends):
            echo(line, err=True)
        depths_are_default = has_default_depths(chosen, asked)
    if folder is not None and _changes_what_is_measured(asked):
        echo("not stored with the run, which has other arms, inputs or call modes", err=True)
        folder = None
    if folder is not None:
        check_files(folder.record.code)
    found = explain(
        plan,
        lambda line: echo(line, err=True),
        every_tenth("passes"),
        depths_are_default=depths_are_default,
    )
    if folder is not None:
        store_explanations(folder, found)
    for explanation in found:
        for path in draw_growth(explanation, (folder.path if folder else _DRAWN) / "charts"):
            echo(f"chart: {path}", err=True)
    print_explanations(found, as_json)
    return FAILED_CELLS if any(each.failures for each in found) else 0


def _changes_what_is_measured(asked: RunOptions) -> bool:
    """Whether a run explained so is not the run as it was measured."""
    return bool(
        asked.arms
        or asked.baseline is not None
        or asked.inputs
        or asked.batches
        or asked.call_modes
    )
