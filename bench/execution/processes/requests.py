"""What a plan asks of measured interpreters: how they start, and what each invocation does."""

from __future__ import annotations

import os
import select
from collections.abc import Iterable, Sequence

from bench.domain.phases import ITERATING
from bench.domain.plan import Cell, Plan
from bench.execution.processes.interpreter import Launch
from bench.worker import protocol

GRACE_S = 10.0
"""Seconds beyond its limit after which an invocation does not let itself be stopped."""

TOOK_INTERPRETER = "the process took its whole interpreter down with it"


def request_for(
    plan: Plan, cell: Cell, what: str, round_number: int, core: int | None
) -> protocol.Message:
    """What is asked of an invocation that does the pass ``what`` over ``cell``."""
    panel, arm = cell
    lifecycle = plan.scenario(panel.scenario).lifecycle
    return {
        "pass": what,
        **panel.model_dump(include={"call_mode", "device", "backend", "layers"}),
        "builder": arm.builder,
        "architecture": plan.architectures.get(panel.architecture or ""),
        "arguments": dict(arm.arguments),
        "architecture_arguments": {
            **plan.architecture_arguments.get(panel.architecture or "", {}),
            **arm.architecture_arguments,
        },
        "deferred": arm.deferred,
        "patch": arm.patch,
        "lifecycle": lifecycle
        and {
            "function": lifecycle.function,
            "arguments": dict(arm.lifecycle_arguments),
            "phases": list(lifecycle.phases),
            "iterating": sorted(ITERATING),
        },
        "iterations": plan.iterations,
        "batch": panel.batch or plan.batch,
        "inputs": [[[None, *each.shape[1:]], each.dtype] for each in plan.inputs],
        "seed": plan.round_seed(round_number),
        "threads": plan.threads,
        "core": core,
        "timeout_s": plan.timeout_s,
        "memory_bytes": plan.memory_bytes,
    }


def launch(plan: Plan, round_number: int, generation: int = 0) -> Launch:
    """How the zygote of a round is started; ``generation`` counts those that died in it."""
    panel = plan.panels[0]
    return Launch(
        python=plan.environments[panel.environment],
        backend=panel.backend,
        isolation=plan.isolation,
        seed=plan.round_seed(round_number) + generation,
        folders=plan.folders,
    )


def cores(plan: Plan) -> Sequence[int | None]:
    """One core for each job of a pinned plan, the last ones first; else no particular core."""
    if not plan.pin:
        return [None] * plan.jobs
    return sorted(os.sched_getaffinity(0))[-plan.jobs :]


def unstoppable(plan: Plan) -> str:
    """Why an invocation failed that outlived its limit and ``GRACE_S``."""
    return f"took more than {plan.timeout_s:g} s and did not let itself be stopped"


def wait_for(descriptors: Iterable[int], timeout_s: float) -> bool:
    """Whether there was something to read, from any of them, within ``timeout_s``."""
    waiting = select.poll()
    for descriptor in descriptors:
        waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(timeout_s * 1000))
