"""``bench run``: measure, analyse, draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bench.cli import completion, option_types, options


@click.command("run")
@click.argument(
    "scenarios",
    nargs=-1,
    metavar="[SCENARIO|FILE.py]...",
    shell_complete=completion.SCENARIOS,
)
@click.option("--quick", "preset", flag_value="quick", help="A first look: ends within 3 minutes.")
@click.option(
    "--standard",
    "preset",
    flag_value="standard",
    default="standard",
    help="Ends within 12 minutes. [default]",
)
@click.option(
    "--thorough", "preset", flag_value="thorough", help="For results to publish: takes hours."
)
@options.scenario_options
@click.option("--rounds", type=click.IntRange(1), help="Limit of rounds. [default: the preset's]")
@click.option(
    "--replicates",
    type=click.IntRange(1),
    help="Invocations of a cell per round. [default: the preset's]",
)
@click.option(
    "--budget",
    "budget_s",
    type=option_types.DURATION,
    help="Limit of the time to measure. [default: the preset's]",
)
@click.option(
    "--margin", type=option_types.PERCENT, default="5%", help="Equivalence margin. [default: 5%]"
)
@click.option(
    "--isolation",
    type=click.Choice(["fork", "start", "none"]),
    default="fork",
    help="How the process of an invocation is created. [default: fork]",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=option_types.DURATION,
    default="120",
    help="Time limit of one invocation. [default: 120]",
)
@click.option(
    "--memory",
    "memory_bytes",
    type=option_types.SIZE,
    help="Memory limit of one invocation. [default: 3/4 of free memory, shared by the jobs]",
)
@click.option(
    "--threads", type=click.IntRange(1), help="Framework threads. [default: the framework's]"
)
@click.option(
    "--pin/--no-pin",
    default=True,
    help="Pin each process to one core and correct for its speed. [default: pin]",
)
@click.option(
    "--jobs", type=click.IntRange(1), help="Invocations in parallel. [default: the preset's]"
)
@click.option("--seed", type=click.IntRange(0), help="Seed of order and data. [default: random]")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of runs. [default: results/runs]"
)
@click.option(
    "--profile", is_flag=True, help="Profile every cell after the run, for bench tensorboard."
)
@click.option("--dry-run", is_flag=True, help="Print what would be measured and how long it takes.")
@click.option("--resume", metavar="RUN", help="Resume an interrupted run.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON document.")
def command(
    resume: str | None,
    out: Path | None,
    profile: bool,
    dry_run: bool,
    as_json: bool,
    **wishes: Any,
) -> int:
    """Measure scenarios (default: build_style), analyse them and draw charts.

    Example: bench run build_style --quick --layers 4,16,64
    """
    from bench.domain.profiling import Profiling
    from bench.store.locate import RUNS, locate

    runs = out or RUNS
    profiling = Profiling() if profile else None
    if resume is not None:
        option_types.refuse_other_options("resume", "out", "profile", "as_json")
        folder = locate(resume, runs)
    else:
        plan = options.plan(**wishes)

    # Here begins what takes a second to import.
    from bench.cli import session
    from bench.cli.publish import job

    if resume is not None:
        return session.resume(folder, job(as_json, profiling))
    if dry_run:
        return session.dry_run(plan, as_json)
    return session.begin(plan, runs, job(as_json, profiling))
