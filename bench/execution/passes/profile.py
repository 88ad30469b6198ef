"""Profiles the cells of a run, each in processes of their own, into its TensorBoard folder.

Each is profiled twice: by the framework's profiler alone and, in a second process, with its Python
calls marked as well. The rounds of the run are the clean timing that both are held against.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
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
from bench.domain.status import CRASHED
from bench.execution.passes.observe import observe
from bench.execution.processes.jobs import Completed
from bench.execution.processes.requests import cell_request, job_on
from bench.execution.processes.zygote_pool import ZygotePool
from bench.store.documents import Observation
from bench.store.outcomes import profile_document
from bench.store.run_folder import RunFolder
from bench.worker.process.running import unreadable
from bench.worker.wire.requests import ProfileRequest, TracedCalls

GROUPS: dict[Protocol, str] = {"profiled": "", "annotated": "python_calls"}
"""The runs of TensorBoard that the sessions of each protocol belong to."""

_SESSIONS = Path("plugins", "profile")


def profile(folder: RunFolder, profiling: Profiling, done: Callable[[int, int], None]) -> int:
    """Profile every cell that the run has measured, but the placebo's; returns how many failed.

    Each profile takes the place of the one that the run had, when it is there. What each pass
    returned, or how it failed, is stored as an observation as soon as it is there. ``done`` is
    called with how many profiles are over, and of how many. Raises ``RunBusy``,
    ``InterpreterFailed``, and ``OSError`` when the run folder cannot be written.
    """
    with folder.lock():
        return _profile(folder, profiling, done)


def _profile(folder: RunFolder, profiling: Profiling, done: Callable[[int, int], None]) -> int:
    plan = folder.record.plan
    captured = folder.path / "tensorboard" / ".captured"
    shutil.rmtree(captured, ignore_errors=True)
    captured.mkdir(parents=True)
    before = folder.observations(Observation.PROFILE)
    jobs = [
        job_on(
            cell,
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
        with ZygotePool(plan) as zygotes:
            observed = observe(plan, jobs, zygotes, done=keep)
    finally:
        shutil.rmtree(captured, ignore_errors=True)
    kept = {_session(plan, job.key) for job in jobs}
    for document in before.values():
        if document.get("session") not in kept:
            _remove_session(folder, str(document.get("session")))
    folder.remove_observations(Observation.PROFILE, among=set(before) - set(range(len(jobs))))
    return sum(isinstance(each.outcome, Failure) for each in observed)


class _Profiled(NamedTuple):
    number: int
    cell: Cell
    protocol: Protocol


def _measured(folder: RunFolder) -> list[Cell]:
    """The cells with an invocation that ran to its end; the others fail as they did before."""
    invocations = to_invocations(folder.samples())
    completed = {invocations.cells[cell] for cell in invocations.cell[invocations.completed]}
    return [cell for cell in folder.record.plan.cells() if not cell.placebo and cell in completed]


def _session(plan: Plan, profiled: _Profiled) -> str:
    """The name of a profile in TensorBoard: its run, and after a slash its session."""
    cell = profiled.cell
    where = cell.environment if len(plan.environments) > 1 else None
    session = place_slug(cell.panel, where, cell.arm, among=plan.panels)
    return "/".join(part for part in (GROUPS[profiled.protocol], session) if part)


def _place(folder: RunFolder, session: str) -> Path:
    group, _, name = session.rpartition("/")
    return folder.path / "tensorboard" / group / _SESSIONS / name


def _remove_session(folder: RunFolder, session: str) -> None:
    """Remove the files of a profile, and of its folder what is empty then."""
    group, _, name = session.rpartition("/")
    place = _place(folder, session)
    if group not in GROUPS.values() or name in ("", ".", "..") or place.is_symlink():
        return
    for path in place.glob("host.*"):
        path.unlink()
    with suppress(OSError):
        place.rmdir()


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
    session = _session(folder.record.plan, profiled)
    place = _place(folder, session)
    captured = folder.path / "tensorboard" / ".captured" / str(number)
    files = () if isinstance(outcome, Failure) else tuple(map(Path, outcome.files))
    if not all(_is_within(file, captured) for file in files):
        files, outcome = (), Failure(CRASHED, unreadable("its files are elsewhere"))
    _remove_session(folder, session)
    if files:
        place.mkdir(parents=True, exist_ok=True)
    for file in files:
        # A file is called after the host, which is the same for all.
        file.rename(place / f"host{''.join(file.suffixes[-2:])}")
    document = {
        "cell": [cell.panel.model_dump(), cell.arm, cell.environment],
        "protocol": protocol,
        "session": session,
        "steps": profiling.steps,
        "outcome": profile_document(outcome),
    }
    folder.write_observation(Observation.PROFILE, number, document)


def _is_within(file: Path, folder: Path) -> bool:
    """Whether ``file`` is one of ``folder``, and no link: measured code says where it is."""
    is_file = file.is_file() and not file.is_symlink()
    return is_file and file.resolve().is_relative_to(folder.resolve())
