"""Looks at the measured interpreter before the plan is frozen: versions, resolving names."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

import psutil

from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure
from bench.domain.surroundings import OWN_SLICES, SEPARATOR, asked_backend, variables
from bench.execution.processes.dispatcher import GRACE_S
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.interpreter import Interpreter, Limits
from bench.execution.processes.keras_file import wishes
from bench.execution.processes.received import received
from bench.execution.processes.requests import limits_of
from bench.execution.resources import takes_slices
from bench.worker.frameworks import gpu
from bench.worker.frameworks.base import Unavailable
from bench.worker.instruments import nvml
from bench.worker.instruments.process_settings import refusal
from bench.worker.linux.cgroup import ControlGroup
from bench.worker.wire.outcomes import EnvironmentOutcome, Outcome
from bench.worker.wire.requests import EnvironmentRequest

Environment = dict[str, str | int | float | None]

LOOK_S = 30.0
"""Seconds that the import of a module may take while names are looked up."""


@dataclass(frozen=True)
class Survey:
    """What a measured interpreter is and has; ``bad`` maps references that name nothing to why.

    ``populate`` says whether its kernel can prepare forked processes so that they time like
    directly started ones. ``settings`` are those of the framework; ``changed`` maps modules to what
    they change of these when they are imported. ``notes`` are lines to tell the user.
    ``positional`` has the parameters of references that are given by place; a reference that does
    not say is not among them. ``code`` has the digests of the files of measured code (see
    ``bench.store.code``).
    """

    versions: Mapping[str, str]
    populate: bool
    bad: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    positional: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)


def survey(interpreter: Interpreter, plan: Plan, environment: str | None = None) -> Survey:
    """Ask ``interpreter`` what it is and whether every reference of ``plan`` names something in it.

    Of an ``environment``, only references are asked for that are measured in it.

    Each module is imported in an invocation of its own, within ``LOOK_S`` seconds. What is not
    known then, since a module takes longer, does not import or ends the process, is no matter here:
    arms that need it fail where they are measured. An interpreter that does not survive that is
    closed. Without isolation all are imported by the one process there is, and a module does not
    resolve that changes what is set for it. Raises ``InterpreterFailed`` when it does not start.
    """
    interpreter.wait_until_ready()
    limits = limits_of(plan)
    limits = limits._replace(timeout_s=min(limits.timeout_s, LOOK_S))
    (known,) = _answers(interpreter, [EnvironmentRequest(())], limits)
    if isinstance(known, Failure):
        raise InterpreterFailed(f"the measured interpreter cannot be examined: {known.reason}")
    modules: dict[str, list[str]] = {}
    cells = [cell for cell in plan.cells() if environment in (None, cell.environment)]
    for reference in sorted({each for cell in cells for each in plan.references(cell)}):
        modules.setdefault(reference.partition(":")[0], []).append(reference)
    requests = [EnvironmentRequest(tuple(each)) for each in modules.values()]
    # One process at a time can begin again after a module has changed it.
    is_one = plan.isolation == "none"
    batches = [[request] for request in requests] if is_one else [requests]
    bad: dict[str, str] = {}
    changed: dict[str, Mapping[str, str]] = {}
    notes: dict[str, None] = {}
    positional: dict[str, tuple[str, ...]] = {}
    code = dict(known.code)
    try:
        answers = (each for batch in batches for each in _answers(interpreter, batch, limits))
        for module, answer in zip(modules, answers, strict=True):
            if isinstance(answer, Failure):
                continue
            bad.update(answer.bad)
            positional.update(answer.positional)
            code.update(answer.code)
            notes.update(dict.fromkeys(answer.notes))
            if is_one and answer.changed:
                reason = f"module {module!r} {refusal(answer.changed)}"
                bad.update(dict.fromkeys(modules[module], reason))
            elif answer.set_at_import:
                changed[module] = answer.set_at_import
    except InterpreterFailed:
        interpreter.close()
    return Survey(
        versions=known.versions,
        populate=known.populate,
        bad=bad,
        settings=known.settings,
        changed=changed,
        notes=tuple(notes),
        positional=positional,
        code=code,
    )


def _answers(
    interpreter: Interpreter, requests: Sequence[EnvironmentRequest], limits: Limits
) -> Iterator[EnvironmentOutcome | Failure]:
    """What comes of each of ``requests``, all sent at once. Raises ``InterpreterFailed``."""
    numbers = [interpreter.send(request, limits) for request in requests]
    deadline = time.monotonic() + limits.timeout_s + GRACE_S
    ended: dict[int, Outcome] = {}
    for number, request in zip(numbers, requests, strict=True):
        while number not in ended:
            ends = interpreter.receive(timeout_s=max(deadline - time.monotonic(), 0.0))
            if not ends:
                raise InterpreterFailed("the measured interpreter does not answer")
            ended.update({each.id: each.outcome for each in ends})
        yield received(request, ended[number])


def environment(found: Survey, plan: Plan) -> Environment:
    """The environment of a run: versions, settings, variables, what machine it is, and the date.

    ``found`` is the survey of the first interpreter. ``threads`` are those that ``plan`` asks for.
    """
    group = ControlGroup()
    quota, memory = group.cpu_quota(), group.memory()
    limits: Environment = {}
    if quota is not None:
        limits["cpu_quota"] = quota
    if memory is not None:
        limits["memory_limit_bytes"] = memory.limit_bytes
    return {
        **_installed(found),
        **({} if plan.threads is None else {"threads": plan.threads}),
        **variables(os.environ),
        **asked_backend(wishes(os.environ), plan.backend_in(plan.first_environment)),
        "cpu_count": len(os.sched_getaffinity(0)),
        "cpu": _cpu_model(),
        "memory_bytes": psutil.virtual_memory().total,
        **limits,
        **_gpu(plan),
        "platform": f"{platform.system()} {platform.machine()}",
        "kernel": platform.release(),
        **_slices(plan),
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
    }


def _slices(plan: Plan) -> Environment:
    """That the kernel shares cores in slices of its own length, where it does not take another."""
    design = plan.co_scheduling
    return {} if design is None or takes_slices(design) else {OWN_SLICES: "its own"}


def environments(surveys: Mapping[str, Survey], plan: Plan) -> dict[str, Environment]:
    """The interpreter, backend, device, versions and settings of each of several environments.

    Of a single one nothing: the environment of the run says all. Of one that was not surveyed only
    the interpreter is known.
    """
    if len(plan.environments) < 2:
        return {}
    return {
        name: {
            "interpreter": python,
            **({"backend": plan.backends[name]} if plan.backends else {}),
            **({"device": plan.devices[name]} if plan.devices else {}),
            **(_installed(surveys[name]) if name in surveys else {}),
        }
        for name, python in plan.environments.items()
    }


def _installed(found: Survey) -> Environment:
    """What a module changes when it is imported stands there as ``module: setting``.

    See ``bench.domain.surroundings``.
    """
    return {
        **found.versions,
        **found.settings,
        **{
            f"{module}{SEPARATOR}{name}": value
            for module, settings in found.changed.items()
            for name, value in settings.items()
        },
    }


def _gpu(plan: Plan) -> Environment:
    """The GPU that ``plan`` measures, and the version of its driver; nothing where it is not known.

    Of several, the first.
    """
    devices = (plan.device_of(cell) for cell in plan.cells())
    device = next((each for each in devices if each != "cpu"), None)
    if device is None:
        return {}
    try:
        found = nvml.find_gpu(gpu.name_of(device))
    except Unavailable:
        return {}
    name, driver = (found.name(), found.driver()) if found else (None, None)
    return {
        **({"gpu": name} if name else {}),
        **({"gpu_driver": driver} if driver else {}),
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
