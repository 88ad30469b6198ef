"""The work pass: what each phase does and what it leaves, counted without a clock."""

from __future__ import annotations

import gc
import linecache
import tracemalloc
from collections import Counter
from typing import Any, Callable, Optional

from bench.domain.findings.evidence import LineBytes, PhaseWork, TypeCount, WorkOutcome
from bench.worker.frameworks.base import Framework, counters_of
from bench.worker.hooks import CannotMeasure, ProcessHooks
from bench.worker.lifecycle.observer import SampledObserver
from bench.worker.lifecycle.standard import LifecycleResult, lived
from bench.worker.references import source_name
from bench.worker.wire.requests import WorkRequest

_MOST = 12


def run(framework: Framework, request: WorkRequest, hooks: ProcessHooks) -> WorkOutcome:
    """Count the work of every phase of the requested cell.

    The counters are symbolic calls of layers and of other operations, Functional graphs, objects
    that the garbage collector tracks and bytes that Python allocated, both retained after the
    phase, and the peak of those bytes during it. Phases that fail are told, and the others are
    counted all the same.
    """
    stages = _Counting(framework, hooks.announce, request.lines_of)
    life = lived(framework, request.cell, hooks, stages, stages.phases)
    if life is None:
        return WorkOutcome(stages.phases, {}, failures=tuple(stages.failures))
    compiled_with = None if request.cell.lifecycle else framework.compiled_with(life.model) or ""
    model, missing = _model_counters(framework, life)
    return WorkOutcome(
        stages.phases,
        model,
        missing,
        tuple(stages.failures),
        tuple(dict.fromkeys(life.invented)),
        compiled_with,
        by_builder=life.builder_compiled is not None,
    )


def _model_counters(
    framework: Framework, life: LifecycleResult
) -> tuple[dict[str, int], dict[str, str]]:
    """The counters of the model that a lifecycle ends with, and why others cannot be read."""
    try:
        signature, inputs = life.data()
    except CannotMeasure as error:
        return {}, {"counters of the model": str(error)}
    return counters_of(framework, life.model, signature, inputs)


class _Counting(SampledObserver):
    """Stages that look at what is alive before and after each phase."""

    def __init__(
        self, framework: Framework, announce: Callable[[str], None], lines_of: Optional[str]
    ) -> None:
        super().__init__(announce)
        self._lines_of = lines_of
        self._framework = framework
        self.phases: dict[str, PhaseWork] = {}

    def phase(self, name: str, action: Callable[[], Any]) -> Any:
        self._announce(name)
        gc.collect()
        types = _types_alive()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        gc.disable()
        try:
            with self._framework.symbolic_work() as counts:
                result = action()
            self._framework.wait()
            _, peak = tracemalloc.get_traced_memory()
            gc.collect()
            after, _ = tracemalloc.get_traced_memory()
            # A snapshot takes a while, and only of one phase is it looked at.
            lines = _lines(tracemalloc.take_snapshot()) if name == self._lines_of else ()
        finally:
            gc.enable()
            tracemalloc.stop()
        kept = _types_alive()
        kept.subtract(types)
        self.phases[name] = PhaseWork(
            counters={
                **counts,
                "retained_objects": sum(kept.values()),
                "retained_bytes": after - before,
                "peak_bytes": peak - before,
            },
            types=tuple(
                TypeCount(kind, count) for kind, count in kept.most_common(_MOST) if count > 0
            ),
            lines=lines,
        )
        return result


def _types_alive() -> Counter[str]:
    gc.collect()
    return Counter(type(each).__qualname__ for each in gc.get_objects())


def _lines(snapshot: tracemalloc.Snapshot) -> tuple[LineBytes, ...]:
    own = (tracemalloc.__file__, linecache.__file__, __file__)
    others = snapshot.filter_traces([tracemalloc.Filter(False, each) for each in own])
    found = others.statistics("lineno")
    return tuple(
        LineBytes(source_name(each.traceback[0].filename), each.traceback[0].lineno, each.size)
        for each in found[:_MOST]
    )
