"""``bench run``: measure, analyse, draw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import completion, option_types, options

if TYPE_CHECKING:
    from bench.domain.design.plan import Isolation
    from bench.planning.requirements import RequirementSet
    from bench.planning.run_options import RunOptions, Schedule


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
@click.option(
    "--interpreter",
    "interpreters",
    type=option_types.INTERPRETER,
    multiple=True,
    metavar="NAME=PATH|REQUIREMENTS",
    help="An environment, by the path of its Python or by what to install into a new one, for "
    "example keras==3.10 or keras@FOLDER; of several, all are compared with the first. "
    "[default: the Python that runs bench]",
)
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
    "--margin",
    type=option_types.PERCENT,
    help="Equivalence margin. [default: the preset's, 5% or 2%]",
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
    help="Time limit of one invocation; importing the framework may take 2.5 times as long. "
    "[default: 120]",
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
@click.option(
    "--schedule",
    type=click.Choice(["auto", "solo"]),
    default="auto",
    help="Whether arms share cores where they can. [default: auto]",
)
@options.seed
@options.runs_folder
@click.option(
    "--profile", is_flag=True, help="Profile every cell after the run, for bench tensorboard."
)
@click.option(
    "--watch", is_flag=True, help="Serve the growing report to a browser of this machine meanwhile."
)
@click.option(
    "--evidence/--no-evidence",
    default=True,
    help="Compare programs and count calls after the rounds. [default: evidence]",
)
@click.option(
    "--report/--no-report",
    default=True,
    help="Draw charts, write the report and what TensorBoard shows. [default: report]",
)
@click.option("--dry-run", is_flag=True, help="Print what would be measured and how long it takes.")
@click.option("--resume", metavar="RUN", help="Resume an interrupted run.")
@options.trust
@options.json_output
def command(
    asked: RunOptions,
    scenarios: tuple[str, ...],
    preset: str,
    interpreters: tuple[tuple[str, str | RequirementSet], ...],
    rounds: int | None,
    replicates: int | None,
    budget_s: float | None,
    margin: float | None,
    isolation: Isolation,
    timeout_s: float,
    memory_bytes: float | None,
    threads: int | None,
    pin: bool,
    jobs: int | None,
    schedule: Schedule,
    seed: int | None,
    runs: Path,
    profile: bool,
    watch: bool,
    evidence: bool,
    report: bool,
    dry_run: bool,
    resume: str | None,
    trust: bool,
    as_json: bool,
) -> int:
    """Measure scenarios (default: build_style), analyse them and draw charts.

    Example: bench run build_style --quick --layers 4,16,64
    """
    from bench.api.planning import choose_or_default, plan_session
    from bench.cli import session
    from bench.cli.publish import run_actions
    from bench.domain.design.profiling import Profiling
    from bench.execution.environments.made import pythons
    from bench.planning import written
    from bench.store.locate import locate

    actions = run_actions(as_json, Profiling() if profile else None, report=report)
    if resume is not None:
        option_types.refuse_other_options("resume", "runs", "profile", "report", "trust", "as_json")
        return session.resume(locate(resume, runs), actions, trust)
    wanted = replace(
        asked,
        rounds=rounds,
        replicates=replicates,
        budget_s=budget_s,
        evidence=evidence,
        margin=margin,
        isolation=isolation,
        timeout_s=timeout_s,
        memory_bytes=None if memory_bytes is None else int(memory_bytes),
        threads=threads,
        pin=pin,
        jobs=jobs,
        schedule=schedule,
        seed=seed,
        interpreters=pythons(written.interpreters(interpreters), asked.backends, session.say),
    )
    chosen = choose_or_default(scenarios, wanted)
    plan = plan_session(chosen, wanted, preset)
    session.say_replaced(chosen, wanted)
    if dry_run:
        return session.dry_run(plan, as_json)
    if not watch:
        return session.begin(plan, runs, actions)
    from bench.runs.watch import watching

    with watching(session.say) as serve:
        return session.begin(plan, runs, replace(actions, prepare=serve))
