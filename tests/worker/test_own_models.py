"""Models as people bring them, measured on real TensorFlow."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.phases import call_modes_of
from bench.execution.processes.interpreter import Interpreter
from bench.worker.wire.requests import InputRequest
from tests.worker.tensorflow_zygote import fail, invoke, zygote

__all__ = ["zygote"]

OWN: dict[str, Any] = {"architecture": None, "layers": None, "iterations": 2}


def test_network_of_keras_applications_is_built_with_arguments(zygote: Interpreter) -> None:
    outcome = invoke(
        zygote,
        **OWN,
        builder="keras.applications:MobileNetV3Small",
        arguments={"weights": None, "input_shape": [32, 32, 3], "classes": 10},
        batch=2,
    )
    assert {span.phase for span in outcome.spans} >= {"construct", "trace", "inference"}


@pytest.mark.parametrize("call_mode", call_modes_of())
def test_every_call_mode_calls_a_model_with_two_inputs(zygote: Interpreter, call_mode: str) -> None:
    outcome = invoke(
        zygote, **OWN, builder="tests.fakes.own_models:two_inputs", call_mode=call_mode
    )
    phases = {span.phase for span in outcome.spans}
    assert {*call_modes_of()[call_mode].once, call_modes_of()[call_mode].repeats} <= phases


@pytest.mark.parametrize("call_mode", ["function", "predict", "train", "fit"])
def test_small_transformer_is_called_in_every_way(zygote: Interpreter, call_mode: str) -> None:
    changes = {**OWN, "layers": 2, "builder": "tests.fakes.own_models:transformer"}
    phases = {span.phase for span in invoke(zygote, **changes, call_mode=call_mode).spans}
    assert {*call_modes_of()[call_mode].once, call_modes_of()[call_mode].repeats} <= phases


@pytest.mark.parametrize("call_mode", ["function", "predict", "train"])
def test_subclassed_model_takes_declared_inputs(zygote: Interpreter, call_mode: str) -> None:
    declared = (InputRequest((None, 6), "float32"),)
    outcome = invoke(
        zygote,
        **OWN,
        builder="tests.fakes.own_models:subclassed",
        inputs=declared,
        call_mode=call_mode,
    )
    status = {span.phase: span.status for span in outcome.spans}
    assert (status["build"], status[call_modes_of()[call_mode].repeats]) == ("ok", "ok")


def test_model_without_known_inputs_says_what_to_do(zygote: Interpreter) -> None:
    outcome = fail(zygote, **OWN, builder="tests.fakes.own_models:subclassed")
    assert outcome.kind == "generated_data"
    assert "--input" in outcome.reason


def test_declared_input_settles_a_free_length(zygote: Interpreter) -> None:
    changes = {**OWN, "layers": 2, "builder": "tests.fakes.own_models:any_length"}
    invoke(zygote, **changes, inputs=(InputRequest((None, 7, 5), "float32"),))


@pytest.mark.parametrize(
    "declared",
    [
        InputRequest((None, 17), "float32"),
        InputRequest((None, 16), "int32"),
        InputRequest((None, 4, 4), "float32"),
    ],
)
def test_declared_input_that_does_not_fit_is_told(
    zygote: Interpreter, declared: InputRequest
) -> None:
    inputs = (declared, InputRequest((None, 4), "float32"))
    outcome = fail(zygote, **OWN, builder="tests.fakes.own_models:two_inputs", inputs=inputs)
    assert outcome.kind == "generated_data"
    assert "the model takes float32[any,16] and float32[any,4]" in outcome.reason


def test_wrong_argument_names_the_builder(zygote: Interpreter) -> None:
    outcome = fail(
        zygote, **OWN, builder="tests.fakes.own_models:two_inputs", arguments={"unit": 3}
    )
    assert outcome.kind == "builder_error"
    assert "unexpected keyword argument 'unit'" in outcome.reason


@pytest.mark.parametrize("call_mode", ["eager", "function"])
@pytest.mark.parametrize(
    "builder",
    ["returns_nothing_next_to_it", "returns_a_named_tuple", "returns_a_number_next_to_it"],
)
def test_model_returns_other_things_than_tensors(
    zygote: Interpreter, builder: str, call_mode: str
) -> None:
    changes = {**OWN, "builder": f"tests.fakes.own_models:{builder}", "call_mode": call_mode}
    outcome = invoke(zygote, **changes, inputs=(InputRequest((None, 6), "float32"),))
    assert "inference" in {span.phase for span in outcome.spans}


def test_dataclass_is_returned_where_the_framework_takes_one(zygote: Interpreter) -> None:
    changes = {**OWN, "builder": "tests.fakes.own_models:returns_a_dataclass"}
    inputs = (InputRequest((None, 6), "float32"),)
    called = invoke(zygote, **{**changes, "call_mode": "eager"}, inputs=inputs)
    assert "inference" in {span.phase for span in called.spans}
    traced = fail(zygote, **{**changes, "call_mode": "function"}, inputs=inputs)
    assert "found return value of type Result" in traced.reason
    trained = fail(zygote, **{**changes, "call_mode": "train"}, inputs=inputs)
    assert trained.reason == "the model returns a Result, and there is no target for that"


def test_model_of_another_keras_is_named_as_such(zygote: Interpreter) -> None:
    outcome = fail(zygote, **OWN, builder="tests.fakes.own_models:of_another_keras")
    assert outcome.kind == "not_a_model"
    assert outcome.reason.startswith("the builder returned a Model of tests, not a model of keras ")


@pytest.mark.parametrize("call_mode", ["predict", "train"])
def test_methods_that_take_raw_data_are_unavailable(zygote: Interpreter, call_mode: str) -> None:
    changes: dict[str, Any] = {
        **OWN,
        "builder": "tests.fakes.own_models:with_a_preprocessor",
        "inputs": (InputRequest((None, 6), "float32"),),
    }
    refused = fail(zygote, **changes, call_mode=call_mode)
    assert refused.kind == "unavailable"
    assert "hands its data to the model's StringLookup first" in refused.reason
    assert refused.reason.endswith("build the model with preprocessor=None")
    invoke(zygote, **changes, call_mode="function")
    invoke(zygote, **changes, call_mode=call_mode, arguments={"is_used": False})


def test_model_that_overrides_what_calls_it_is_told_so(zygote: Interpreter) -> None:
    inputs = (InputRequest((None, 6), "float32"),)
    refused = fail(zygote, **OWN, builder="tests.fakes.own_models:overriding", inputs=inputs)
    assert refused.kind == "unavailable"
    assert "Overriding overrides __call__() and has no call()" in refused.reason
