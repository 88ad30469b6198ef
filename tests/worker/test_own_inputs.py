"""Models get inputs in the structure that they declare, on real TensorFlow."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.findings.timing import TimingOutcome
from bench.domain.phases import call_modes_of
from bench.domain.status import BUILDER_ERROR, GENERATED_DATA, UNAVAILABLE
from bench.execution.processes.interpreter import Interpreter
from bench.worker.wire.requests import InputRequest, TimingRequest
from tests.fakes.requests import invoked
from tests.fakes.small_models import LIMITS, mlp
from tests.worker.tensorflow_zygote import fail, invoke, zygote

__all__ = ["zygote"]

OWN: dict[str, Any] = {"architecture": None, "layers": None, "iterations": 2}
USUAL = ("eager", "function", "predict", "predict_on_batch", "train", "fit")


def own(builder: str, **changes: Any) -> dict[str, Any]:
    return {**OWN, "builder": f"tests.fakes.own_inputs:{builder}", **changes}


def note(outcome: TimingOutcome) -> str:
    """What was invented of the inputs, as the whole invocation tells it."""
    (whole,) = [span for span in outcome.spans if span.phase == "invocation"]
    return whole.note or ""


@pytest.mark.parametrize("call_mode", USUAL)
@pytest.mark.parametrize(
    "builder",
    [
        *("tokens", "tokens_in_a_nested_model", "ragged", "sparse", "masked", "nested"),
        *("tuple_of_two", "fixed_batch", "tabular"),
    ],
)
def test_inputs_come_in_the_structure_that_is_declared(
    zygote: Interpreter, builder: str, call_mode: str
) -> None:
    outcome, log, *_ = invoked(
        zygote, TimingRequest(mlp(**own(builder, call_mode=call_mode))), LIMITS
    )
    assert isinstance(outcome, TimingOutcome), outcome
    declared = call_modes_of()[call_mode]
    assert {*declared.once, declared.repeats} <= {span.phase for span in outcome.spans}
    assert "structure of `inputs`" not in log


@pytest.mark.parametrize(
    ("builder", "words"),
    [
        ("tokens", "tokens int32[8,16], values 0 to 999 (vocabulary of embedding), free length 16"),
        ("tokens_as_floats", "float32[8,6], values 0 to 6 (vocabulary of embedding)"),
        (
            "tokens_in_a_nested_model",
            "ids int32[8,6], values 0 to 10 (vocabulary of words); "
            "kinds int32[8,6], values 0 to 2 (vocabulary of segments)",
        ),
        (
            "ragged",
            "rows int32[8,16], values 0 to 9, free length 16, ragged, rows of random length from 1",
        ),
        ("sparse", "bag float32[8,50], sparse, 10 % of it not 0"),
        ("masked", "mask bool[8,8], true or false at random"),
        ("nested", ""),
        ("fixed_batch", "batches of 4, as the model declares"),
        (
            "tabular",
            "code int64[8,1], 3 values (vocabulary of codes); "
            "color string[8,1], single words (vocabulary of colors)",
        ),
        ("columns", "float32[8,5], values 0 to 6 (vocabulary of kind)"),
        ("built_by_shape", "float32[8,3], dtype assumed"),
    ],
)
def test_what_is_invented_is_told_with_the_times(
    zygote: Interpreter, builder: str, words: str
) -> None:
    told = note(invoke(zygote, **own(builder, call_mode="eager")))
    assert told.startswith(words)
    assert bool(told) == bool(words)


@pytest.mark.parametrize(
    ("builder", "lacking"), [("tabular", "(text)"), ("sparse", "SparseFillEmptyRows")]
)
def test_what_xla_has_no_kernel_for_is_not_the_builder_s_fault(
    zygote: Interpreter, builder: str, lacking: str
) -> None:
    refused = fail(zygote, **own(builder, call_mode="xla"))
    assert refused.kind == UNAVAILABLE
    assert refused.reason.startswith("no XLA form: ")
    assert lacking in refused.reason


def test_the_model_s_own_batch_is_used_and_another_refused(zygote: Interpreter) -> None:
    invoke(zygote, **own("fixed_batch", batch=4, is_batch_asked=True))
    refused = fail(zygote, **own("fixed_batch", batch=8, is_batch_asked=True))
    assert refused.kind == UNAVAILABLE
    assert refused.reason == (
        "the model declares batches of 4: it cannot be called with batches of 8"
    )


def test_length_that_breaks_the_model_gives_a_hint(zygote: Interpreter) -> None:
    refused = fail(zygote, **own("halving", call_mode="function"))
    assert refused.kind == GENERATED_DATA
    assert "signal float32[8,16,1], free length 16" in refused.reason
    assert "--input [NAME=]DTYPE[BATCH,...]" in refused.reason
    longer = (InputRequest((None, 500, 1), "float32", "signal"),)
    assert note(invoke(zygote, **own("halving", inputs=longer))) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("colour", "the model has no input 'colour' as --input says: code, color, size"),
        ("size", "the model takes size=float32[any,1], and --input says size=string[any,1]"),
    ],
)
def test_input_that_the_model_lacks_is_refused_with_those_it_has(
    zygote: Interpreter, name: str, words: str
) -> None:
    declared = (InputRequest((None, 1), "string", name),)
    refused = fail(zygote, **own("tabular", inputs=declared))
    assert refused.kind == GENERATED_DATA
    assert words in refused.reason


REPLACES = "; --input [NAME=]DTYPE[BATCH,...] replaces what the suite made up:"


@pytest.mark.parametrize(
    ("builder", "call_mode", "words"),
    [
        ("short_texts", "function", f"{REPLACES} float32[8,16,2], free length 16"),
        ("few_ids", "eager", f"{REPLACES} "),
        ("classes_as_targets", "train", "targets of random numbers, shaped as the outputs"),
    ],
)
def test_data_that_the_model_does_not_take_are_not_the_builder_s_fault(
    zygote: Interpreter, builder: str, call_mode: str, words: str
) -> None:
    refused = fail(zygote, **own(builder, call_mode=call_mode))
    assert refused.kind == GENERATED_DATA, refused.reason
    assert words in refused.reason


def test_mistake_of_the_builder_is_its_own_whatever_was_made_up(zygote: Interpreter) -> None:
    failed = fail(zygote, **own("mistaken", call_mode="eager"))
    assert failed.kind == BUILDER_ERROR
    assert "own_inputs.py, line " in failed.reason
    assert "made up" not in failed.reason


@pytest.mark.parametrize("call_mode", ["eager", "function", "xla"])
def test_two_arguments_of_call_are_handed_over_by_name(zygote: Interpreter, call_mode: str) -> None:
    declared = (
        InputRequest((None, 3), "float32", "context"),
        InputRequest((None, 4), "float32", "query"),
    )
    invoke(zygote, **own("two_arguments", inputs=declared, call_mode=call_mode))
    by_place = tuple(each._replace(name=None) for each in reversed(declared))
    invoke(zygote, **own("two_arguments", inputs=by_place, call_mode=call_mode))


def test_keras_methods_hand_over_one_argument(zygote: Interpreter) -> None:
    declared = (InputRequest((None, 4), "float32"), InputRequest((None, 3), "float32"))
    refused = [
        fail(zygote, **own("two_arguments", inputs=declared, call_mode=call_mode))
        for call_mode in ("predict", "predict_on_batch", "train", "fit")
    ]
    assert {each.kind for each in refused} == {UNAVAILABLE}
    # One reason for all, so that a run tells it once.
    (reason,) = {each.reason for each in refused}
    assert "hands call() one argument, and it takes several: query, context" in reason


@pytest.mark.parametrize("call_mode", USUAL)
def test_subclassed_model_takes_a_dictionary_that_is_declared(
    zygote: Interpreter, call_mode: str
) -> None:
    declared = (
        InputRequest((None, 6), "int32", "words"),
        InputRequest((None, 1), "float32", "bias"),
    )
    told = note(invoke(zygote, **own("by_name", inputs=declared, call_mode=call_mode)))
    assert told == "words int32[8,6], values 0 to 8 (vocabulary of embedding)"
