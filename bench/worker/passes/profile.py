"""The profile pass: one lifecycle under the framework's profiler, every phase and step marked."""

from __future__ import annotations

import os
from typing import Any, Callable, Optional

from bench.domain.findings.evidence import ProfileOutcome
from bench.worker.frameworks.base import Framework
from bench.worker.hooks import ProcessHooks
from bench.worker.instruments.clocks import wall_ns
from bench.worker.lifecycle.observer import SampledObserver
from bench.worker.lifecycle.standard import live
from bench.worker.profiling.call_tracer import CallTracer
from bench.worker.profiling.profiler import Profiler
from bench.worker.profiling.trace_summary import summary
from bench.worker.wire.requests import ProfileRequest


def run(framework: Framework, request: ProfileRequest, hooks: ProcessHooks) -> ProfileOutcome:
    """Profile the phases of the requested cell into ``request.folder``.

    With ``request.calls``, calls of Python functions are marked as well, in all phases but those
    that iterate. Raises ``Unavailable`` when nothing can be captured.
    """
    # Some profilers start the runtime, which takes the device that it is told before.
    framework.prepare(request.cell.device, request.cell.threads)
    profiler = framework.profiler()
    calls = request.calls
    marker = CallTracer(profiler, *calls) if calls else None
    stages = _Marking(framework, profiler, marker, hooks.announce)
    began_ns = wall_ns()
    with profiler.capture(request.folder) as captured:
        life_began_ns = wall_ns()
        live(framework, request.cell, hooks, stages)
        life_ended_ns = wall_ns()
    timeline = summary(
        profiler.read(captured), list(stages.phases_ns), stages.steps, profiler.graph_building
    )
    whole_ns = wall_ns() - began_ns
    failed = [f"{each.phase}: {each.reason}" for each in stages.failures]
    return ProfileOutcome(
        bytes=sum(os.path.getsize(path) for path in captured.paths),
        phases_ns=stages.phases_ns,
        steps=stages.steps,
        steps_ns=tuple(stages.steps_ns),
        timeline=timeline,
        profiler_ns=whole_ns - (life_ended_ns - life_began_ns),
        marked=marker.marked if marker else 0,
        left_out=marker.left_out if marker else 0,
        problems=(*captured.problems, *failed),
        files=tuple(captured.paths),
    )


class _Marking(SampledObserver):
    """Stages that are events of a profile, and each call of an iterating phase a step."""

    goes_on = False

    def __init__(
        self,
        framework: Framework,
        profiler: Profiler,
        marker: Optional[CallTracer],
        announce: Callable[[str], None],
    ) -> None:
        super().__init__(announce)
        self._framework = framework
        self._profiler = profiler
        self._marker = marker
        self.phases_ns: dict[str, int] = {}
        self.steps = ""
        self.steps_ns: list[int] = []

    def phase(self, name: str, action: Callable[[], Any]) -> Any:
        self._announce(name)
        began_ns = wall_ns()
        with self._profiler.mark(name):
            result = action() if self._marker is None else self._marker.run(action)
            self._framework.wait()
        self.phases_ns[name] = wall_ns() - began_ns
        return result

    def iterations(self, name: str, action: Callable[[], object], count: int) -> None:
        self._announce(name)
        self.steps = name
        for number in range(count):
            began_ns = wall_ns()
            with self._profiler.step(name, number):
                action()
            self.steps_ns.append(wall_ns() - began_ns)
