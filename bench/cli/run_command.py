"""``bench run``: measure, analyse, draw."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import types
from bench.cli.errors import mendable
from bench.plan import catalogue
from bench.plan.presets import PRESETS
from bench.plan.scenario import InvalidScenario

if TYPE_CHECKING:
    from bench.analysis.findings import Findings
    from bench.cli.measuring import Job
    from bench.store.folder import RunFolder

_PROBLEMS = (catalogue.UnknownName, InvalidScenario)


@click.command("run", short_help="Measure scenarios, analyse, draw charts.")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
@click.option("--quick", "preset", flag_value="quick", help="A first look: ends in 3 minutes.")
@click.option(
    "--standard",
    "preset",
    flag_value="standard",
    default="standard",
    help="Ends in 12 minutes. [default]",
)
@click.option("--thorough", "preset", flag_value="thorough", help="Publishable: hours.")
@click.option("--layers", type=types.LAYERS, help="Depths to sweep. [default: the scenario's]")
@click.option(
    "--architecture",
    "architectures",
    type=types.NAMES,
    help="Architectures, by name or MODULE:FUNCTION. [default: the scenario's first ones]",
)
@click.option(
    "--arm",
    "arms",
    type=types.ARM,
    multiple=True,
    metavar="NAME=MODULE:FUNCTION",
    help="Add an arm, or replace one; with no SCENARIO, compare just these. Repeatable.",
)
@click.option("--baseline", help="The arm to compare with. [default: the scenario's]")
@click.option(
    "--entry", "entries", type=types.NAMES, help="How models are called. [default: function]"
)
@click.option(
    "--device", "devices", type=types.NAMES, default=("cpu",), help="cpu, gpu. [default: cpu]"
)
@click.option("--rounds", type=click.IntRange(1), help="At most. [default: the preset's]")
@click.option("--replicates", type=click.IntRange(1), help="Per round. [default: the preset's]")
@click.option(
    "--budget", "budget_s", type=types.DURATION, help="Time to measure. [default: the preset's]"
)
@click.option(
    "--margin", type=types.PERCENT, default="5%", help="Equivalence margin. [default: 5%]"
)
@click.option(
    "--isolation",
    type=click.Choice(["fork", "start", "none"]),
    default="fork",
    help="How an invocation gets its process. [default: fork]",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=types.DURATION,
    default="120",
    help="Time one invocation may take. [default: 120]",
)
@click.option(
    "--memory",
    "memory_bytes",
    type=types.SIZE,
    help="Resident memory one invocation may take. [default: 3/4 of what is free, shared]",
)
@click.option(
    "--threads", type=click.IntRange(1), help="Framework threads. [default: the framework's]"
)
@click.option(
    "--pin/--no-pin",
    default=True,
    help="Keep each measured process on one core, and follow the pace of that core. [default: pin]",
)
@click.option(
    "--jobs", type=click.IntRange(1), help="Invocations side by side. [default: the preset's]"
)
@click.option("--seed", type=click.IntRange(0), help="Decides order and data. [default: random]")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of runs. [default: results/runs]"
)
@click.option("--resume", metavar="RUN", help="Go on with an interrupted run.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON document.")
def command(resume: str | None, out: Path | None, as_json: bool, **wishes: Any) -> int:
    """Measure scenarios (default: build_style), analyse, draw charts.

    Example: bench run build_style --quick --layers 4,16,64
    """
    from bench.cli import measuring
    from bench.store.folder import NotARun, RunBusy
    from bench.store.locate import RUNS, locate

    runs = out or RUNS
    job = _job(as_json)
    if resume is not None:
        types.refuse_other_options("resume", "out", "as_json")
        with mendable(NotARun):
            folder = locate(resume, runs)
        with mendable(NotARun, RunBusy, measuring.CannotStart):
            return measuring.resume(folder, job)
    seed = wishes.pop("seed")
    with mendable(*_PROBLEMS):
        plan = _plan(random.SystemRandom().getrandbits(32) if seed is None else seed, **wishes)
    with mendable(measuring.CannotStart):
        return measuring.begin(plan, runs, job)


def _job(as_json: bool) -> Job:
    from bench.cli.measuring import Job
    from bench.cli.output import print_findings
    from bench.runner.run import carry_out

    def answer(folder: RunFolder, findings: Findings) -> None:
        from bench.publish.charts import draw_charts

        print_findings(findings, as_json)
        if draw_charts(findings, folder.path / "charts"):
            click.echo(f"charts: {folder.path / 'charts'}", err=True)
        click.echo(f"run folder: {folder.path}", err=True)

    return Job("run", carry_out, answer)


def _plan(
    seed: int,
    scenarios: tuple[str, ...],
    preset: str,
    arms: tuple[Any, ...],
    memory_bytes: float | None,
    **wishes: Any,
) -> Any:
    from bench.plan.compose import Wishes, compose
    from bench.runner.machine import resources

    if not scenarios and not arms:
        scenarios = ("build_style",)
    known = catalogue.scenarios()
    chosen = {name: known[catalogue.known(name, "scenario", known)] for name in scenarios}
    machine = resources()
    return compose(
        chosen,
        PRESETS[preset],
        Wishes(
            seed=seed,
            arms=dict(arms),
            cores=machine.cores,
            free_memory_bytes=machine.memory_bytes,
            memory_bytes=None if memory_bytes is None else int(memory_bytes),
            **wishes,
        ),
        python=sys.executable,
    )
