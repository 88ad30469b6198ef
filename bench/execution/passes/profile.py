"""Profiles the cells of a run, each in processes of their own, into its TensorBoard folder.

Each is profiled twice: by the framework's profiler alone and, in a second process, with its Python
calls marked as well. The rounds of the run are the clean timing that both are held against.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import NamedTuple

from bench.analysis.samples.invocations import to_invocations
from bench.domain.design.plan import Plan
from bench.domain.design.profiling import Profiling
from bench.domain.findings.evidence import Failure, ProfileOutcome
from bench.domain.findings.profiling import Protocol
from bench.domain.labels import place_slug
from bench.domain.panel import Cell
from bench.execution.passes.observe import observe
from bench.execution.processes.jobs import Completed, Job
from bench.execution.processes.requests import cell_request
from bench.store.documents import Observation
from bench.store.outcomes import profile_document
from bench.store.run_folder import RunFolder
from bench.worker.wire.requests import ProfileRequest, TracedCalls

GROUPS: dict[Protocol, str] = {"profiled": "", "annotated": "python_calls"}
"""The runs of TensorBoard that the sessions of each protocol belong to."""

_SESSIONS = Path("plugins", "profile")


def profile(folder: RunFolder, profiling: Profiling, done: Callable[[int, int], None]) -> int:
    """Profile every cell that the run has measured, but the placebo's; returns how many failed.

    Replaces the profiles that the run had. What each pass returned, or how it failed, is stored as
    an observation as soon as it is there. ``done`` is called with how many profiles are over, and
    of how many. Raises ``InterpreterFailed``, and ``OSError`` when the run folder cannot be
    written.
    """
    plan = folder.record.plan
    captured = folder.path / "tensorboard" / ".captured"
    _clear(folder)
    captured.mkdir(parents=True)
    jobs = [
        Job(
            _Profiled(number, cell, protocol),
            _request(plan, cell, protocol, profiling, captured / str(number)),
        )
        for number, (cell, protocol) in enumerate(product(_measured(folder), GROUPS))
    ]
    ended = 0

    def keep(observed: Completed[_Profiled, ProfileOutcome]) -> None:
        nonlocal ended
        _keep(folder, observed.key, observed.outcome, profiling)
        ended += 1
        done(ended, len(jobs))

    try:
        return sum(isinstance(each.outcome, Failure) for each in observe(plan, jobs, done=keep))
    finally:
        shutil.rmtree(captured, ignore_errors=True)


class _Profiled(NamedTuple):
    number: int
    cell: Cell
    protocol: Protocol


def _measured(folder: RunFolder) -> list[Cell]:
    """The cells with an invocation that ran to its end; the others fail as they did before."""
    invocations = to_invocations(folder.samples())
    completed = {invocations.cells[cell] for cell in invocations.cell[invocations.completed]}
    return [cell for cell in folder.record.plan.cells() if not cell.placebo and cell in completed]


def _clear(folder: RunFolder) -> None:
    """Remove the profiles of the run, and what was observed of them."""
    folder.remove_observations(Observation.PROFILE)
    for group in GROUPS.values():
        shutil.rmtree(folder.path / "tensorboard" / group / _SESSIONS, ignore_errors=True)
    shutil.rmtree(folder.path / "tensorboard" / ".captured", ignore_errors=True)


def _request(
    plan: Plan, cell: Cell, protocol: Protocol, profiling: Profiling, folder: Path
) -> ProfileRequest:
    modules = (*profiling.modules, plan.arm(cell).builder.partition(":")[0])
    calls = TracedCalls(modules, depth=profiling.depth, most=profiling.most)
    return ProfileRequest(
        cell=cell_request(plan, cell)._replace(iterations=profiling.steps),
        folder=str(folder.resolve()),
        calls=calls if protocol == "annotated" else None,
    )


def _keep(
    folder: RunFolder,
    profiled: _Profiled,
    outcome: ProfileOutcome | Failure,
    profiling: Profiling,
) -> None:
    """Move the files of a profile to where TensorBoard looks for them, and store the rest."""
    number, cell, protocol = profiled
    session = place_slug(cell.panel, cell.arm, among=folder.record.plan.panels)
    place = folder.path / "tensorboard" / GROUPS[protocol] / _SESSIONS / session
    files = () if isinstance(outcome, Failure) else tuple(map(Path, outcome.files))
    if files:
        place.mkdir(parents=True)
    for file in files:
        # A file is called after the host, which is the same for all.
        file.rename(place / f"host{''.join(file.suffixes[-2:])}")
    document = {
        "cell": [cell.panel.model_dump(), cell.arm, cell.environment],
        "protocol": protocol,
        "session": "/".join(part for part in (GROUPS[protocol], session) if part),
        "steps": profiling.steps,
        "outcome": profile_document(outcome),
    }
    folder.write_observation(Observation.PROFILE, number, document)
