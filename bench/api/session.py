"""One session of measuring: from a plan to a run folder with findings, for all who measure.

A session starts the measured interpreters, looks at what is installed in them and whether every
builder resolves, settles the plan (a pilot may choose the replicates), measures, and concludes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from bench.domain.design.plan import Plan
from bench.domain.errors import BenchError
from bench.domain.findings.run import Findings
from bench.execution.environments.made import make_again
from bench.execution.listener import Listener
from bench.execution.prepare import freeze
from bench.execution.processes.ending import ImportTookTooLong, InterpreterFailed
from bench.execution.processes.environment import Survey, survey
from bench.execution.processes.fleet import MAX_STARTS
from bench.execution.processes.interpreter import Interpreter, Interpreters
from bench.execution.processes.requests import launch_spec
from bench.execution.resources import resources
from bench.execution.rounds.estimate import Estimate, estimate
from bench.execution.rounds.run import execute_run
from bench.store.code import check_loaded
from bench.store.run_folder import RunFolder
from bench.store.trust import check_trusted

Execute = Callable[[RunFolder, Listener, Interpreters], Findings]


class CannotStart(BenchError, RuntimeError):
    """Nothing can be measured, for a reason that a user can act on; the message says which."""


@dataclass(frozen=True)
class Session:
    """What happens around the measurements: who follows them, and how a folder is measured.

    ``say`` is given lines about what happens before the first round, ``listener`` makes who follows
    the rounds in a folder. ``command`` has the words of the command that begins the run, if one
    does. ``begins`` is given a new folder before the first round. ``execute``
    measures what is missing in a folder and returns the findings.
    """

    say: Callable[[str], None] = lambda line: None
    listener: Callable[[RunFolder], AbstractContextManager[Listener]] = lambda folder: nullcontext(
        Listener()
    )
    command: Sequence[str] = ()
    begins: Callable[[RunFolder], None] = lambda folder: None
    execute: Execute = execute_run


@dataclass(frozen=True)
class Started:
    """Measured interpreters that have started, and what was found in them, by environment.

    ``slow`` says why there is none in others, which is tried again where they are measured.
    """

    interpreters: Interpreters
    surveys: Mapping[str, Survey]
    slow: Mapping[str, str] = field(default_factory=dict)

    @property
    def found(self) -> Survey:
        """What was found in the first environment that has an interpreter."""
        return next(iter(self.surveys.values()))

    @property
    def bad(self) -> Mapping[str, str]:
        """References that name nothing, and why; where others have them, in which environment."""
        found: dict[str, dict[str, str]] = {}
        for name, survey_there in self.surveys.items():
            for reference, why in survey_there.bad.items():
                found.setdefault(reference, {})[name] = why

        def told(where: Mapping[str, str]) -> str:
            name, why = next(iter(where.items()))
            return why if len(where) == len(self.surveys) else f"in environment {name!r}, {why}"

        return {reference: told(where) for reference, where in found.items()}

    @property
    def notes(self) -> Sequence[str]:
        """Lines to tell the user, each once."""
        slow = [
            f"environment {name!r}: {why}; it is tried again when it is measured"
            for name, why in self.slow.items()
        ]
        notes = dict.fromkeys(note for each in self.surveys.values() for note in each.notes)
        return [*slow, *notes]


@contextmanager
def started(plan: Plan, round_number: int = 0) -> Iterator[Started]:
    """The measured interpreters of ``plan``, surveyed; they are ended with the context.

    ``round_number`` is the round they may be used for. One that is ended from outside is replaced.
    One that takes too long to import is left to itself where there are others. Raises
    ``InterpreterFailed`` when one does not start, which says in which of several environments.
    """
    with ExitStack() as opened:
        interpreters, surveys, slow = {}, {}, {}
        for name in plan.environments:
            try:
                interpreters[name], surveys[name] = _started(plan, round_number, name)
            except InterpreterFailed as error:
                if len(plan.environments) == 1:
                    raise
                if not isinstance(error, ImportTookTooLong):
                    raise InterpreterFailed(f"environment {name!r}: {error}") from error
                slow[name] = str(error)
                continue
            opened.enter_context(interpreters[name])
        if not interpreters:
            raise InterpreterFailed("; ".join(f"environment {n!r}: {w}" for n, w in slow.items()))
        yield Started(interpreters, surveys, slow)


def _started(plan: Plan, round_number: int, environment: str) -> tuple[Interpreter, Survey]:
    starts = 0
    while True:
        interpreter = Interpreter(launch_spec(plan, round_number, environment))
        starts += 1
        try:
            found = survey(interpreter, plan, environment)
        except BaseException as failure:
            interpreter.close()
            is_accident = isinstance(failure, InterpreterFailed) and failure.by_accident
            if not is_accident or starts == MAX_STARTS:
                raise
            continue
        # One that ended while names were looked up was ended from outside, or by a module.
        if not interpreter.has_ended or starts > 1:
            return interpreter, found


def begin(plan: Plan, runs: Path, session: Session) -> tuple[RunFolder, Findings]:
    """Measure ``plan`` into a new folder below ``runs``.

    Raises ``CannotStart`` when ``runs`` cannot be written or a reference does not resolve,
    ``InterpreterFailed`` when the measured interpreter does not start or ends, and
    ``KeyboardInterrupt`` when all processes have ended and finished rounds are stored.
    """
    check_writable(runs)
    session.say("importing the framework ...")
    with started(plan) as ready:
        check_references(plan, ready.bad)
        for note in ready.notes:
            session.say(note)
        return measure(plan, ready, runs, session)


def measure(plan: Plan, ready: Started, runs: Path, session: Session) -> tuple[RunFolder, Findings]:
    """Settle ``plan`` with interpreters that are ``ready``, make its folder, and measure.

    Raises what ``begin`` raises, and ``OSError`` when the folder cannot be written.
    """
    frozen = freeze(plan, ready.surveys, ready.interpreters, runs, session.say, session.command)
    session.begins(frozen.folder)
    return frozen.folder, _executed(frozen.folder, frozen.interpreters, session)


def reopen(folder: RunFolder, trusts: bool, say: Callable[[str], None]) -> None:
    """Make everything that measures the run in ``folder`` available again.

    Environments that were made of requirements, and are no longer there, are made again. Raises
    ``Untrusted`` for the run of somebody else unless its user ``trusts`` it, and ``CannotInstall``.
    """
    check_trusted(folder, trusts)
    record = folder.record
    for name, python in record.plan.environments.items():
        make_again(name, python, record.environments.get(name, record.environment), say)


def resume(folder: RunFolder, session: Session) -> Findings:
    """Measure what is missing of the run in ``folder``.

    Raises ``CannotStart`` when what would be measured is not what was measured before: another
    version, a builder that does not resolve from here, fewer cores than the plan needs;
    ``CodeChanged`` for another version of a builder; and what ``begin`` raises.
    """
    plan = folder.record.plan
    session.say("importing the framework ...")
    with started(plan, len(folder.rounds())) as ready:
        _check_unchanged(folder, ready)
        for name in ready.slow:
            session.say(f"environment {name!r}: {ready.slow[name]}")
        session.begins(folder)
        return _executed(folder, ready.interpreters, session)


def estimated(plan: Plan) -> Estimate:
    """What ``plan`` holds and how long it would take; each panel is tried once, nothing is stored.

    Raises ``CannotStart`` and ``InterpreterFailed`` as ``begin`` does.
    """
    with started(plan) as ready:
        check_references(plan, ready.bad)
        return estimate(plan, ready.interpreters)


def check_writable(runs: Path) -> None:
    """Make the folder ``runs``. Raises ``CannotStart`` when nothing can be written to it."""
    try:
        runs.mkdir(parents=True, exist_ok=True)
        # It has no name, which an interruption could leave there.
        with tempfile.TemporaryFile(dir=runs):
            pass
    except OSError as error:
        raise CannotStart(f"cannot write to {runs}: {error.strerror}") from error


def check_references(plan: Plan, bad: Mapping[str, str]) -> None:
    """Raises ``CannotStart`` for the first of the references that do not resolve, and why."""
    for reference, why in bad.items():
        raise CannotStart(f"{_names_of_references(plan)[reference]}: {why}")


def _executed(folder: RunFolder, interpreters: Interpreters, session: Session) -> Findings:
    with session.listener(folder) as listener:
        return session.execute(folder, listener, interpreters)


def _check_unchanged(folder: RunFolder, ready: Started) -> None:
    plan = folder.record.plan
    try:
        check_references(plan, ready.bad)
    except CannotStart as error:
        raise CannotStart(f"{error}; resume in the folder in which the run was begun") from error
    for environment, found in ready.surveys.items():
        check_loaded(folder.record.code, found.code)
        before = folder.record.environments.get(environment, folder.record.environment)
        where = f" in environment {environment!r}" if len(plan.environments) > 1 else ""
        if not before.keys() & found.versions.keys():
            continue  # It did not start when the run was begun.
        for name, version in (*found.versions.items(), *found.settings.items()):
            # What older runs did not record cannot be compared.
            known = name in before or name in found.versions
            if known and before.get(name) != version:
                raise CannotStart(
                    f"the run was begun with {name} {before.get(name)}{where}, and this is "
                    f"{version}: versions cannot be mixed in one run"
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
