"""``bench profile``: capture TensorBoard profiles, phase by phase."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import completion, option_types, options
from bench.cli.output import echo
from bench.cli.run_or_scenario import resolve_run

if TYPE_CHECKING:
    from bench.domain.design.profiling import Profiling
    from bench.planning.run_options import RunOptions
    from bench.store.run_folder import RunFolder


@click.command("profile")
@click.argument(
    "scenarios",
    nargs=-1,
    metavar="[RUN|SCENARIO]...",
    shell_complete=completion.RUN_OR_SCENARIO,
)
@options.scenario_options
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Timed rounds, as a reference for the cost of profiling.",
)
@click.option(
    "--steps",
    type=click.IntRange(2),
    default=22,
    show_default=True,
    help="Calls in each repeated phase; the viewer's overview leaves out the first and the last.",
)
@click.option(
    "--calls",
    "modules",
    type=option_types.NAMES,
    default=("keras",),
    help="Modules whose Python calls the second profile of each cell marks, in addition to the "
    "builder's. [default: keras]",
)
@click.option(
    "--depth",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Maximum nesting depth of marked calls.",
)
@click.option(
    "--most",
    type=click.IntRange(1),
    default=200_000,
    show_default=True,
    help="Maximum number of marked calls.",
)
@options.seed
@options.runs_folder
@options.trust
@options.json_output
def command(
    asked: RunOptions,
    scenarios: tuple[str, ...],
    rounds: int,
    steps: int,
    modules: tuple[str, ...],
    depth: int,
    most: int,
    seed: int | None,
    runs: Path,
    trust: bool,
    as_json: bool,
) -> int:
    """Profile every cell of a finished RUN, or of scenarios (default: build_style) after a few
    timed rounds. Each cell is profiled twice: unchanged, and with its Python calls marked.

    Example: bench profile build_style --architecture mlp --layers 16,64
    """
    from bench.api.planning import choose_or_default, plan_session
    from bench.api.session import reopen
    from bench.domain.design.profiling import Profiling
    from bench.store.code import check_files

    profiling = Profiling(steps=steps, modules=modules, depth=depth, most=most)
    folder = resolve_run(scenarios[0], runs) if len(scenarios) == 1 else None
    if folder is not None:
        option_types.refuse_other_options(
            *("scenarios", "steps", "modules", "depth", "most", "runs", "trust", "as_json"),
            why="a run is profiled as it was measured",
        )
        check_files(folder.record.code)
        reopen(folder, trust, lambda line: echo(line, err=True))
        return _profile(folder, profiling, as_json)
    wanted = replace(asked, rounds=rounds, seed=seed)
    chosen = choose_or_default(scenarios, wanted)
    plan = plan_session(chosen, wanted, "quick")

    # Here begins what takes a second to import.
    from bench.cli import session
    from bench.cli.publish import run_actions

    session.say_replaced(chosen, wanted)
    return session.begin(plan, runs, run_actions(as_json, profiling))


def _profile(folder: RunFolder, profiling: Profiling, as_json: bool) -> int:
    from bench.cli.publish import profile_and_publish
    from bench.runs.findings import current_findings

    findings = current_findings(folder)
    return profile_and_publish(folder, findings, profiling, as_json)
