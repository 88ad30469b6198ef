"""Inputs that are declared, by a request, a scenario or an arm, and the batches they settle."""

from __future__ import annotations

import pytest

from bench.domain.design.plan import Plan
from bench.domain.errors import InvalidScenario
from bench.domain.inputs import Input, input_from
from bench.domain.scenario import Arm, Scenario
from bench.execution.processes.requests import cell_request
from bench.planning.build import compose
from bench.planning.presets import PRESETS
from bench.planning.run_options import RunOptions
from bench.planning.scenarios import scenario_from_plan
from tests.planning.composed import composed

NAMED = Arm("m:a", inputs=("left=float32[8,4]", "right=int32[8,2]"))


def asked_inputs(plan: Plan) -> dict[str, tuple[int, bool, list[str | None]]]:
    """Batch size, whether it is asked for, and names of the inputs of each arm's request."""
    requests = {cell.arm: cell_request(plan, cell) for cell in plan.cells()}
    return {
        arm: (each.batch, each.is_batch_asked, [one.name for one in each.inputs])
        for arm, each in requests.items()
    }


def test_declared_inputs_settle_the_batch() -> None:
    inputs = [Input(dtype="float32", shape=(8, 4)), Input(dtype="int32", shape=(8, 2))]
    plan = composed(arms={"a": Arm("m:a")}, inputs=inputs)
    assert (plan.batch, plan.inputs) == (8, tuple(inputs))
    assert composed(arms={"a": Arm("m:a")}).batch == 32


def test_declared_inputs_have_one_batch_size() -> None:
    inputs = [Input(dtype="float32", shape=(8, 4)), Input(dtype="int32", shape=(4, 2))]
    with pytest.raises(InvalidScenario, match="one batch size"):
        composed(arms={"a": Arm("m:a")}, inputs=inputs)


def test_arms_declare_inputs_and_all_have_their_batch() -> None:
    plan = composed(arms={"a": NAMED, "b": Arm("m:b")})
    names: list[str | None] = ["left", "right"]
    assert asked_inputs(plan) == {
        "a": (8, True, names),
        "placebo": (8, True, names),
        "b": (8, True, []),
    }
    again = scenario_from_plan(plan.scenarios[0], plan.panels)
    assert tuple(again.arms["a"].inputs) == NAMED.inputs


def test_inputs_of_a_scenario_are_those_of_arms_that_declare_none() -> None:
    scenario = Scenario("What?", {"a": NAMED, "b": Arm("m:b")}, "a", inputs=("text=string[8,1]",))
    plan = compose({"own": scenario}, PRESETS["quick"], RunOptions(), "python")
    assert asked_inputs(plan)["b"] == (8, True, ["text"])
    assert asked_inputs(plan)["a"] == (8, True, ["left", "right"])


def test_inputs_of_the_request_take_the_place_of_those_of_arms() -> None:
    plan = composed(arms={"a": NAMED}, inputs=(input_from("float32[4,4]"),))
    assert asked_inputs(plan)["a"] == (4, True, [None])
    assert asked_inputs(composed(arms={"a": Arm("m:a")}))["a"] == (32, False, [])
    assert asked_inputs(composed(arms={"a": Arm("m:a")}, batches=(2,)))["a"] == (2, True, [])


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (("a=float32[8,4]", "float32[8,2]"), "name all of them or none"),
        (("a=float32[8,4]", "a=float32[8,2]"), "the input 'a' is declared twice"),
        (("a=float32[8,4]", "b=float32[4,2]"), "one batch size"),
        (("=float32[8,4]",), "has no name before its ="),
        (("a=float31[8,4]",), "unknown dtype 'float31'"),
        ("float32[8,4]", "inputs is a list: write inputs="),
    ],
)
def test_inputs_that_contradict_each_other_are_refused(inputs: tuple[str, ...], words: str) -> None:
    with pytest.raises(InvalidScenario, match=words):
        Arm("m:a", inputs=inputs)


def test_arms_in_batches_of_several_sizes_are_refused() -> None:
    with pytest.raises(InvalidScenario, match=r"batches of \[4, 8\]"):
        composed(arms={"a": NAMED, "b": Arm("m:b", inputs=("float32[4,2]",))})
    with pytest.raises(InvalidScenario, match="say their batch size"):
        composed(arms={"a": NAMED}, batches=(8,))


@pytest.mark.parametrize("text", ["float32[2,3]", "name=string[8,1]", "first.late=bool[4]"])
def test_inputs_are_written_as_they_are_read(text: str) -> None:
    assert str(input_from(text)) == text


def test_batch_sizes_beside_declared_inputs_are_refused() -> None:
    inputs = (Input(dtype="float32", shape=(8, 3)),)
    with pytest.raises(InvalidScenario, match="say their batch size"):
        composed("build_style", inputs=inputs, batches=(1,))
