"""The outputs pass: whether the ways to call a model answer alike, and how it is compiled."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from bench.domain.findings.evidence import OutputsOutcome, OutputValues
from bench.domain.words import listing
from bench.worker.frameworks.base import Framework
from bench.worker.frameworks.signature import Signature
from bench.worker.hooks import CannotMeasure, ProcessHooks
from bench.worker.lifecycle.observer import NullObserver
from bench.worker.lifecycle.standard import LifecycleResult, made_ready
from bench.worker.messages import described
from bench.worker.passes.output_values import kinds, numbers_of, values_of
from bench.worker.wire.requests import CellRequest, OutputsRequest

_EXACT, _HALF = 1e-3, 2e-2
"""Parts of the largest value by which rounding may make outputs differ; more if of two bytes."""

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
        values=values_of(arrays),
        tolerance=_tolerance(arrays),
        differing=differing,
        missing=missing,
        equal_values=_equal_values(framework, called, call_modes) if answers else (),
    )


def _nothing(missing: dict[str, str]) -> OutputsOutcome:
    return OutputsOutcome(None, False, "", (), (), 0.0, {}, missing)


def _plainest(framework: Framework) -> str:
    modes = [name for name, mode in framework.call_modes.items() if not mode.trains]
    return PLAINEST if PLAINEST in modes else modes[0]


def _equal_values(
    framework: Framework, called: CalledModel, call_modes: Sequence[str]
) -> tuple[OutputValues, ...]:
    """What the first call mode that can answers of the model whose weights are equalised."""
    for call_mode in call_modes:
        try:
            framework.equalise(called.model)
            return values_of(framework.outputs(call_mode, *called))
        except Exception:
            traceback.print_exc()
    return ()


def difference(first: Sequence[Any], other: Sequence[Any]) -> str:
    """How the arrays ``other`` differ from ``first``, in words; empty where they only round."""
    import numpy as np

    mine, theirs = list(map(_shape, first)), list(map(_shape, other))
    if mine != theirs:
        return f"{listing(theirs or ['nothing'])}, not {listing(mine or ['nothing'])}"
    apart = 0.0
    for mine_whole, theirs_whole in zip(first, other):
        one, another = numbers_of(mine_whole), numbers_of(theirs_whole)
        if one is None or another is None:
            if not np.array_equal(mine_whole, theirs_whole):
                return "other values"
            continue
        if not np.array_equal(kinds(one), kinds(another)):
            return "other values"
        finite = np.isfinite(one)
        largest = float(np.max(np.abs(one[finite]), initial=0.0))
        distance = float(np.max(np.abs(one[finite] - another[finite]), initial=0.0))
        apart = max(apart, distance / largest if largest else float(distance > 0))
    return f"by {apart:.2g} of the largest value" if apart > _tolerance(first) else ""


def _tolerance(arrays: Sequence[Any]) -> float:
    floats = [each for each in arrays if "float" in str(each.dtype)]
    return _HALF if any(each.dtype.itemsize < 4 for each in floats) else _EXACT


def _shape(array: Any) -> str:
    return f"{array.dtype}[{','.join(map(str, array.shape))}]"
