"""One session of measuring: from a plan to a run folder with findings, for all who measure.

A session starts the measured interpreter, looks at what is installed in it and whether every
builder resolves, settles the plan (a pilot may choose the replicates), measures, and concludes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from bench.domain.design.plan import Plan
from bench.domain.errors import BenchError
from bench.domain.findings.run import Findings
from bench.execution.listener import Listener
from bench.execution.prepare import freeze
from bench.execution.processes.dispatcher import MAX_STARTS
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.environment import Survey, survey
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import launch_spec
from bench.execution.resources import resources
from bench.execution.rounds.estimate import Estimate, estimate
from bench.execution.rounds.run import execute_run
from bench.store.run_folder import RunFolder

Execute = Callable[[RunFolder, Listener, "Interpreter | None"], Findings]


class CannotStart(BenchError, RuntimeError):
    """Nothing can be measured, for a reason that a user can act on; the message says which."""


@dataclass(frozen=True)
class Session:
    """What happens around the measurements: who follows them, and how a folder is measured.

    ``say`` is given lines about what happens before the first round, ``listener`` makes who follows
    the rounds in a folder. ``begins`` is given a new folder before the first round. ``execute``
    measures what is missing in a folder and returns the findings.
    """

    say: Callable[[str], None] = lambda line: None
    listener: Callable[[RunFolder], AbstractContextManager[Listener]] = lambda folder: nullcontext(
        Listener()
    )
    begins: Callable[[RunFolder], None] = lambda folder: None
    execute: Execute = execute_run


@dataclass(frozen=True)
class Started:
    """A measured interpreter that has started, and what was found in it."""

    interpreter: Interpreter
    found: Survey


@contextmanager
def started(plan: Plan, round_number: int = 0) -> Iterator[Started]:
    """The measured interpreter of ``plan``, surveyed; it is ended with the context.

    ``round_number`` is the round it may be used for. One that is ended from outside is replaced.
    Raises ``InterpreterFailed`` when it does not start.
    """
    ready = _started(plan, round_number)
    with ready.interpreter:
        yield ready


def _started(plan: Plan, round_number: int) -> Started:
    starts = 0
    while True:
        interpreter = Interpreter(launch_spec(plan, round_number))
        starts += 1
        try:
            found = survey(interpreter, plan)
        except BaseException as failure:
            interpreter.close()
            is_accident = isinstance(failure, InterpreterFailed) and failure.by_accident
            if not is_accident or starts == MAX_STARTS:
                raise
            continue
        # One that ended while names were looked up was ended from outside, or by a module.
        if not interpreter.has_ended or starts > 1:
            return Started(interpreter, found)


def begin(plan: Plan, runs: Path, session: Session) -> tuple[RunFolder, Findings]:
    """Measure ``plan`` into a new folder below ``runs``.

    Raises ``CannotStart`` when ``runs`` cannot be written or a reference does not resolve,
    ``InterpreterFailed`` when the measured interpreter does not start or ends, and
    ``KeyboardInterrupt`` when all processes have ended and finished rounds are stored.
    """
    check_writable(runs)
    session.say("importing the framework ...")
    with started(plan) as ready:
        check_references(plan, ready.found.bad)
        for note in ready.found.notes:
            session.say(note)
        return measure(plan, ready, runs, session)


def measure(plan: Plan, ready: Started, runs: Path, session: Session) -> tuple[RunFolder, Findings]:
    """Settle ``plan`` with an interpreter that is ``ready``, make its folder, and measure.

    Raises what ``begin`` raises, and ``OSError`` when the folder cannot be written.
    """
    frozen = freeze(plan, ready.found, ready.interpreter, runs, session.say)
    session.begins(frozen.folder)
    return frozen.folder, _executed(frozen.folder, frozen.interpreter, session)


def resume(folder: RunFolder, session: Session) -> Findings:
    """Measure what is missing of the run in ``folder``.

    Raises ``CannotStart`` when what would be measured is not what was measured before: another
    version, a builder that does not resolve from here, fewer cores than the plan needs; and what
    ``begin`` raises.
    """
    plan = folder.record.plan
    session.say("importing the framework ...")
    with started(plan, len(folder.rounds())) as ready:
        _check_unchanged(folder, ready.found)
        session.begins(folder)
        return _executed(folder, ready.interpreter, session)


def estimated(plan: Plan) -> Estimate:
    """What ``plan`` holds and how long it would take; each panel is tried once, nothing is stored.

    Raises ``CannotStart`` and ``InterpreterFailed`` as ``begin`` does.
    """
    with started(plan) as ready:
        check_references(plan, ready.found.bad)
        return estimate(plan, ready.interpreter)


def check_writable(runs: Path) -> None:
    """Make the folder ``runs``. Raises ``CannotStart`` when nothing can be written to it."""
    try:
        runs.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=runs):
            pass
    except OSError as error:
        raise CannotStart(f"cannot write to {runs}: {error.strerror}") from error


def check_references(plan: Plan, bad: Mapping[str, str]) -> None:
    """Raises ``CannotStart`` for the first of the references that do not resolve, and why."""
    for reference, why in bad.items():
        raise CannotStart(f"{_names_of_references(plan)[reference]}: {why}")


def _executed(folder: RunFolder, interpreter: Interpreter | None, session: Session) -> Findings:
    with session.listener(folder) as listener:
        return session.execute(folder, listener, interpreter)


def _check_unchanged(folder: RunFolder, found: Survey) -> None:
    plan, before = folder.record.plan, folder.record.environment
    try:
        check_references(plan, found.bad)
    except CannotStart as error:
        raise CannotStart(f"{error}; resume in the folder in which the run was begun") from error
    for name, version in (*found.versions.items(), *found.settings.items()):
        # What older runs did not record cannot be compared.
        known = name in before or name in found.versions
        if known and before.get(name) != version:
            raise CannotStart(
                f"the run was begun with {name} {before.get(name)}, and this is {version}: "
                "versions cannot be mixed in one run"
            )
    if plan.pin and resources().cores < plan.jobs:
        raise CannotStart(f"the plan needs {plan.jobs} cores, and {resources().cores} may be used")


def _names_of_references(plan: Plan) -> Mapping[str, str]:
    """What each reference of ``plan`` is there for, in words."""
    names = {reference: f"architecture {reference!r}" for reference in plan.architectures.values()}
    for scenario in plan.scenarios:
        if scenario.lifecycle is not None:
            names[scenario.lifecycle.function] = f"the lifecycle of {scenario.name!r}"
        for arm in scenario.arms:
            if not arm.placebo:
                names[arm.builder] = f"arm {arm.name!r}"
                if arm.patch is not None:
                    names[arm.patch] = f"the patch of arm {arm.name!r}"
    return names
