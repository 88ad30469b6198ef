"""Measures the selected cells of a session: from their plan to a run folder and its results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from bench.analysis.samples.costs import run_costs
from bench.analysis.samples.invocations import to_invocations
from bench.api.session import Session, check_writable, started
from bench.api.session import measure as measure_session
from bench.domain.design.plan import Plan
from bench.domain.errors import BenchError
from bench.domain.findings.run import Findings
from bench.execution.progress import ProgressLines
from bench.pytest_plugin.planning import CellKey, references_of, restricted
from bench.pytest_plugin.results import Results
from bench.store.run_folder import RunFolder


class ExperimentFailed(BenchError, RuntimeError):
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
    lines of progress. Raises ``ExperimentFailed``, and ``KeyboardInterrupt`` after having ended all
    processes.
    """
    session = Session(
        say=lambda line: say(f"bench: {line}"),
        listener=lambda folder: nullcontext(
            ProgressLines(folder.record.plan, lambda line: say(f"bench: {line}"))
        ),
        begins=begins,
    )
    plan = restricted(plan, selected)
    try:
        check_writable(runs)
        session.say("importing the framework ...")
        with started(plan) as ready:
            unusable = _unusable(plan, ready.bad)
            usable = set(selected) - set(unusable)
            if not usable:
                return Measured(None, unusable)
            folder, findings = measure_session(restricted(plan, usable), ready, runs, session)
    except OSError as error:
        raise ExperimentFailed(f"cannot write to {runs}: {error.strerror or error}") from error
    except BenchError as error:
        raise ExperimentFailed(str(error)) from error
    return Measured(_results(folder, findings), unusable)


def _results(folder: RunFolder, findings: Findings) -> Results:
    plan = folder.record.plan
    costs = run_costs(to_invocations(folder.samples()), plan)
    return Results(plan, findings, costs.compared)


def _unusable(plan: Plan, bad: Mapping[str, str]) -> dict[CellKey, str]:
    """The cells that need one of the ``bad`` references, each with the reason."""
    return {
        (cell.panel, cell.arm): f"{reference}: {bad[reference]}"
        for cell in plan.cells()
        for reference in reversed(references_of(cell, plan))
        if reference in bad
    }
