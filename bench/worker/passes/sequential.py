"""The blocks pass: models built as common harnesses do it, one arm after the other in one process.

It is what the suite is compared with (``bench calibrate``); no finding rests on it.
"""

from __future__ import annotations

import time
from typing import Any, Callable

from bench.worker import protocol
from bench.worker.frameworks.base import Framework
from bench.worker.references import resolve
from bench.worker.request import Request


def run(framework: Framework, request: Request) -> protocol.Message:
    """Build with each of ``builders`` ``samples`` times in a row, after one build that warms up.

    Returns ``wall_ns``: a list of times for each builder, in the order asked for.
    """
    architecture = resolve(request["architecture"])
    builders = [resolve(reference) for reference in request["builders"]]
    framework.prepare(request["device"], request["threads"])
    framework.set_seed(request["seed"])
    request.quiesce()
    framework.first_operation()

    def block(builder: Callable[..., Any]) -> list[int]:
        builder(architecture(request["layers"]))
        return [_timed(lambda: builder(architecture(request["layers"]))) for _ in samples]

    samples = range(request["samples"])
    request.announce("construct")
    return {"wall_ns": [block(builder) for builder in builders]}


def _timed(work: Callable[[], Any]) -> int:
    began_ns = time.perf_counter_ns()
    work()
    return time.perf_counter_ns() - began_ns
