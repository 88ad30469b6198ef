"""Makes models as the requested arm does, and knows what they are called with."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any, Callable, Optional

from bench.domain import status
from bench.worker.frameworks.base import Framework
from bench.worker.frameworks.signature import DoesNotFit, InputSpec, Signature, merged
from bench.worker.hooks import CannotMeasure
from bench.worker.hypermodels import tuner_hint
from bench.worker.lifecycle.context import Change
from bench.worker.reasons import is_lacking
from bench.worker.references import resolve
from bench.worker.wire.requests import CellRequest


class ModelFactory:
    """Makes models as the requested arm does; all imports lie behind it."""

    def __init__(self, framework: Framework, cell: CellRequest) -> None:
        self._framework = framework
        self._cell = cell
        self._builder = resolve(cell.builder)
        named = cell.architecture
        self._architecture = None if named is None else resolve(named)
        self._layers = _Layers()
        self.invented: list[str] = []

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
                    status.UNAVAILABLE,
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
            if not is_lacking(error):
                raise
            reason = f"the builder raised NotImplementedError: {error}"
            raise CannotMeasure(status.UNAVAILABLE, reason) from error
        self.check(model)
        return model

    def check(self, model: Any, who: str = "builder") -> None:
        """Raises ``CannotMeasure`` when ``model``, which ``who`` returned, is none."""
        if not self._framework.is_model(model):
            reason = f"the {who} returned {_described(model)}, not a model"
            if any(base.__name__ == "Model" for base in type(model).__mro__):
                # Another Keras is installed next to the one that is measured.
                version = self._framework.versions().get("keras", "")
                reason += f" of keras {version}, which is the one that is measured"
            reason += tuner_hint(model) or self._hint(model)
            raise CannotMeasure(status.NOT_A_MODEL, reason)

    def _hint(self, returned: object) -> str:
        """What to do with what was ``returned``, where it leads to a model; else empty."""
        if inspect.isgenerator(returned):
            return "; a function that yields layers is an architecture: name it with --architecture"
        if isinstance(returned, (tuple, list)) and any(map(self._framework.is_model, returned)):
            return "; a model is among what it holds: name a function that returns it alone"
        return ""

    def signature(self, model: Any) -> Signature:
        """The inputs of ``model``; of one that is not finished, those of its architecture.

        What the request says of them settles what they leave open. Raises ``CannotMeasure`` where
        both do not fit, or neither says anything.
        """
        first = self._layers.first
        own = self._framework.declared(first) if self._cell.deferred else None
        own = own or self._framework.signature(model, first)
        declared = [
            InputSpec(shape, dtype, name=name or "") for shape, dtype, name in self._cell.inputs
        ]
        if own is None or (declared and any(each.is_dtype_assumed for each in own.inputs)):
            if not declared:
                raise CannotMeasure(
                    status.GENERATED_DATA,
                    "the model's inputs are unknown: start it with keras.Input, build it before it "
                    "is returned, or say what they are (--input)",
                )
            return self._framework.from_declared(model, declared)
        try:
            return merged(own, declared)
        except DoesNotFit as error:
            raise CannotMeasure(status.GENERATED_DATA, str(error)) from error

    def batch_size(self, known: Signature) -> int:
        """The size of batches: that which the model declares, or else the requested one.

        Raises ``CannotMeasure`` where another one than the model's is asked for.
        """
        own, asked = known.fixed_batch, self._cell.batch
        if own is None:
            return asked
        if self._cell.is_batch_asked and asked != own:
            raise CannotMeasure(
                status.UNAVAILABLE,
                f"the model declares batches of {own}: it cannot be called with batches of {asked}",
            )
        return own

    def refined(self, model: Any, known: Signature) -> Signature:
        """What is ``known`` of the inputs of ``model`` now that it is built."""
        self.invented.clear()
        better = self._framework.refined(model, known)
        self.note(better)
        return better

    def note(self, known: Signature) -> None:
        """Note what is made up of data for inputs that are ``known``, each thing once."""
        size = self.batch_size(known)
        found = list(self._framework.invented(known, size))
        if known.fixed_batch is not None and not self._cell.is_batch_asked:
            found.append(f"batches of {size}, as the model declares")
        self.invented += [each for each in found if each not in self.invented]

    def data(self, model: Any) -> tuple[Signature, Any]:
        """The inputs of ``model``, and random data for them."""
        self.check(model, "lifecycle")
        known = self._framework.refined(model, self.signature(model))
        self.note(known)
        return known, self._framework.batch(known, self.batch_size(known), self._cell.seed)


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


def _described(value: object) -> str:
    """``value`` by its class and the package that it comes from: ``a Sequential of tf_keras``."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name, package = type(value).__name__, type(value).__module__.split(".")[0]
    article = "an" if name[0] in "aeiouAEIOU" else "a"
    return f"{article} {name}{'' if package == 'builtins' else f' of {package}'}"
