"""The life of a model, from nothing to its calls: the phases that every pass goes through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import (
    Any,
    Callable,
    NamedTuple,
    Optional,
)

from bench.domain import status
from bench.worker.frameworks.base import Framework, Signature, call_mode_of
from bench.worker.hooks import IMPORTING, PREPARING, CannotMeasure, ProcessHooks
from bench.worker.lifecycle.context import BETWEEN, Change, LifecycleContext
from bench.worker.lifecycle.observer import PhaseObserver
from bench.worker.references import resolve
from bench.worker.wire.requests import CellRequest, InputRequest


class LifecycleResult(NamedTuple):
    """The model that a lifecycle ends with, and ``data``: its inputs and a batch for them.

    A custom lifecycle's batch is drawn when ``data`` is called, and raises ``CannotMeasure`` when
    what the lifecycle returned is no model.
    """

    model: Any
    data: Callable[[], tuple[Signature, Any]]


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
    making = _ModelFactory(framework, cell)
    own = cell.lifecycle
    lifecycle = None if own is None else resolve(own.function)
    _begin(framework, cell, hooks, stages)
    if own is None or lifecycle is None:
        return _from_nothing_to_calls(framework, cell, stages, making)
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
    model = lifecycle(life, **own.arguments)
    return LifecycleResult(model, lambda: making.data(model))


def _from_nothing_to_calls(
    framework: Framework, cell: CellRequest, stages: PhaseObserver, making: _ModelFactory
) -> LifecycleResult:
    """The life that a call mode ends with."""
    size, call_mode = cell.batch, cell.call_mode
    declared = call_mode_of(framework, call_mode)
    model, known, _ = _made_ready(framework, cell, stages, making)
    data = stages.phase("inputs", lambda: framework.data(call_mode, model, known, size, cell.seed))
    calling = framework.calling(call_mode, model, known, size, data)
    for phase, action in zip(declared.once, calling.once):
        stages.phase(phase, action)
    stages.iterations(declared.repeats, calling.again, count=cell.iterations)
    return LifecycleResult(model, lambda: (known, data.inputs))


class ReadyModel(NamedTuple):
    """A model that waits for its first call, and its inputs.

    ``builder_compiled`` says what its builder has compiled it with, where it has.
    """

    model: Any
    signature: Signature
    builder_compiled: Optional[str]


def made_ready(
    framework: Framework, cell: CellRequest, hooks: ProcessHooks, stages: PhaseObserver
) -> ReadyModel:
    """The model of ``cell``, built and compiled as its call mode needs it. Raises as ``live``."""
    hooks.announce(IMPORTING)
    making = _ModelFactory(framework, cell)
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
    framework: Framework, cell: CellRequest, stages: PhaseObserver, making: _ModelFactory
) -> ReadyModel:
    model = stages.phase("construct", making.construction())
    making.check(model)
    known = making.signature(model)
    if not cell.deferred and framework.is_built(model):
        stages.nothing_to_do("build")
    else:
        stages.phase("build", lambda: framework.build(model, known))
    builder_compiled = framework.compiled_with(model)
    compiling = framework.compiling(model, cell.call_mode)
    if compiling is None:
        stages.nothing_to_do("compile")
    else:
        stages.phase("compile", compiling)
    return ReadyModel(model, known, builder_compiled)


class _ModelFactory:
    """Makes models as the requested arm does; all imports lie behind it."""

    def __init__(self, framework: Framework, cell: CellRequest) -> None:
        self._framework = framework
        self._cell = cell
        self._builder = resolve(cell.builder)
        named = cell.architecture
        self._architecture = None if named is None else resolve(named)
        self._layers = _Layers()

    def construction(
        self, depth: Optional[int] = None, change: Optional[Change] = None
    ) -> Callable[[], Any]:
        """What ``construct`` runs: a model of ``depth`` or else the requested one.

        Layers of the architecture are those that ``change`` makes of them, where there is one.
        """
        builder, architecture, layers = self._builder, self._architecture, self._layers
        wanted = self._cell.layers if depth is None else depth
        depths: list[int] = [] if wanted is None else [wanted]
        own: dict[str, Any] = self._cell.arguments
        if architecture is None:
            if change is not None:
                raise CannotMeasure(
                    status.BUILDER_ERROR,
                    "the lifecycle changes the layers of an architecture, and the builder of this "
                    "arm takes none: give one (--architecture)",
                )
            return lambda: builder(*depths, **own)
        arguments: dict[str, Any] = self._cell.architecture_arguments
        changed = change or iter
        return lambda: builder(changed(layers.passing(architecture(*depths, **arguments))), **own)

    def model(self, depth: Optional[int], change: Optional[Change]) -> Any:
        """A model for a lifecycle, in whatever phase that is.

        Raises ``CannotMeasure`` when it is none, or the builder needs what this version lacks.
        """
        construct = self.construction(depth, change)
        try:
            model = construct()
        except NotImplementedError as error:
            reason = f"the builder raised NotImplementedError: {error}"
            raise CannotMeasure(status.UNAVAILABLE, reason) from error
        self.check(model)
        return model

    def check(self, model: Any, who: str = "builder") -> None:
        """Raises ``CannotMeasure`` when ``model``, which ``who`` returned, is none."""
        if not self._framework.is_model(model):
            raise CannotMeasure(
                status.NOT_A_MODEL, f"the {who} returned {_described(model)}, not a model"
            )

    def signature(self, model: Any) -> Signature:
        """The inputs of ``model``; of one that is not finished, those of its architecture."""
        declared = self._layers.first
        own = self._framework.declared(declared) if self._cell.deferred else None
        own = own or self._framework.signature(model, declared)
        return _signature(own, self._cell.inputs)

    def data(self, model: Any) -> tuple[Signature, Any]:
        """The inputs of ``model``, and random data for them."""
        self.check(model, "lifecycle")
        known = self.signature(model)
        size, seed = self._cell.batch, self._cell.seed
        return known, self._framework.batch(known, size, seed)


class _Layers:
    """The layers of an architecture on their way to the builder; remembers the first."""

    def __init__(self) -> None:
        self.first: Optional[Any] = None

    def passing(self, layers: Iterable[Any]) -> Iterator[Any]:
        iterator = iter(layers)
        for layer in iterator:
            self.first = layer if hasattr(layer, "shape") and hasattr(layer, "dtype") else None
            yield layer
            break
        yield from iterator


def _signature(own: Optional[Signature], inputs: Sequence[InputRequest]) -> Signature:
    """The declared ``inputs`` where there are any, which must fit the model's ``own``."""
    declared = [(shape, dtype) for shape, dtype in inputs]
    if not own and not declared:
        raise CannotMeasure(
            status.BUILDER_ERROR,
            "the model's inputs are unknown: start it with keras.Input, build it before it is "
            "returned, or say what they are (--input)",
        )
    if not own or not declared:
        return own or declared
    if len(own) != len(declared) or not all(map(_fits, declared, own)):
        raise CannotMeasure(
            status.BUILDER_ERROR,
            f"the model takes {_shapes(own)}, and --input says {_shapes(declared)}",
        )
    return declared


def _fits(declared: Any, own: Any) -> bool:
    (shape, dtype), (wanted, wanted_dtype) = declared, own
    return (
        dtype == wanted_dtype
        and len(shape) == len(wanted)
        and all(each is None or length in (None, each) for length, each in zip(shape, wanted))
    )


def _shapes(signature: Signature) -> str:
    return " and ".join(
        f"{dtype}[{','.join('any' if each is None else str(each) for each in shape)}]"
        for shape, dtype in signature
    )


def _described(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
