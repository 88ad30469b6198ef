"""``bench explain`` and ``bench claims`` end to end on real TensorFlow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import run

ARMS = [
    *("--arm", "inline=scenarios.builders:inline"),
    *("--arm", "incremental=scenarios.builders:incremental"),
    *("--architecture", "mlp"),
]


@pytest.fixture(scope="module")
def explanation(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    result = run(["explain", *ARMS, "--json"], tmp_path_factory.mktemp("explain"))
    assert result.returncode == 0, result.stderr
    printed = json.loads(result.stdout)
    assert printed["schema"] == 1
    document: dict[str, Any]
    (document,) = printed["explanations"]
    return document


def counters(document: dict[str, Any], arm: str, phase: str | None) -> dict[str, Any]:
    return {
        each["counter"]: each
        for each in document["counters"]
        if (each["arm"], each["phase"]) == (arm, phase)
    }


def growth(document: dict[str, Any], arm: str, phase: str = "construct") -> dict[str, Any]:
    return next(each for each in document["growth"] if (each["arm"], each["phase"]) == (arm, phase))


def test_rebuilding_after_every_layer_is_the_edge(explanation: dict[str, Any]) -> None:
    edge = growth(explanation, "incremental")["edges"][0]
    assert edge["caller"]["name"] == "Sequential.build"
    assert edge["caller_law"]["text"] == "n"
    assert edge["callee"]["name"] == "Layer.__call__"
    assert edge["law"]["text"] == "n(n + 1)/2"
    assert edge["caller"]["file"] == "keras/src/models/sequential.py"


def test_calls_are_told_by_what_leads_to_them(explanation: dict[str, Any]) -> None:
    trees = {each["arm"]: each for each in explanation["call_trees"]}
    for arm in ("inline", "incremental"):
        assert trees[arm]["layers"] == 64
        # Calls that are not the same each time are not counted, but they are in the tree.
        calls = growth(explanation, arm)["calls"][-1]
        assert calls <= trees[arm]["frames"][0][3] < 1.001 * calls + 10
    incremental = trees["incremental"]
    growing = {incremental["functions"][at]["name"] for at in incremental["growing"]}
    assert "Layer.__call__" in growing
    assert "Sequential.build" not in growing
    assert trees["inline"]["growing"] == []


def test_inline_construct_is_exactly_linear(explanation: dict[str, Any]) -> None:
    found = growth(explanation, "inline")
    assert found["law"]["kind"] == "linear"
    assert not found["edges"]


def test_work_at_64_layers_is_what_this_keras_does(explanation: dict[str, Any]) -> None:
    for arm, nodes in (("inline", 64), ("incremental", 64 * 65 // 2)):
        kept = counters(explanation, arm, None)["inbound_nodes"]
        assert (kept["values"][-1], kept["exact"]) == (nodes, True)
        calls = counters(explanation, arm, "construct")["symbolic_calls"]
        assert (calls["values"][-1], calls["exact"]) == (nodes, True)
    assert counters(explanation, "inline", None)["graph_operations"]["values"][-1] == 451


def test_after_construct_the_work_is_the_same(explanation: dict[str, Any]) -> None:
    after = {"compile", "trace", "first_call", "inference"}
    assert after <= set(explanation["same_work"]["incremental"])


def test_both_styles_are_the_same_program(explanation: dict[str, Any]) -> None:
    (structure,) = explanation["structure"]
    assert structure["different"] == []
    assert structure["same_program"]


def test_claims_are_all_decided(tmp_path: Path) -> None:
    result = run(["claims", "--json"], tmp_path)
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["schema"] == 1
    verdicts = {each["name"]: each["verdict"] for each in document["claims"]}
    assert verdicts == {
        "same_model": "supported",
        "inline_cannot_grow": "refuted",
        "change_needs_a_new_model": "refuted",
        "add_is_as_cheap": "depends",
        "later_phases_do_not_care": "supported",
        "restoring_costs_what_building_does": "depends",
        "changed_model_answers_anew": "refuted",
    }


def test_unknown_target_is_one_clear_line(tmp_path: Path) -> None:
    result = run(["explain", "build_stile"], tmp_path)
    assert result.returncode == 2
    assert "did you mean 'build_style'" in result.stderr
