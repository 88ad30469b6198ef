"""What is counted and compared without a clock, on either backend."""

from __future__ import annotations

import pytest

from bench.domain.phases import natural_call_mode
from bench.execution.processes.interpreter import Interpreter
from bench.worker.wire.requests import OutputsRequest, StructureRequest, WorkRequest
from tests.fakes.requests import succeeded
from tests.fakes.small_models import LIMITS, mlp


@pytest.mark.parametrize("depth", [4, 8, 16])
@pytest.mark.parametrize("builder", ["inline", "incremental"])
def test_symbolic_calls_of_incremental_are_quadratic_and_those_of_inline_linear(
    zygote: Interpreter, backend: str, builder: str, depth: int
) -> None:
    cell = mlp(
        builder=f"scenarios.builders:{builder}",
        layers=depth,
        call_mode=natural_call_mode(backend),
    )
    found = succeeded(zygote, WorkRequest(cell, lines_of=None), LIMITS)
    expected = depth * (depth + 1) // 2 if builder == "incremental" else depth
    assert found.phases["construct"].counters["symbolic_calls"] == expected
    assert found.model["inbound_nodes"] == expected
    assert not found.missing


def test_models_built_in_other_ways_are_the_same_program(zygote: Interpreter, backend: str) -> None:
    def levels(builder: str) -> dict[str, tuple[str, ...]]:
        cell = mlp(builder=f"scenarios.builders:{builder}", call_mode=natural_call_mode(backend))
        found = succeeded(zygote, StructureRequest(cell), LIMITS)
        assert not found.missing
        return dict(found.levels)

    inline, others = levels("inline"), [levels("incremental"), levels("functional")]
    computed = [each for each in inline if each != "configuration"]
    assert {"weights", "program", "outputs", "gradients"} <= set(computed)
    for other in others:
        assert {level: other[level] for level in computed} == {
            level: inline[level] for level in computed
        }


def test_models_of_other_depths_are_other_programs(zygote: Interpreter, backend: str) -> None:
    def program(depth: int) -> tuple[str, ...]:
        cell = mlp(layers=depth, call_mode=natural_call_mode(backend))
        return succeeded(zygote, StructureRequest(cell), LIMITS).levels["program"]

    assert program(3) != program(4)


def test_call_modes_that_infer_answer_alike(zygote: Interpreter, backend: str) -> None:
    call_modes = (natural_call_mode(backend), "eager", "predict", "predict_on_batch")
    cell = mlp(call_mode=call_modes[0])
    found = succeeded(zygote, OutputsRequest(cell, tuple(dict.fromkeys(call_modes))), LIMITS)
    assert not found.missing
    assert not found.differing
    assert found.shapes == ("float32[8,16]",)
