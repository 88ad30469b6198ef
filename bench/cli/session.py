"""Measures with a display: what a measuring command does once the request is understood."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from bench.cli.errors import INTERRUPTED
from bench.cli.progress import progress
from bench.cli.signals import interruptible
from bench.doctor.machine import resources
from bench.domain.errors import BenchError
from bench.domain.findings.run import Findings
from bench.domain.plan import Plan
from bench.execution.listener import Listener
from bench.execution.prepare import freeze
from bench.execution.processes.environment import Survey, survey
from bench.execution.processes.interpreter import Interpreter, InterpreterFailed
from bench.execution.processes.requests import launch_spec
from bench.execution.progress import counted
from bench.execution.rounds.estimate import estimate
from bench.report.text.formatting import approximate_duration
from bench.store.locate import RUNS
from bench.store.run_folder import RunFolder


class CannotStart(BenchError, RuntimeError):
    """Nothing more can be measured, for a reason the user can mend; the message says which."""


@dataclass(frozen=True)
class SessionActions:
    """What a command does with a run: how it is carried out, answered and gone on with.

    ``command`` holds the words of the command that ``--resume`` goes on with; ``prepare`` adds to a
    new folder what must be in it before the first measurement; ``answer`` returns the exit code.
    """

    command: tuple[str, ...]
    execute: Callable[[RunFolder, Listener, Interpreter | None], Findings]
    answer: Callable[[RunFolder, Findings], int]
    prepare: Callable[[RunFolder], None] = lambda folder: None


def begin(plan: Plan, runs: Path, job: SessionActions) -> int:
    """Measure ``plan`` into a new folder below ``runs``; returns the exit code.

    Raises ``CannotStart`` when the folder cannot be written, the measured interpreter does not
    start, or a reference does not resolve in it.
    """
    _check_writable(runs)
    with interruptible():
        try:
            return _survey_and_measure(plan, runs, job)
        except KeyboardInterrupt:
            click.echo("bench: interrupted before anything was measured", err=True)
            return INTERRUPTED
        except InterpreterFailed as error:
            raise CannotStart(str(error)) from error


def dry_run(plan: Plan, as_json: bool) -> int:
    """Print what ``plan`` holds and how long it would take; measures nothing, makes no folder.

    Raises ``CannotStart`` as ``begin`` does.
    """
    click.echo("importing the framework, and trying each panel once ...", err=True)
    try:
        with Interpreter(launch_spec(plan, 0)) as interpreter:
            found = survey(interpreter, plan)
        if found.bad:
            raise CannotStart(_bad_references(plan, found.bad))
        known = estimate(plan)
    except InterpreterFailed as error:
        raise CannotStart(str(error)) from error
    if as_json:
        click.echo(json.dumps({"schema": 1, **dataclasses.asdict(known)}, indent=2))
        return 0
    names = ", ".join(scenario.name for scenario in plan.scenarios)
    verdict = f"; a verdict needs {known.rounds_needed} at least" if known.comparisons else ""
    earlier = ", or earlier, once every comparison is resolved" if known.comparisons else ""
    click.echo(
        f"{names}: {counted(known.cells, 'cell')} a round, the placebo's included, "
        f"{counted(known.comparisons, 'comparison')}\n"
        f"a round takes about {approximate_duration(known.round_seconds)}, of "
        f"{counted(plan.replicates, 'replicate')}{verdict}\n"
        f"about {approximate_duration(known.seconds)} for {counted(known.rounds, 'round')}{earlier}"
    )
    for failure in known.untried:
        click.echo(f"failed: {failure}")
    return 0


def resume(folder: RunFolder, job: SessionActions) -> int:
    """Measure what is missing of the run in ``folder``; returns the exit code.

    Raises ``CannotStart`` when what would be measured is not what was measured before: another
    version, a builder that does not resolve from here, fewer cores than the plan needs.
    """
    with interruptible():
        try:
            plan = folder.record.plan
            click.echo("importing the framework ...", err=True)
            with Interpreter(launch_spec(plan, len(folder.rounds()))) as interpreter:
                _check_unchanged(folder, survey(interpreter, plan))
                return _measure(folder, interpreter, job)
        except KeyboardInterrupt:
            click.echo("bench: interrupted before anything more was measured", err=True)
            return INTERRUPTED
        except InterpreterFailed as error:
            raise CannotStart(str(error)) from error


def _check_unchanged(folder: RunFolder, found: Survey) -> None:
    plan, before = folder.record.plan, folder.record.environment
    if found.bad:
        where = "resume in the folder in which the run was begun"
        raise CannotStart(f"{_bad_references(plan, found.bad)}; {where}")
    for name, version in found.versions.items():
        if before.get(name) != version:
            raise CannotStart(
                f"the run was begun with {name} {before.get(name)}, and this is {version}: "
                "versions cannot be mixed in one run"
            )
    if plan.pin and resources().cores < plan.jobs:
        raise CannotStart(f"the plan needs {plan.jobs} cores, and {resources().cores} may be used")


def _survey_and_measure(plan: Plan, runs: Path, job: SessionActions) -> int:
    click.echo("importing the framework ...", err=True)
    with Interpreter(launch_spec(plan, 0)) as interpreter:
        found = survey(interpreter, plan)
        if found.bad:
            raise CannotStart(_bad_references(plan, found.bad))
        frozen = freeze(plan, found, interpreter, runs, lambda line: click.echo(line, err=True))
        job.prepare(frozen.folder)
        return _measure(frozen.folder, frozen.interpreter, job)


def _measure(folder: RunFolder, interpreter: Interpreter | None, job: SessionActions) -> int:
    again = _resume_command(folder, job)
    try:
        with progress(folder) as listener:
            findings = job.execute(folder, listener, interpreter)
        return job.answer(folder, findings)
    except KeyboardInterrupt:
        rounds = len(folder.rounds())
        click.echo(
            f"bench: interrupted; {rounds} {'round is' if rounds == 1 else 'rounds are'} stored in "
            f"{folder.path}\nresume with: {again}",
            err=True,
        )
        return INTERRUPTED
    except (OSError, InterpreterFailed) as error:
        raise CannotStart(f"stopped: {error}. Fix it, then resume with: {again}") from error


def _check_writable(runs: Path) -> None:
    try:
        runs.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=runs):
            pass
    except OSError as error:
        raise CannotStart(f"cannot write to {runs}: {error.strerror}") from error


def _bad_references(plan: Plan, bad: Mapping[str, str]) -> str:
    names = {reference: f"architecture {reference!r}" for reference in plan.architectures.values()}
    for scenario in plan.scenarios:
        if scenario.lifecycle is not None:
            names[scenario.lifecycle.function] = f"the lifecycle of {scenario.name!r}"
        for arm in scenario.arms:
            if not arm.placebo:
                names[arm.builder] = f"arm {arm.name!r}"
                if arm.patch is not None:
                    names[arm.patch] = f"the patch of arm {arm.name!r}"
    reference, why = next(iter(bad.items()))
    return f"{names[reference]}: {why}"


def _resume_command(folder: RunFolder, job: SessionActions) -> str:
    program = os.environ.get("BENCH_COMMAND", "bench")
    command = [program, *job.command, "--resume", folder.record.run]
    if folder.path.parent.resolve() != RUNS.resolve():
        command[-1] = str(folder.path)
    return shlex.join(command)
