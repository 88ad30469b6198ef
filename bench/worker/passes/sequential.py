"""The blocks pass: models built as common harnesses do it, one arm after the other in one process.

It is what the suite is compared with (``bench calibrate``); no finding rests on it.
"""

from __future__ import annotations

from typing import Any, Callable

from bench.worker.frameworks.base import Framework
from bench.worker.hooks import ProcessHooks
from bench.worker.instruments.clocks import wall_ns
from bench.worker.references import resolve
from bench.worker.wire.outcomes import SequentialOutcome
from bench.worker.wire.requests import SequentialRequest


def run(framework: Framework, request: SequentialRequest, hooks: ProcessHooks) -> SequentialOutcome:
    """Build with each of ``builders`` ``samples`` times in a row, after one build that warms up."""
    architecture = resolve(request.architecture)
    builders = [resolve(reference) for reference in request.builders]
    framework.prepare(request.device, request.threads)
    framework.set_seed(request.seed)
    hooks.quiesce()
    framework.first_operation()

    def block(builder: Callable[..., Any]) -> tuple[int, ...]:
        builder(architecture(request.layers))
        return tuple(
            _timed(lambda: builder(architecture(request.layers))) for _ in range(request.samples)
        )

    hooks.announce("construct")
    return SequentialOutcome(tuple(block(builder) for builder in builders))


def _timed(work: Callable[[], Any]) -> int:
    began_ns = wall_ns()
    work()
    return wall_ns() - began_ns
