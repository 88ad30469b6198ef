"""Reasons of failures on real TensorFlow: its wrapping is left out, and the user's line is told."""

from __future__ import annotations

import pytest

from bench.execution.processes.interpreter import Interpreter
from tests.worker.tensorflow_zygote import fail, zygote

__all__ = ["zygote"]


@pytest.mark.parametrize(
    ("builder", "call_mode", "kind", "words"),
    [
        ("refuses", "function", "builder_error", "ValueError: the layer has no such unit"),
        ("refuses", "eager", "builder_error", "ValueError: the layer has no such unit"),
        ("refuses", "predict", "builder_error", "ValueError: the layer has no such unit"),
        ("mismatched", "eager", "builder_error", "Matrix size-incompatible"),
        ("mismatched", "function", "builder_error", "Dimensions must be equal, but are 8 and 9"),
        ("refuses", "train", "builder_error", "ValueError: the layer has no such unit"),
        ("cannot_learn", "train", "builder_error", "RuntimeError: there is nothing to learn"),
        ("cannot_learn", "fit", "builder_error", "RuntimeError: there is nothing to learn"),
        ("steps_aside", "train", "builder_error", "ValueError: No gradients provided for any"),
        ("hashes_strings", "xla", "unavailable", "no XLA form: AsString"),
    ],
)
def test_reason_is_what_the_framework_wraps(
    zygote: Interpreter, builder: str, call_mode: str, kind: str, words: str
) -> None:
    failure = fail(
        zygote,
        builder=f"tests.fakes.failing_models:{builder}",
        architecture=None,
        layers=None,
        call_mode=call_mode,
    )
    assert failure.kind == kind, failure.reason
    assert words in failure.reason
    # What XLA lacks is no fault of a line of the builder's.
    assert ("failing_models.py, line " in failure.reason) == (kind == "builder_error")
    for wrapping in ("in user code", "Exception encountered", "autograph", "\x1b", "{{", "\n"):
        assert wrapping not in failure.reason


@pytest.mark.parametrize("builder", ["no_weight_counts", "answers_with_classes", "loses_nothing"])
@pytest.mark.parametrize("call_mode", ["train", "fit"])
def test_model_that_no_loss_leads_into_cannot_be_trained(
    zygote: Interpreter, builder: str, call_mode: str
) -> None:
    failure = fail(
        zygote,
        builder=f"tests.fakes.failing_models:{builder}",
        architecture=None,
        layers=None,
        call_mode=call_mode,
    )
    assert failure.kind == "unavailable", failure.reason
    assert "No gradients provided for any variable" in failure.reason
    assert "no weight of the model leads to its loss" in failure.reason
