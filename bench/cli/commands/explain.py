"""``bench explain``: why one arm costs more than another, by evidence without noise."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import completion, option_types
from bench.cli.errors import WrongRequest
from bench.cli.run_or_scenario import resolve_run
from bench.domain.scenario import Scenario
from bench.planning import registry
from bench.planning.scenario_files import scenarios_of

if TYPE_CHECKING:
    from bench.domain.findings.explanation import Explanation
    from bench.domain.plan import Input, Plan
    from bench.store.run_folder import RunFolder

_DEPTHS = (8, 16, 32, 64)
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
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of runs. [default: results/runs]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    target: str | None,
    layers: tuple[int, ...] | None,
    architectures: tuple[str, ...] | None,
    arms: tuple[Any, ...],
    baseline: str | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Explain why one arm of a scenario or of a finished run costs more than another: are they the
    same program, how much work does each do, which function grows, and where does growth begin?

    Example: bench explain build_style --architecture mlp
    """
    from bench.cli.printing import print_tables
    from bench.report.charts.call_growth import draw_growth
    from bench.report.tables.explanation import explanation_tables
    from bench.runs.conclude import conclude

    folder = None if target is None else resolve_run(target, out)
    plan = _plan(target, folder, layers, architectures, dict(arms), baseline)
    if folder is not None and (arms or baseline is not None):
        click.echo("not stored with the run, which has other arms or another baseline", err=True)
        folder = None
    found = _explained(plan)
    for explanation in found:
        if folder is not None:
            folder.write_explanation(explanation)
        for path in draw_growth(explanation, (folder.path if folder else _DRAWN) / "charts"):
            click.echo(f"chart: {path}", err=True)
    if folder is not None and folder.rounds():
        # Arms with one compiled program are controls of the run from now on.
        folder.write_findings(conclude(folder))
    if as_json:
        documents = [json.loads(each.model_dump_json()) for each in found]
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, indent=2))
    else:
        for explanation in found:
            print_tables(explanation_tables(explanation))
    return 3 if any(each.failures for each in found) else 0


def _plan(
    target: str | None,
    folder: RunFolder | None,
    layers: tuple[int, ...] | None,
    architectures: tuple[str, ...] | None,
    arms: dict[str, Any],
    baseline: str | None,
) -> Plan:
    from bench.doctor.machine import resources
    from bench.planning.build import RunOptions, compose
    from bench.planning.presets import PRESETS
    from bench.planning.scenarios import scenario_from_plan

    chosen: dict[str, Scenario] = {}
    inputs: tuple[Input, ...] = ()
    folders: tuple[str, ...] = ()
    if folder is not None:
        plan = folder.record.plan
        inputs, folders = plan.inputs, plan.folders
        chosen = {each.name: scenario_from_plan(each, plan.panels) for each in plan.scenarios}
    elif target is not None and target.endswith(".py"):
        chosen = dict(scenarios_of(Path(target)))
        folders = (str(Path(target).parent.resolve()),)
    elif target is not None or not arms:
        name = target or registry.suite().default
        chosen = {name: registry.scenarios()[name]}
    chosen = {
        name: replace(scenario, layers=_depths(scenario)) for name, scenario in chosen.items()
    }
    swept = bool(chosen) and all(scenario.layers for scenario in chosen.values())
    if not layers and not swept and any(map(registry.takes_depth, architectures or ())):
        layers = _DEPTHS
    machine = resources()
    return compose(
        chosen,
        PRESETS["quick"],
        RunOptions(
            seed=0,
            cores=machine.cores,
            free_memory_bytes=machine.memory_bytes,
            arms=arms,
            baseline=baseline,
            architectures=architectures,
            layers=layers,
            inputs=inputs,
            folders=folders,
        ),
        python=sys.executable,
    )


def _depths(scenario: Scenario) -> Sequence[int]:
    """Depths to tell growth by.

    A lifecycle of its own may make many models of each depth: it goes no deeper than its scenario.
    """
    if not scenario.layers:
        return scenario.layers
    if scenario.lifecycle is None:
        return _DEPTHS
    part = min(max(scenario.layers) / max(_DEPTHS), 1.0)
    return sorted({max(1, round(part * each)) for each in _DEPTHS})


def _explained(plan: Plan) -> list[Explanation]:
    from bench.execution.passes.explain import explained
    from bench.execution.processes.environment import environment, survey
    from bench.execution.processes.interpreter import Interpreter
    from bench.execution.processes.requests import launch_spec

    click.echo("importing the framework ...", err=True)
    with Interpreter(launch_spec(plan, 0)) as interpreter:
        found = survey(interpreter, plan)
        for reference, why in found.bad.items():
            raise WrongRequest(f"{reference}: {why}")
        return explained(plan, environment(found), interpreter, _say)


def _say(done: int, tasks: int) -> None:
    if done % 10 == 0 or done == tasks:
        click.echo(f"{done} of {tasks} passes", err=True)
