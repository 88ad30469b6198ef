"""What models bring is left as it is: their compile, their loss, their own step; on real Keras."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.findings.timing import TimingOutcome
from bench.domain.phases import call_modes_of
from bench.execution.processes.interpreter import Interpreter
from bench.worker.frameworks.keras.training import compiled_with
from bench.worker.wire.requests import InputRequest
from tests.fakes.own_models import compiled_for_xla
from tests.worker.tensorflow_zygote import fail, invoke, zygote

__all__ = ["zygote"]

ROWS = InputRequest((None, 6), "float32")
TRAINING = [name for name, mode in call_modes_of().items() if mode.trains]
INFERRING = [name for name, mode in call_modes_of().items() if not mode.trains]


def own(builder: str, call_mode: str, **changes: Any) -> dict[str, Any]:
    return {
        "architecture": None,
        "layers": None,
        "iterations": 2,
        "builder": f"tests.fakes.own_models:{builder}",
        "call_mode": call_mode,
        **changes,
    }


def statuses(outcome: TimingOutcome) -> dict[str, str]:
    return {span.phase: span.status for span in outcome.spans}


@pytest.mark.parametrize("call_mode", ["function", "predict", "train", "fit"])
def test_model_that_comes_compiled_has_nothing_to_compile(
    zygote: Interpreter, call_mode: str
) -> None:
    phases = statuses(invoke(zygote, **own("compiled", call_mode, layers=1)))
    assert phases["compile"] == "nothing_to_do"
    assert phases[call_modes_of()[call_mode].repeats] == "ok"


@pytest.mark.parametrize("call_mode", [*TRAINING, "predict"])
def test_model_keeps_how_its_builder_has_it_executed(zygote: Interpreter, call_mode: str) -> None:
    assert compiled_with(compiled_for_xla()) == "SGD, mse, jit_compile, steps_per_execution=2"
    phases = statuses(invoke(zygote, **own("compiled_for_xla", call_mode)))
    assert phases["compile"] == "nothing_to_do"
    assert phases[call_modes_of()[call_mode].repeats] == "ok"


@pytest.mark.parametrize("call_mode", TRAINING)
@pytest.mark.parametrize("builder", ["two_losses", "added_loss", "supervised", "only_trained"])
def test_models_are_trained_by_the_loss_and_the_step_that_they_bring(
    zygote: Interpreter, builder: str, call_mode: str
) -> None:
    phases = statuses(invoke(zygote, **own(builder, call_mode, inputs=(ROWS,))))
    assert phases["compile"] == "nothing_to_do"
    assert phases[call_modes_of()[call_mode].repeats] == "ok"


@pytest.mark.parametrize("call_mode", [*TRAINING, "predict"])
def test_model_of_a_distribution_strategy_is_compiled_in_its_scope(
    zygote: Interpreter, call_mode: str
) -> None:
    phases = statuses(invoke(zygote, **own("of_a_strategy", call_mode)))
    assert phases["compile"] == phases[call_modes_of()[call_mode].repeats] == "ok"


def test_model_that_is_not_compiled_is_compiled_by_the_suite(zygote: Interpreter) -> None:
    for call_mode in ("eager", "train"):
        outcome = invoke(zygote, **own("subclassed", call_mode, inputs=(ROWS,)))
        assert statuses(outcome)["compile"] == "ok"


@pytest.mark.parametrize("builder", ["own_compile", "refuses_loss"])
def test_model_with_a_compile_of_its_own_is_called_without(
    zygote: Interpreter, builder: str
) -> None:
    for call_mode in INFERRING:
        phases = statuses(invoke(zygote, **own(builder, call_mode, inputs=(ROWS,))))
        assert phases["compile"] == "nothing_to_do"
        assert phases["inference"] == "ok"


@pytest.mark.parametrize(
    ("builder", "takes", "why"),
    [
        ("own_compile", "(first_optimizer, second_optimizer, **others)", "TypeError"),
        ("refuses_loss", "(box_loss=None, loss=None, **others)", "ValueError: this model takes no"),
    ],
)
def test_training_says_what_a_compile_of_its_own_takes(
    zygote: Interpreter, builder: str, takes: str, why: str
) -> None:
    failures = [fail(zygote, **own(builder, call_mode, inputs=(ROWS,))) for call_mode in TRAINING]
    assert {(each.kind, each.phase) for each in failures} == {("unavailable", "compile")}
    # One reason for all, so that a run tells it once.
    (reason,) = {each.reason for each in failures}
    assert "training needs a compiled model, and compile() of" in reason
    assert takes in reason
    assert why in reason
    assert "compile it in the builder" in reason


@pytest.mark.parametrize("call_mode", INFERRING)
def test_model_that_cannot_be_called_is_unavailable_where_it_is(
    zygote: Interpreter, call_mode: str
) -> None:
    failure = fail(zygote, **own("only_trained", call_mode, inputs=(ROWS,)))
    assert failure.kind == "unavailable"
    assert "has no call()" in failure.reason
