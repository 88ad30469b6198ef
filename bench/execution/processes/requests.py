"""What a plan asks of measured interpreters: how they start, and what each invocation does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import MappingProxyType

from bench.domain.design.plan import Plan
from bench.domain.panel import Cell
from bench.domain.phases import ITERATING
from bench.execution.processes.interpreter import Interpreter, Interpreters, Limits
from bench.execution.processes.jobs import Job, K, O_co
from bench.execution.processes.launch import LaunchSpec
from bench.planning.order import round_seed
from bench.worker.wire.requests import CellRequest, InputRequest, LifecycleRequest, PassRequest

LONGER, SHORTEST_IMPORT_LIMIT_S = 2.5, 30.0
"""An import may take so many times as long as an invocation, and so many seconds in any case."""


def cell_request(plan: Plan, cell: Cell, round_number: int = 0) -> CellRequest:
    """What every pass over ``cell`` knows of it; the round decides the seed."""
    panel, arm = cell.panel, plan.arm(cell)
    lifecycle = plan.scenario(panel.scenario).lifecycle
    asked = plan.batch_of(cell)
    return CellRequest(
        builder=arm.builder,
        architecture=plan.architectures.get(panel.architecture or ""),
        arguments=dict(arm.arguments),
        architecture_arguments={
            **plan.architecture_arguments.get(panel.architecture or "", {}),
            **arm.architecture_arguments,
        },
        deferred=arm.deferred,
        patch=arm.patch,
        lifecycle=None
        if lifecycle is None
        else LifecycleRequest(
            function=lifecycle.function,
            arguments=dict(arm.lifecycle_arguments),
            phases=tuple(lifecycle.phases),
            iterating=tuple(sorted(ITERATING)),
        ),
        inputs=tuple(
            InputRequest((None, *each.shape[1:]), each.dtype, each.name)
            for each in plan.inputs_of(cell)
        ),
        call_mode=panel.call_mode,
        device=plan.device_of(cell),
        layers=panel.layers,
        batch=asked or plan.batch,
        is_batch_asked=asked is not None,
        iterations=plan.iterations,
        seed=round_seed(plan, round_number),
        threads=plan.threads,
    )


def launch_spec(
    plan: Plan, round_number: int, environment: str | None = None, generation: int = 0
) -> LaunchSpec:
    """How the zygote of a round is started in ``environment``, by default the plan's first.

    ``generation`` counts those that died in it.
    """
    environment = environment or plan.first_environment
    return LaunchSpec(
        python=plan.environments[environment],
        backend=plan.backend_in(environment),
        isolation=plan.isolation,
        seed=round_seed(plan, round_number) + generation,
        folders=plan.folders,
        import_limit_s=import_limit_s(plan.timeout_s),
    )


def job_on(cell: Cell, key: K, request: PassRequest[O_co]) -> Job[K, O_co]:
    """The job, known by ``key``, of a ``request`` about ``cell``: it is sent to its environment."""
    return Job(key, request, cell.environment)


def import_limit_s(timeout_s: float) -> float:
    """Seconds that an import of the framework may take where an invocation may take ``timeout_s``.

    A framework that is read from a slow disk for the first time takes longer than what it runs.
    """
    return max(LONGER * timeout_s, SHORTEST_IMPORT_LIMIT_S)


class RoundInterpreters:
    """The zygotes of one round of ``plan``; the first in an environment may be started already."""

    def __init__(self, plan: Plan, number: int, first: Interpreters = MappingProxyType({})) -> None:
        self._plan = plan
        self._number = number
        self._first = dict(first)

    def __call__(self, environment: str, generation: int) -> Interpreter:
        """The zygote of ``generation``, started now unless it is the first and was started."""
        first = self._first.pop(environment, None)
        if generation == 0 and first is not None:
            if not first.has_ended:
                return first
            first.close()
        return Interpreter(launch_spec(self._plan, self._number, environment, generation))


def limits_of(plan: Plan) -> Limits:
    """What an invocation of ``plan`` may take."""
    return Limits(timeout_s=plan.timeout_s, memory_bytes=plan.memory_bytes)


def measured_cores(plan: Plan) -> Sequence[int | None]:
    """One core for each job of a pinned plan, the last ones first; else no particular core."""
    if not plan.pin:
        return [None] * plan.jobs
    return sorted(os.sched_getaffinity(0))[-plan.jobs :]
