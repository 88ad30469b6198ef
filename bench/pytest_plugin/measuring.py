"""Measures the selected cells of a session: from their plan to a run folder and its results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.analysis.samples.core_speed import speed_corrected
from bench.analysis.samples.invocations import to_invocations
from bench.analysis.samples.rounds import reduce_rounds
from bench.domain.errors import BenchError
from bench.domain.phases import ITERATING
from bench.domain.plan import Plan
from bench.execution.prepare import freeze
from bench.execution.processes.environment import Survey, survey
from bench.execution.processes.interpreter import Interpreter, InterpreterFailed
from bench.execution.processes.requests import launch_spec
from bench.execution.progress import ProgressLines
from bench.execution.rounds.run import execute_run
from bench.pytest_plugin.planning import CellKey, references_of, restricted
from bench.pytest_plugin.results import Results
from bench.runs.conclude import composites
from bench.store.run_folder import RunBusy, RunFolder


class CannotMeasure(BenchError, RuntimeError):
    """Nothing can be measured at all; the message says why."""


@dataclass(frozen=True)
class Measured:
    """Where the run is, what it gave, and the cells left out for what they name.

    ``results`` is None when no cell was left; ``unusable`` has the reason for each left out.
    """

    results: Results | None
    unusable: Mapping[CellKey, str]


def measure(
    plan: Plan,
    selected: Collection[CellKey],
    runs: Path,
    *,
    begins: Callable[[RunFolder], None],
    say: Callable[[str], None],
) -> Measured:
    """Measure the ``selected`` cells of ``plan``, and their baselines, in this, the main thread.

    ``begins`` is given the run folder, below ``runs``, before the first round; ``say`` is given
    lines of progress. Raises ``CannotMeasure``, and ``KeyboardInterrupt`` after having ended all
    processes.
    """
    plan = restricted(plan, selected)
    try:
        runs.mkdir(parents=True, exist_ok=True)
        say("bench: importing the framework ...")
        with Interpreter(launch_spec(plan, 0)) as interpreter:
            found = survey(interpreter, plan)
            unusable = _unusable(plan, found.bad)
            usable = set(selected) - set(unusable)
            if not usable:
                return Measured(None, unusable)
            plan = restricted(plan, usable)
            return Measured(_carry_out(plan, found, runs, interpreter, begins, say), unusable)
    except (InterpreterFailed, RunBusy) as error:
        raise CannotMeasure(str(error)) from error
    except OSError as error:
        raise CannotMeasure(f"cannot write to {runs}: {error.strerror or error}") from error


def _carry_out(
    plan: Plan,
    found: Survey,
    runs: Path,
    interpreter: Interpreter,
    begins: Callable[[RunFolder], None],
    say: Callable[[str], None],
) -> Results:
    frozen = freeze(plan, found, interpreter, runs, lambda line: say(f"bench: {line}"))
    begins(frozen.folder)
    lines = ProgressLines(frozen.folder.record.plan, lambda line: say(f"bench: {line}"))
    findings = execute_run(frozen.folder, lines, frozen.interpreter)
    invocations = speed_corrected(to_invocations(frozen.folder.samples()))
    measured = frozen.folder.record.plan
    costs = reduce_rounds(invocations, composites=composites(measured), iterating=ITERATING)
    return Results(measured, findings, costs)


def _unusable(plan: Plan, bad: Mapping[str, str]) -> dict[CellKey, str]:
    """The cells that need one of the ``bad`` references, each with the reason."""
    return {
        (cell.panel, cell.arm): f"{reference}: {bad[reference]}"
        for cell in plan.cells()
        for reference in reversed(references_of(cell, plan))
        if reference in bad
    }
