"""Evidence of models that people bring, whoever writes operations and whatever XLA lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import run

INPUTS = Path(__file__).with_name("inputs")


def explained(*arguments: str) -> tuple[dict[str, Any], int]:
    """The only explanation of ``bench explain`` in this folder, and its exit code."""
    result = run(["explain", *arguments, "--json"], INPUTS)
    assert result.returncode in (0, 3), result.stderr
    (document,) = json.loads(result.stdout)["explanations"]
    return document, result.returncode


@pytest.fixture(scope="module")
def sums() -> dict[str, Any]:
    arms = ("--arm", "plus=symbolic_sums:with_plus", "--arm", "layers=symbolic_sums:with_layers")
    document, code = explained(*arms, "--layers", "8,16,32")
    assert code == 0
    return document


def laws(document: dict[str, Any], phase: str | None, counter: str) -> dict[str, str]:
    return {
        each["arm"]: each["law"]["text"]
        for each in document["counters"]
        if (each["phase"], each["counter"]) == (phase, counter)
    }


def test_operations_that_plus_makes_are_counted(sums: dict[str, Any]) -> None:
    # Two inputs, and a sum for each layer.
    assert laws(sums, None, "operations") == {"plus": "n + 2", "layers": "n + 2"}
    assert laws(sums, None, "inbound_nodes") == {"plus": "n + 2", "layers": "n + 2"}
    assert laws(sums, "construct", "symbolic_operations") == {"plus": "n", "layers": "0"}
    assert laws(sums, "construct", "symbolic_calls") == {"plus": "0", "layers": "n"}


def test_one_graph_written_in_two_ways_is_one_program(sums: dict[str, Any]) -> None:
    (structure,) = sums["structure"]
    assert structure["same_program"]
    assert structure["first"] == "configuration"


def test_model_that_no_graph_can_be_made_of_is_explained_as_far_as_it_goes() -> None:
    arms = ("--arm", "plain=untraceable:plain", "--arm", "eager=untraceable:eager_only")
    document, code = explained(*arms, "--layers", "2,4", "--input", "float32[8,4]")
    assert code == 3
    counted = {each["phase"] for each in document["growth"] if each["arm"] == "eager"}
    assert {"construct", "compile"} <= counted
    assert not {"trace", "first_call", "inference"} & counted
    failed = {each["what"]: each for each in document["failures"] if each["arm"] == "eager"}
    assert set(failed) == {"trace", "first_call", "inference"}
    assert "numpy" in failed["trace"]["reason"]
    missing = {each["what"] for each in document["missing"] if each["arm"] == "eager"}
    assert {"graph", "program", "graph_operations"} <= missing
    (structure,) = document["structure"]
    assert "weights" in (*structure["same"], *structure["different"])
    assert set(document["compiled"].values()) == {"by the suite (Adam, mse)"}


def test_invented_inputs_and_the_builders_own_compile_are_told() -> None:
    arms = ("--arm", "text=string_inputs:text_inside", "--arm", "own=own_optimizer:with_sgd")
    document, code = explained(*arms, "--layers", "2")
    assert code == 0
    assert document["compiled"] == {
        "text": "by the suite (Adam, mse)",
        "own": "by the builder (SGD, mse)",
    }
    of_own = [each["text"] for each in document["invented"] if each["arms"] == ["own"]]
    assert any("free" in text for text in of_own), document["invented"]


def test_levels_without_an_xla_form_are_named_and_the_others_compared() -> None:
    arms = ("--arm", "one=lookups:numbers", "--arm", "other=lookups:numbers_in_parts")
    document, code = explained(*arms, "--layers", "2,4")
    assert code == 0
    (structure,) = document["structure"]
    assert structure["same"] == ["weights", "graph", "outputs", "gradients"]
    assert structure["different"] == ["configuration"]
    reason = "no XLA form: LookupTableFindV2"
    assert {(each["arm"], each["what"], each["reason"]) for each in document["missing"]} == {
        (arm, what, reason)
        for arm in ("one", "other")
        for what in ("program", "program_instructions")
    }
    counters = {each["counter"] for each in document["counters"] if each["phase"] is None}
    assert {"operations", "inbound_nodes", "traces", "graph_operations"} <= counters
