"""The outputs pass: whether the ways to call a model answer alike, and how it is compiled."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional, Union

from bench.domain.findings.evidence import OutputsOutcome
from bench.worker.frameworks.base import Framework
from bench.worker.frameworks.signature import Signature
from bench.worker.hooks import CannotMeasure, ProcessHooks
from bench.worker.lifecycle.observer import NullObserver
from bench.worker.lifecycle.standard import LifecycleResult, made_ready
from bench.worker.messages import described
from bench.worker.wire.requests import CellRequest, OutputsRequest

_EXACT, _HALF = 1e-3, 2e-2
"""Parts of the largest value by which rounding may make outputs differ; more if of two bytes."""

_SAMPLE = 64

PLAINEST = "eager"
"""The call mode that asks least of a model: for those that are not called in one that infers."""


class CalledModel(NamedTuple):
    """A model, what it is called with, and how many examples that are."""

    model: Any
    signature: Signature
    size: int
    inputs: Any


def run(framework: Framework, request: OutputsRequest, hooks: ProcessHooks) -> OutputsOutcome:
    """Call the requested model in each call mode, in the first one twice, on the same inputs."""
    cell = request.cell
    stages = NullObserver(hooks.announce, iterate=False)
    model, signature, size, builder_compiled = made_ready(framework, cell, hooks, stages)
    compiled_with = framework.compiled_with(model)
    inputs = framework.batch(signature, size, cell.seed)
    return outputs_of(
        framework,
        CalledModel(model, signature, size, inputs),
        request.call_modes or (_plainest(framework),),
        hooks,
        compiled_with=compiled_with or "",
        by_builder=builder_compiled is not None,
    )


def outputs_of_lifecycle(
    framework: Framework, cell: CellRequest, life: LifecycleResult, hooks: ProcessHooks
) -> OutputsOutcome:
    """What the model answers that a lifecycle of its own hands over; ``missing`` without one."""
    call_mode = _plainest(framework)
    try:
        signature, inputs = life.data()
    except CannotMeasure as error:
        return _nothing({call_mode: str(error)})
    except Exception as error:
        traceback.print_exc()
        return _nothing({call_mode: described(error)})
    called = CalledModel(life.model, signature, signature.fixed_batch or cell.batch, inputs)
    return outputs_of(framework, called, (call_mode,), hooks)


def outputs_of(
    framework: Framework,
    called: CalledModel,
    call_modes: Sequence[str],
    hooks: ProcessHooks,
    *,
    compiled_with: Optional[str] = None,
    by_builder: bool = False,
) -> OutputsOutcome:
    """What ``called`` answers in each of ``call_modes``; the remaining arguments are passed on."""
    answers: dict[str, list[Any]] = {}
    differing: dict[str, str] = {}
    missing: dict[str, str] = {}
    for call_mode in (*call_modes[:1], *call_modes):
        hooks.announce(call_mode)
        try:
            answer = framework.outputs(call_mode, *called)
        except Exception as error:
            traceback.print_exc()
            missing[call_mode] = described(error)
            continue
        first = next(iter(answers.values()), answer)
        found = difference(first, answer)
        if found:
            differing[call_mode] = found
        answers.setdefault(call_mode, answer)
    arrays = next(iter(answers.values()), [])
    return OutputsOutcome(
        compiled_with=compiled_with,
        by_builder=by_builder,
        first=next(iter(answers), ""),
        shapes=tuple(_shape(each) for each in arrays),
        sample=_sample(arrays),
        tolerance=_tolerance(arrays),
        differing=differing,
        missing=missing,
        equal_sample=_equal_sample(framework, called, call_modes) if answers else (),
    )


def _nothing(missing: dict[str, str]) -> OutputsOutcome:
    return OutputsOutcome(None, False, "", (), (), 0.0, {}, missing)


def _plainest(framework: Framework) -> str:
    modes = [name for name, mode in framework.call_modes.items() if not mode.trains]
    return PLAINEST if PLAINEST in modes else modes[0]


def _equal_sample(
    framework: Framework, called: CalledModel, call_modes: Sequence[str]
) -> tuple[Union[float, str], ...]:
    """What the first call mode that can answers of the model whose weights are equalised."""
    for call_mode in call_modes:
        try:
            framework.equalise(called.model)
            return _sample(framework.outputs(call_mode, *called))
        except Exception:
            traceback.print_exc()
    return ()


def difference(first: Sequence[Any], other: Sequence[Any]) -> str:
    """How the arrays ``other`` differ from ``first``, in words; empty where they only round."""
    import numpy as np

    mine, theirs = list(map(_shape, first)), list(map(_shape, other))
    if mine != theirs:
        return f"{' and '.join(theirs) or 'nothing'}, not {' and '.join(mine) or 'nothing'}"
    apart = 0.0
    for one, another in zip(first, other):
        if not _is_number(one):
            if not np.array_equal(one, another):
                return "other values"
            continue
        one, another = np.asarray(one, dtype="float64"), np.asarray(another, dtype="float64")
        if not np.array_equal(np.isfinite(one), np.isfinite(another)):
            return "other values"
        finite = np.isfinite(one)
        largest = float(np.max(np.abs(one[finite]), initial=0.0))
        distance = float(np.max(np.abs(one[finite] - another[finite]), initial=0.0))
        apart = max(apart, distance / largest if largest else float(distance > 0))
    return f"by {apart:.2g} of the largest value" if apart > _tolerance(first) else ""


def _tolerance(arrays: Sequence[Any]) -> float:
    floats = [each for each in arrays if _is_number(each) and each.dtype.kind not in "iub"]
    return _HALF if any(each.dtype.itemsize < 4 for each in floats) else _EXACT


def _sample(arrays: Sequence[Any]) -> tuple[Union[float, str], ...]:
    """At most ``_SAMPLE`` of the values, from all over the arrays."""
    values = [value for each in arrays for value in _spread(each, _SAMPLE // len(arrays))]
    return tuple(values)


def _spread(array: Any, most: int) -> list[Union[float, str]]:
    import numpy as np

    flat = np.ravel(array)
    places = np.unique(np.linspace(0, max(len(flat) - 1, 0), max(most, 1)).astype(int))
    some = flat[places[: len(flat)]]
    if not _is_number(array):
        return [str(each) for each in some]
    numbers = [float(each) for each in some]
    return [each if np.isfinite(each) else str(each) for each in numbers]


def _is_number(array: Any) -> bool:
    """Whether ``array`` holds real numbers; NumPy knows those of two bytes as foreign ones."""
    return array.dtype.kind in "iufb" or "float" in str(array.dtype)


def _shape(array: Any) -> str:
    return f"{array.dtype}[{','.join(map(str, array.shape))}]"
