"""Looks at the measured interpreter before the plan is frozen: versions, resolving names."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import psutil

from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import limits_of
from bench.worker.instruments.process_settings import refusal
from bench.worker.wire.outcomes import EnvironmentOutcome
from bench.worker.wire.requests import EnvironmentRequest, checked_outcome

Environment = dict[str, str | int | float | None]


@dataclass(frozen=True)
class Survey:
    """What a measured interpreter is and has; ``bad`` maps references to why they do not resolve.

    ``populate`` says whether its kernel can prepare forked processes so that they time like
    directly started ones.
    """

    versions: Mapping[str, str]
    populate: bool
    bad: Mapping[str, str]


def survey(interpreter: Interpreter, plan: Plan) -> Survey:
    """Ask ``interpreter`` what it is and whether every reference of ``plan`` resolves in it.

    Each module is imported in a process of its own, so that none meets what another has done.
    Without isolation all are imported by the one process there is, and a module does not resolve
    that changes what is set for it. Raises ``InterpreterFailed`` when it does not start.
    """
    modules: dict[str, set[str]] = {}
    for reference in {each for cell in plan.cells() for each in plan.references(cell)}:
        modules.setdefault(reference.partition(":")[0], set()).add(reference)
    interpreter.wait_until_ready()
    versions: Mapping[str, str] = {}
    populate = False
    bad: dict[str, str] = {}
    for module in sorted(modules):
        references = tuple(sorted(modules[module]))
        outcome = _asked(interpreter, EnvironmentRequest(references), plan)
        if isinstance(outcome, Failure):
            bad |= dict.fromkeys(references, outcome.reason)
            continue
        versions, populate = outcome.versions, outcome.populate
        bad |= outcome.bad
        if plan.isolation == "none" and outcome.changed:
            bad |= dict.fromkeys(references, f"module {module!r} {refusal(outcome.changed)}")
    return Survey(versions, populate, bad)


def _asked(
    interpreter: Interpreter, request: EnvironmentRequest, plan: Plan
) -> EnvironmentOutcome | Failure:
    interpreter.send(request, limits_of(plan))
    while True:
        for ended in interpreter.receive():
            return checked_outcome(request, ended.outcome)


def environment(found: Survey) -> Environment:
    """The environment of a run: versions, machine type and date."""
    return {
        **found.versions,
        "cpu_count": len(os.sched_getaffinity(0)),
        "cpu": _cpu_model(),
        "memory_bytes": psutil.virtual_memory().total,
        "platform": f"{platform.system()} {platform.machine()}",
        "kernel": platform.release(),
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
