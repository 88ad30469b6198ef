"""The outputs pass: whether the ways to call a model answer alike, and how it is compiled."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any, Union

from bench.domain.findings.evidence import OutputsOutcome
from bench.worker.frameworks.base import Framework
from bench.worker.hooks import ProcessHooks
from bench.worker.lifecycle.observer import NullObserver
from bench.worker.lifecycle.standard import made_ready
from bench.worker.wire.requests import OutputsRequest

_EXACT, _HALF = 1e-3, 2e-2
"""Parts of the largest value by which rounding may make outputs differ; more if of two bytes."""

_SAMPLE = 64


def run(framework: Framework, request: OutputsRequest, hooks: ProcessHooks) -> OutputsOutcome:
    """Call the requested model in each call mode, in the first one twice, on the same inputs."""
    cell = request.cell
    stages = NullObserver(hooks.announce, iterate=False)
    model, signature, size, builder_compiled = made_ready(framework, cell, hooks, stages)
    compiled_with = framework.compiled_with(model)
    inputs = framework.batch(signature, size, cell.seed)
    answers: dict[str, list[Any]] = {}
    differing: dict[str, str] = {}
    missing: dict[str, str] = {}
    for call_mode in (*request.call_modes[:1], *request.call_modes):
        hooks.announce(call_mode)
        try:
            answer = framework.outputs(call_mode, model, signature, size, inputs)
        except Exception as error:
            traceback.print_exc()
            missing[call_mode] = f"{type(error).__name__}: {error}".partition("\n")[0]
            continue
        first = next(iter(answers.values()), answer)
        found = difference(first, answer)
        if found:
            differing[call_mode] = found
        answers.setdefault(call_mode, answer)
    arrays = next(iter(answers.values()), [])
    return OutputsOutcome(
        compiled_with=compiled_with or "",
        by_builder=builder_compiled is not None,
        first=next(iter(answers), ""),
        shapes=tuple(_shape(each) for each in arrays),
        sample=_sample(arrays),
        tolerance=_tolerance(arrays),
        differing=differing,
        missing=missing,
        equal_sample=_equal_sample(framework, request, model, signature, inputs) if answers else (),
    )


def _equal_sample(
    framework: Framework, request: OutputsRequest, model: Any, signature: Any, inputs: Any
) -> tuple[Union[float, str], ...]:
    """What the first call mode that can answers of the model whose weights are equalised."""
    for call_mode in request.call_modes:
        try:
            framework.equalise(model)
            size = request.cell.batch
            return _sample(framework.outputs(call_mode, model, signature, size, inputs))
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
