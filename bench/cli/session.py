"""A session on the terminal: progress is shown, an interruption says how the run is resumed."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from bench.api import session as api
from bench.api.planning import Chosen
from bench.api.session import CannotStart, Execute, Session
from bench.cli import INTERRUPTED
from bench.cli.output import echo
from bench.cli.progress import progress
from bench.cli.signals import request_is_heard
from bench.domain.design.plan import Plan
from bench.domain.findings.run import Findings
from bench.domain.words import pluralise
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.rounds.run import execute_run
from bench.planning.call_modes import replaced_call_modes
from bench.planning.run_options import RunOptions
from bench.report.text.formatting import approximate_duration
from bench.store.code import CodeChanged
from bench.store.locate import RUNS
from bench.store.run_folder import RunFolder


@dataclass(frozen=True)
class SessionActions:
    """What a command does with a run: how it is measured, answered and resumed.

    ``command`` holds the words of the command that ``--resume`` goes on with; ``prepare`` adds to a
    new folder what must be in it before the first measurement; ``answer`` returns the exit code.
    """

    command: tuple[str, ...]
    answer: Callable[[RunFolder, Findings], int]
    execute: Execute = execute_run
    prepare: Callable[[RunFolder], None] = lambda folder: None


def say(line: str) -> None:
    """Print a line of progress."""
    echo(line, err=True)


def say_replaced(chosen: Chosen, asked: RunOptions) -> None:
    """Say which call modes the backend lacks, and what takes their place."""
    for line in replaced_call_modes(chosen.scenarios, asked.call_modes, asked.backends):
        say(line)


def begin(plan: Plan, runs: Path, actions: SessionActions) -> int:
    """Measure ``plan`` into a new folder below ``runs``; returns the exit code.

    Raises ``CannotStart`` when the folder cannot be written, the measured interpreter does not
    start, or a reference does not resolve in it.
    """
    terminal = _Terminal(actions, prepare=actions.prepare)
    with terminal.interruptible():
        with terminal.watched():
            measured = api.begin(plan, runs, terminal.session)
        return actions.answer(*measured)
    return INTERRUPTED


def resume(folder: RunFolder, actions: SessionActions, trusts: bool = False) -> int:
    """Measure what is missing of the run in ``folder``; returns the exit code.

    Raises ``CannotStart`` when what would be measured is not what was measured before, and what
    ``reopen`` raises.
    """
    terminal = _Terminal(actions)
    with terminal.interruptible():
        api.reopen(folder, trusts, say)
        with terminal.watched():
            findings = api.resume(folder, terminal.session)
        return actions.answer(folder, findings)
    return INTERRUPTED


def dry_run(plan: Plan, as_json: bool) -> int:
    """Print what ``plan`` holds and how long it would take; measures nothing, makes no folder.

    Raises ``CannotStart`` and ``InterpreterFailed`` as ``begin`` does.
    """
    say("importing the framework, and trying each panel once ...")
    known = api.estimated(plan)
    if as_json:
        click.echo(json.dumps({"schema": 1, **dataclasses.asdict(known)}, indent=2))
        return 0
    names = ", ".join(scenario.name for scenario in plan.scenarios)
    verdict = f"; a verdict needs {known.rounds_needed} at least" if known.comparisons else ""
    earlier = ", or earlier, once every comparison is resolved" if known.comparisons else ""
    rounds = pluralise(known.rounds, "round")
    echo(
        f"{names}: {pluralise(known.cells, 'cell')} a round, the placebo's included, "
        f"{pluralise(known.comparisons, 'comparison')}\n"
        f"a round takes about {approximate_duration(known.round_seconds)}, of "
        f"{pluralise(plan.replicates, 'replicate')}{verdict}\n"
        f"about {approximate_duration(known.seconds)} for {rounds}{earlier}"
    )
    for failure in known.untried:
        echo(f"failed: {failure}")
    return 0


@dataclass
class _Terminal:
    """Remembers the folder of a session, to say how it is resumed."""

    actions: SessionActions
    prepare: Callable[[RunFolder], None] = lambda folder: None
    folder: RunFolder | None = field(default=None, init=False)

    @property
    def session(self) -> Session:
        return Session(
            say=say,
            listener=progress,
            command=words(),
            begins=self._begins,
            execute=self.actions.execute,
        )

    def _begins(self, folder: RunFolder) -> None:
        self.folder = folder
        self.prepare(folder)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Say what is stored when the session is interrupted."""
        try:
            yield
        except KeyboardInterrupt:
            request_is_heard()
            say(self._interrupted())

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Say what is stored when nothing more can be measured."""
        try:
            yield
        except (OSError, InterpreterFailed, CodeChanged) as error:
            if self.folder is None:
                raise
            if not self.folder.path.exists():
                raise CannotStart(f"stopped: {self.folder.path} is gone") from error
            again = _resume_command(self.folder, self.actions)
            remedy = "restore it" if isinstance(error, CodeChanged) else "fix it"
            raise CannotStart(f"stopped: {error}; {remedy}, then resume with: {again}") from error

    def _interrupted(self) -> str:
        if self.folder is None:
            return "bench: interrupted before anything was measured"
        if not self.folder.path.exists():
            return f"bench: interrupted; {self.folder.path} is gone"
        rounds = pluralise(len(self.folder.rounds()), "round")
        again = _resume_command(self.folder, self.actions)
        return f"bench: interrupted; {rounds} stored in {self.folder.path}\nresume with: {again}"


def words() -> tuple[str, ...]:
    """The command that this process was called with, as a user types it."""
    return (os.environ.get("BENCH_COMMAND", "bench"), *sys.argv[1:])


def command_for(folder: RunFolder, *words: str) -> str:
    """What a user types to call a command, of ``words``, with the run in ``folder``."""
    program = os.environ.get("BENCH_COMMAND", "bench")
    is_usual = folder.path.parent.resolve() == RUNS.resolve()
    return shlex.join([program, *words, folder.record.run if is_usual else str(folder.path)])


def _resume_command(folder: RunFolder, actions: SessionActions) -> str:
    return command_for(folder, *actions.command, "--resume")
