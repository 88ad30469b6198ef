"""What the suite's own lifecycles note of a model's answers, on either backend."""

from __future__ import annotations

from bench.execution.processes.interpreter import Interpreter
from bench.worker.wire.requests import FactsRequest
from tests.fakes.requests import succeeded
from tests.fakes.small_models import LIMITS, mlp
from tests.worker.test_lifecycles import CHANGED, requested


def test_modified_model_is_compared_with_what_it_answers_when_it_is_called(
    zygote: Interpreter,
) -> None:
    cell = mlp(call_mode="predict", **requested("modification", "recreate_inline"))
    notes = succeeded(zygote, FactsRequest(cell), LIMITS).facts
    assert notes["predict after compile"] == CHANGED
    assert notes["predict after compile, relative error"] == 0
