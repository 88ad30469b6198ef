"""The life of a model, from nothing to its calls: the phases that every pass goes through."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import (
    Any,
    Callable,
    NamedTuple,
    Optional,
)

from bench.domain import status
from bench.domain.findings.evidence import Failure
from bench.domain.phases import is_overhead_phase
from bench.worker.frameworks.base import Data, Framework, Unavailable, call_mode_of
from bench.worker.frameworks.signature import Signature
from bench.worker.hooks import IMPORTING, PREPARING, CannotMeasure, ProcessHooks
from bench.worker.lifecycle.context import BETWEEN, LifecycleContext
from bench.worker.lifecycle.model_factory import ModelFactory
from bench.worker.lifecycle.observer import PhaseObserver
from bench.worker.reasons import failure_of, note_made_up
from bench.worker.references import resolve
from bench.worker.wire.requests import CellRequest


class LifecycleResult(NamedTuple):
    """The model that a lifecycle ends with, and ``data``: its inputs and a batch for them.

    A custom lifecycle's batch is drawn when ``data`` is called, and raises ``CannotMeasure`` when
    what the lifecycle returned is no model. ``invented`` says in words what the suite made up of
    the data that the model was called with, and ``builder_compiled`` what its builder has compiled
    it with, where it has.
    """

    model: Any
    data: Callable[[], tuple[Signature, Any]]
    invented: tuple[str, ...] = ()
    builder_compiled: Optional[str] = None


def live(
    framework: Framework,
    cell: CellRequest,
    hooks: ProcessHooks,
    stages: PhaseObserver,
    notes: Optional[dict[str, Any]] = None,
) -> LifecycleResult:
    """Run one lifecycle of ``cell``; its facts go to ``notes``, where they are wanted.

    Raises ``CannotMeasure`` when the builder returns no model, or one whose inputs are unknown.
    """
    hooks.announce(IMPORTING)
    making = ModelFactory(framework, cell)
    own = cell.lifecycle
    lifecycle = None if own is None else resolve(own.function)
    _begin(framework, cell, hooks, stages)
    if own is None or lifecycle is None:
        return _from_nothing_to_calls(framework, cell, hooks, stages, making)
    hooks.announce(BETWEEN)
    life = LifecycleContext(
        announce=hooks.announce,
        stages=stages,
        wait=framework.wait,
        phases=own.phases,
        iterating=own.iterating,
        notes=notes,
        make=making.model,
        batch=lambda model: making.data(model)[1],
        depth=cell.layers,
        iterations=cell.iterations,
        folder=hooks.folder,
    )
    with _noting(making):
        model = lifecycle(life, **own.arguments)
    life.fail_what_was_left_out()
    return LifecycleResult(model, lambda: making.data(model), tuple(making.invented))


def lived(
    framework: Framework,
    cell: CellRequest,
    hooks: ProcessHooks,
    stages: PhaseObserver,
    ended: Collection[str],
) -> Optional[LifecycleResult]:
    """The same, as far as it goes: None where a phase failed that the life cannot do without.

    That is noted with ``stages``. It is raised where none of the phases that have ``ended`` is an
    arm's own, so that nothing is known of the cell.
    """
    try:
        return live(framework, cell, hooks, stages)
    except Exception as error:
        if all(map(is_overhead_phase, ended)):
            raise
        _note(stages, error, hooks.current(), cell)
        return None


def _from_nothing_to_calls(
    framework: Framework,
    cell: CellRequest,
    hooks: ProcessHooks,
    stages: PhaseObserver,
    making: ModelFactory,
) -> LifecycleResult:
    """The life that a call mode ends with."""
    call_mode = cell.call_mode
    declared = call_mode_of(framework, call_mode)
    data: Optional[Data] = None
    with _noting(making):
        model, known, size, builder_compiled = _made_ready(framework, cell, stages, making)
    try:
        with _noting(making):
            data = stages.phase(
                "inputs", lambda: framework.data(call_mode, model, known, size, cell.seed)
            )
            making.invented += data.invented
            calling = framework.calling(call_mode, model, known, size, data)
            for phase, action in zip(declared.once, calling.once):
                stages.phase(phase, action)
            stages.iterations(declared.repeats, calling.again, count=cell.iterations)
    except Exception as error:
        if not stages.goes_on:
            raise
        failed = hooks.current()
        _note(stages, error, failed, cell)
        later = (*declared.once, declared.repeats)
        for phase in later[later.index(failed) + 1 if failed in later else 0 :]:
            reason = f"needs {failed}, which failed"
            stages.failed(Failure(status.UNAVAILABLE, reason, phase))

    def called_with() -> tuple[Signature, Any]:
        return known, data.inputs if data else framework.batch(known, size, cell.seed)

    return LifecycleResult(model, called_with, tuple(making.invented), builder_compiled)


def _note(stages: PhaseObserver, error: Exception, phase: str, cell: CellRequest) -> None:
    """Note that ``phase`` raised ``error`` in a life that goes on."""
    traceback.print_exc()
    if isinstance(error, CannotMeasure):
        failure = Failure(error.kind, str(error), phase)
    elif isinstance(error, Unavailable):
        failure = Failure(status.UNAVAILABLE, str(error), phase)
    else:
        failure = failure_of(error, phase, cell.builder)
    stages.failed(failure)


@contextmanager
def _noting(making: ModelFactory) -> Iterator[None]:
    """What is raised while this is open knows what was made up of the data, if anything was."""
    try:
        yield
    except Exception as error:
        note_made_up(error, making.invented)
        raise


class ReadyModel(NamedTuple):
    """A model that waits for its first call, its inputs, and the size of their batches.

    ``builder_compiled`` says what its builder has compiled it with, where it has.
    """

    model: Any
    signature: Signature
    batch: int
    builder_compiled: Optional[str]


def made_ready(
    framework: Framework, cell: CellRequest, hooks: ProcessHooks, stages: PhaseObserver
) -> ReadyModel:
    """The model of ``cell``, built and compiled as its call mode needs it. Raises as ``live``."""
    hooks.announce(IMPORTING)
    making = ModelFactory(framework, cell)
    _begin(framework, cell, hooks, stages)
    return _made_ready(framework, cell, stages, making)


def _begin(
    framework: Framework, cell: CellRequest, hooks: ProcessHooks, stages: PhaseObserver
) -> None:
    hooks.announce(PREPARING)
    framework.prepare(cell.device, cell.threads)
    framework.set_seed(cell.seed)
    hooks.quiesce()
    stages.phase("runtime", framework.first_operation)


def _made_ready(
    framework: Framework, cell: CellRequest, stages: PhaseObserver, making: ModelFactory
) -> ReadyModel:
    model = stages.phase("construct", making.construction())
    making.check(model)
    known = making.signature(model)
    size = making.batch_size(known)
    making.note(known)
    if not cell.deferred and framework.is_built(model):
        stages.nothing_to_do("build")
    else:
        stages.phase("build", lambda: framework.build(model, known))
        known = making.refined(model, known)
    builder_compiled = framework.compiled_with(model)
    compiling = framework.compiling(model, cell.call_mode)
    if compiling is None:
        stages.nothing_to_do("compile")
    else:
        try:
            stages.phase("compile", compiling)
        except Exception as error:
            if not stages.goes_on:
                raise
            _note(stages, error, "compile", cell)
    return ReadyModel(model, known, size, builder_compiled)
