"""Each way to restore a model is tried for itself, on real Keras."""

from __future__ import annotations

from typing import Any

from bench.execution.processes.interpreter import Interpreter
from bench.worker.wire.requests import FactsRequest, GrowthRequest
from tests.fakes.requests import succeeded
from tests.fakes.small_models import LIMITS, mlp
from tests.worker.tensorflow_zygote import invoke, zygote
from tests.worker.test_lifecycles import OWN, requested

__all__ = ["zygote"]

PHASES = OWN["restore"].lifecycle.phases if OWN["restore"].lifecycle else ()


def cell(model: str) -> dict[str, Any]:
    return requested(
        "restore",
        "inline",
        builder=f"tests.fakes.unrestorable:{model}",
        architecture=None,
        layers=None,
    )


def failed(zygote: Interpreter, model: str) -> dict[str, tuple[str, str]]:
    """The phases that fail when ``model`` is restored: how and why; all others must be measured."""
    spans = {span.phase: span for span in invoke(zygote, **cell(model)).spans}
    assert spans["invocation"].status == "ok"
    assert spans.keys() >= set(PHASES)
    found = {name: (span.status, span.reason or "") for name, span in spans.items() if span.reason}
    for name in set(PHASES) - found.keys():
        assert (spans[name].wall_ns or 0) > 0
    return found


def test_lambda_is_refused_by_all_that_reads_its_configuration(zygote: Interpreter) -> None:
    found = failed(zygote, "with_lambda")
    assert list(found) == ["from_config", "clone_model", "load_model"]
    words = "refused by Keras: Requested the deserialization of a `Lambda` layer whose `function`"
    for status, reason in found.values():
        assert status == "unavailable"
        assert reason.startswith(words)


def test_model_that_does_not_say_how_it_was_made_has_weights_and_a_saved_model(
    zygote: Interpreter,
) -> None:
    found = failed(zygote, "subclassed")
    assert set(found) <= {"from_config", "clone_model", "save", "load_model"}
    assert {"from_config", "clone_model"} <= set(found)
    assert found["from_config"][1].startswith("refused by Keras: Object Subclassed was created by")


def test_layer_that_nobody_knows_is_refused_where_it_is_looked_for(zygote: Interpreter) -> None:
    found = failed(zygote, "unregistered")
    assert {"from_config", "load_model"} <= set(found)
    assert set(found) <= {"from_config", "load_model", "clone_model"}
    assert found["load_model"][1].startswith("refused by Keras: Could not locate class")


def test_what_the_user_s_own_layer_raises_is_told_with_its_line(zygote: Interpreter) -> None:
    found = failed(zygote, "secretive")
    assert {"from_config", "save", "load_model"} <= set(found)
    status, reason = found["from_config"]
    assert status == "builder_error"
    assert reason.startswith("from_config raised LookupError: the notes on this layer are lost (")
    assert "unrestorable.py, line" in reason
    assert found["load_model"] == ("unavailable", "needs save, which failed")


def test_layer_that_cannot_be_written_costs_the_files_alone(zygote: Interpreter) -> None:
    found = failed(zygote, "unwritable")
    assert list(found) == ["save", "load_model", "save_weights", "load_weights"]
    assert "no weight leaves this layer" in found["save"][1]
    assert found["load_weights"] == ("unavailable", "needs save_weights, which failed")


def test_facts_are_those_of_what_worked(zygote: Interpreter) -> None:
    facts = {
        model: set(succeeded(zygote, FactsRequest(mlp(**cell(model))), LIMITS).facts)
        for model in ("with_lambda", "unwritable")
    }
    assert facts == {"with_lambda": {"SavedModel", "file", "weights"}, "unwritable": {"SavedModel"}}


def test_calls_of_what_worked_are_counted(zygote: Interpreter) -> None:
    outcome = succeeded(zygote, GrowthRequest(mlp(**cell("with_lambda"))), LIMITS)
    refused = [each.phase for each in outcome.failures]
    assert refused == ["from_config", "clone_model", "load_model"]
    assert {"save", "save_weights", "load_weights", "export", "reload"} <= set(outcome.phases)
