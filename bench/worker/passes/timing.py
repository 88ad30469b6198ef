"""The timing pass: one lifecycle with clocks on."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from bench.worker import protocol
from bench.worker.frameworks import Framework
from bench.worker.meters import Recorder
from bench.worker.passes import CannotMeasure, Request
from bench.worker.references import resolve


def run(framework: Framework, request: Request) -> protocol.Message:
    """Live one lifecycle of the requested cell; returns its spans and when it began.

    Raises ``CannotMeasure`` when the builder returns no model, or one whose inputs are unknown.
    """
    make, layers = _construction(request)
    framework.prepare(request["device"], request["threads"])
    framework.set_seed(request["seed"])
    request.settle()
    recorder = Recorder(request.announce, framework.wait, framework.device_meters)
    size = request["batch"]

    recorder.phase("runtime", framework.first_operation)
    model = recorder.phase("construct", make)
    if not framework.is_model(model):
        raise CannotMeasure(
            protocol.NOT_A_MODEL, f"the builder returned {_described(model)}, not a model"
        )
    signature = framework.signature(model, layers.first)
    if signature is None:
        raise CannotMeasure(
            protocol.BUILDER_ERROR,
            "the model's inputs are unknown: start it with keras.Input, or build it before it is "
            "returned",
        )
    if framework.is_built(model):
        recorder.nothing_to_do("build")
    else:
        recorder.phase("build", lambda: framework.build(model, signature))
    recorder.phase("compile", lambda: framework.compile(model))
    data = recorder.phase("inputs", lambda: framework.batch(signature, size, request["seed"]))
    traced = recorder.phase("trace", lambda: framework.trace(model, signature, size))
    recorder.phase("first_call", lambda: framework.call(traced, data))
    recorder.iterations(
        "inference", lambda: framework.call(traced, data), count=request["iterations"]
    )
    recorder.whole("invocation")
    return {"began_ns": recorder.began_ns, "spans": recorder.spans}


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
    if request["architecture"] is None:
        return (lambda: builder(*depth)), layers
    architecture = resolve(request["architecture"])
    arguments: Dict[str, Any] = request["architecture_arguments"]
    return (lambda: builder(layers.passing(architecture(*depth, **arguments)))), layers


def _described(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
