"""The life of a model, from nothing to its calls: the phases that every pass goes through."""

from __future__ import annotations

from typing import (
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Protocol,
    Tuple,
)

from bench.worker import protocol
from bench.worker.frameworks import Framework, Signature
from bench.worker.references import resolve
from bench.worker.request import CannotMeasure, Request


class Stages(Protocol):
    """What a pass does around the phases: time them, count them, look at what they leave."""

    def phase(self, name: str, action: Callable[[], Any]) -> Any:
        """Run ``action`` as phase ``name`` and return its result."""

    def iterations(self, name: str, action: Callable[[], object], count: int) -> None:
        """Run ``action`` ``count`` times as phase ``name``."""

    def nothing_to_do(self, name: str) -> None:
        """Phase ``name`` had no work left."""


class Life(NamedTuple):
    """What a lifecycle has made; ``inputs`` is what the model was called with."""

    model: Any
    signature: Signature
    inputs: Any


def live(framework: Framework, request: Request, stages: Stages) -> Life:
    """Live one lifecycle of the requested cell.

    Raises ``CannotMeasure`` when the builder returns no model, or one whose inputs are unknown.
    """
    make, layers = _construction(request)
    framework.prepare(request["device"], request["threads"])
    framework.set_seed(request["seed"])
    request.settle()
    size = request["batch"]

    stages.phase("runtime", framework.first_operation)
    model = stages.phase("construct", make)
    if not framework.is_model(model):
        raise CannotMeasure(
            protocol.NOT_A_MODEL, f"the builder returned {_described(model)}, not a model"
        )
    known = _signature(framework.signature(model, layers.first), request["inputs"])
    if framework.is_built(model):
        stages.nothing_to_do("build")
    else:
        stages.phase("build", lambda: framework.build(model, known))
    stages.phase("compile", lambda: framework.compile(model))
    entry = request["entry"]
    data = stages.phase(
        "inputs", lambda: framework.data(entry, model, known, size, request["seed"])
    )
    calling = framework.calling(entry, model, known, size, data)
    for phase, action in calling.once:
        stages.phase(phase, action)
    stages.iterations(calling.repeats, calling.again, count=request["iterations"])
    return Life(model, known, data.inputs)


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


def _construction(request: Request) -> Tuple[Any, _Layers]:
    """What ``construct`` runs, all imports behind it, and where its first layer will be found."""
    builder = resolve(request["builder"])
    layers = _Layers()
    depth: List[int] = [] if request["layers"] is None else [request["layers"]]
    own: Dict[str, Any] = request["arguments"]
    if request["architecture"] is None:
        return (lambda: builder(*depth, **own)), layers
    architecture = resolve(request["architecture"])
    arguments: Dict[str, Any] = request["architecture_arguments"]
    return (lambda: builder(layers.passing(architecture(*depth, **arguments)), **own)), layers


def _signature(own: Optional[Signature], inputs: Any) -> Signature:
    """The declared ``inputs`` where there are any, which must fit the model's ``own``."""
    declared = [(tuple(shape), dtype) for shape, dtype in inputs]
    if not own and not declared:
        raise CannotMeasure(
            protocol.BUILDER_ERROR,
            "the model's inputs are unknown: start it with keras.Input, build it before it is "
            "returned, or say what they are (--input)",
        )
    if not own or not declared:
        return own or declared
    if len(own) != len(declared) or not all(map(_fits, declared, own)):
        raise CannotMeasure(
            protocol.BUILDER_ERROR,
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
