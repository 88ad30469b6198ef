"""What counts as the same answer, and what real models answer in every call mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.domain.findings.evidence import OutputsOutcome
from bench.domain.phases import call_modes_of
from bench.execution.processes.interpreter import Interpreter
from bench.worker.passes.outputs import difference
from bench.worker.wire.requests import InputRequest, OutputsRequest, StructureRequest
from tests.fakes.requests import succeeded
from tests.fakes.small_models import LIMITS, mlp
from tests.worker.tensorflow_zygote import zygote

__all__ = ["zygote"]

ROWS = InputRequest((None, 6), "float32")
INFERRING = tuple(name for name, mode in call_modes_of().items() if not mode.trains)


def answers(zygote: Interpreter, builder: str, **changes: Any) -> OutputsOutcome:
    """What a model of ``tests.fakes.own_models`` answers in every call mode."""
    usual: dict[str, Any] = {"architecture": None, "layers": None, "call_mode": INFERRING[0]}
    named = f"tests.fakes.own_models:{builder}"
    request = OutputsRequest(mlp(**{**usual, "builder": named, **changes}), INFERRING)
    return succeeded(zygote, request, LIMITS)


def test_rounding_is_no_difference() -> None:
    one = np.array([1.0, -2.0, 0.0], dtype="float32")
    assert difference([one], [one + 1e-5]) == ""
    assert difference([one], [one * 1.1]) == "by 0.1 of the largest value"


def test_numbers_of_two_bytes_are_rounded_more() -> None:
    one = np.array([1.0, -2.0], dtype="float16")
    assert difference([one], [one * np.float16(1.01)]) == ""
    assert difference([one], [one * np.float16(1.1)]) != ""


def test_whole_numbers_texts_and_shapes_are_compared() -> None:
    words = np.array([b"a", b"b"], dtype=object)
    assert difference([words], [words]) == ""
    assert difference([words], [words[::-1]]) == "other values"
    assert difference([np.arange(3)], [np.arange(4)]) == "int64[4], not int64[3]"
    assert difference([np.arange(3)], [np.arange(3), np.arange(3)]).endswith("not int64[3]")


def test_complex_numbers_are_rounded_like_others() -> None:
    one = np.array([1 + 2j, -3j], dtype="complex64")
    assert difference([one], [one * np.complex64(1.00001)]) == ""
    assert difference([one], [one.conj()]) == "by 2 of the largest value"


def test_what_is_no_number_is_the_same_as_its_like() -> None:
    one = np.array([np.nan, np.inf, -np.inf, 1.0])
    assert difference([one], [one.copy()]) == ""
    assert difference([one], [np.array([0.0, np.inf, -np.inf, 1.0])]) == "other values"


@pytest.mark.parametrize(
    ("one", "other"),
    [(np.inf, -np.inf), (np.nan, np.inf), (np.nan, -np.inf), (np.inf, 1.0), (np.nan, 1.0)],
)
def test_kinds_of_what_is_no_number_differ(one: float, other: float) -> None:
    for first, second in ((one, other), (other, one)):
        assert difference([np.array([first])], [np.array([second])]) == "other values"


@pytest.mark.parametrize("builder", ["drops_out", "transformer"])
def test_call_modes_answer_alike_where_layers_know_that_nothing_is_learnt(
    zygote: Interpreter, builder: str
) -> None:
    found = answers(zygote, builder, layers=1)
    assert (found.first, found.differing, found.missing) == ("function", {}, {})
    assert len(found.values[0].sums) > 3


def test_random_layers_at_the_front_leave_the_computation_as_it_is(zygote: Interpreter) -> None:
    with_them, without = (
        answers(zygote, "drops_out", layers=1, arguments={"random": random})
        for random in (True, False)
    )
    assert with_them.values != without.values
    (mine,), (theirs,) = with_them.equal_values, without.equal_values
    assert mine.sums == pytest.approx(theirs.sums, rel=1e-3)


def test_random_answers_are_told_from_one_call_to_the_next(zygote: Interpreter) -> None:
    found = answers(zygote, "samples", inputs=(ROWS,))
    assert "of the largest value" in found.differing["function"]


def test_call_modes_that_leave_random_layers_on_are_told(zygote: Interpreter) -> None:
    found = answers(zygote, "forgetful", inputs=(InputRequest((None, 4, 4, 1), "float32"),))
    # Older versions of Keras do not pass on that nothing is learnt: then every call is random.
    assert {"function", "predict"} & set(found.differing)


def test_model_that_is_only_trained_is_called_without_a_graph(zygote: Interpreter) -> None:
    cell = mlp(
        builder="tests.fakes.own_models:drops_out", architecture=None, layers=1, call_mode="train"
    )
    found = succeeded(zygote, OutputsRequest(cell, ()), LIMITS)
    assert (found.first, found.differing, found.missing) == ("eager", {}, {})
    assert len(found.values[0].sums) > 3


def test_call_mode_that_cannot_answer_says_why(zygote: Interpreter) -> None:
    found = answers(zygote, "only_trained", inputs=(ROWS,))
    assert (found.first, found.values) == ("", ())
    assert set(found.missing) == set(INFERRING)


@pytest.mark.parametrize(
    ("builder", "by_builder", "compiled_with"),
    [
        ("subclassed", False, "Adam, mse"),
        ("compiled", True, "SGD, SparseCategoricalCrossentropy, run_eagerly"),
        (
            "two_losses",
            True,
            "AdamW, kind: sparse_categorical_crossentropy, is_new: binary_crossentropy",
        ),
        ("added_loss", True, "Adam, no loss"),
        ("own_compile", False, ""),
    ],
)
def test_what_a_model_is_compiled_with_is_told(
    zygote: Interpreter, builder: str, by_builder: bool, compiled_with: str
) -> None:
    layers = 1 if builder == "compiled" else None
    inputs = () if builder in ("compiled", "two_losses") else (ROWS,)
    found = answers(zygote, builder, layers=layers, inputs=inputs)
    assert (found.by_builder, found.compiled_with) == (by_builder, compiled_with)


def test_two_builds_under_one_seed_are_the_same_to_the_last_bit(zygote: Interpreter) -> None:
    cell = mlp(builder="tests.fakes.own_models:drops_out", architecture=None, layers=1)
    first, second = (succeeded(zygote, StructureRequest(cell), LIMITS) for _ in range(2))
    assert first.levels["outputs"] == second.levels["outputs"]
    assert first.levels == second.levels
