"""What scenarios, arms and lifecycles may say, and that a plan keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.errors import InvalidScenario
from bench.domain.phases import Lifecycle
from bench.domain.scenario import Arm, Scenario, arm_from
from bench.planning.scenarios import scenario_from_plan
from tests.planning.composed import composed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"baseline": "c"}, "none of the arms: a, b"),
        ({"arms": {"placebo": Arm("m:f")}, "baseline": "placebo"}, "adds an arm of that name"),
        ({"layers": (4, 0)}, "at least 1, not 0"),
    ],
)
def test_contradictory_scenarios_are_refused(changes: dict[str, Any], words: str) -> None:
    arms = {"a": Arm("m:a"), "b": Arm("m:b")}
    with pytest.raises(InvalidScenario, match=words):
        Scenario(**{"question": "?", "arms": arms, "baseline": "a", **changes})


@pytest.mark.parametrize("reference", ["build", "a:b:c", ":f", "m:", "m:f()", "1m:f"])
def test_malformed_references_are_refused(reference: str) -> None:
    with pytest.raises(InvalidScenario, match="MODULE:FUNCTION"):
        Arm(reference)


@pytest.mark.parametrize("field", ["arguments", "architecture_arguments", "lifecycle_arguments"])
def test_argument_that_json_does_not_have_is_refused(field: str) -> None:
    given: dict[str, Any] = {field: {"x": {1, 2}}}
    with pytest.raises(InvalidScenario, match=r"argument 'x' is no plain value: .*set"):
        Arm("m:f", **given)


@pytest.mark.parametrize(
    "text",
    ["1e999", "-1e999", str(2**63), "{1: 2}", "'\\ud800'", "{'\\ud800': 1}", "[[1, b'x']]", "1j"],
)
def test_argument_that_would_be_stored_as_something_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidScenario, match="argument 'x' is no plain value: ") as raised:
        arm_from(f"m:f(x={text})")
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("text", ["1+" * 9000 + "1", "-" * 5000 + "1", "[" * 300 + "]" * 300])
def test_argument_without_an_end_is_refused_in_a_line_that_fits(text: str) -> None:
    with pytest.raises(InvalidScenario, match="are no arguments") as raised:
        arm_from(f"m:f(x={text})")
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 300


def test_arm_may_be_given_arguments() -> None:
    arm = arm_from("keras.applications:ResNet50(weights=None, input_shape=(32, 32, 3))")
    assert arm.builder == "keras.applications:ResNet50"
    assert arm.arguments == {"weights": None, "input_shape": (32, 32, 3)}
    assert arm_from("my.models:build") == Arm("my.models:build")
    assert arm_from("my.models:build()") == Arm("my.models:build")


@pytest.mark.parametrize(
    "text",
    [
        "m:f(1)",
        "m:f(x=y)",
        "m:f(x=1",
        "m:f(**{})",
        "m:f(x=open('a'))",
        "m:f(x=1)+1",
        "m:f(x=1).g",
    ],
)
def test_arguments_are_plain_values_by_name(text: str) -> None:
    with pytest.raises(InvalidScenario, match="are no arguments"):
        arm_from(text)


def test_phase_of_a_lifecycle_has_a_name_that_can_be_printed() -> None:
    with pytest.raises(InvalidScenario, match=r"the phase .* has a character"):
        Lifecycle("m:f", phases=("a\nb",))


def test_run_is_declared_again_as_it_was_swept() -> None:
    found = composed("build_style", "seed_example")
    again = {each.name: scenario_from_plan(each, found.panels) for each in found.scenarios}
    assert (again["build_style"].architectures, again["build_style"].layers) == (
        ["mlp"],
        [4, 16, 64],
    )
    assert (again["seed_example"].architectures, again["seed_example"].layers) == (["tutorial"], [])


ARM = Arm("m:a")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"question": 3}, "question is a text, and not 3"),
        ({"arms": [ARM]}, r"arms is a dictionary by name: write arms=\{'name': Arm\("),
        ({"arms": {"a": "m:a"}}, "arms is a dictionary by name"),
        ({"arms": {3: ARM}, "baseline": 3}, "arms is a dictionary by name"),
        ({"layers": (2.5,)}, r"layers is a list of whole numbers, and not \(2.5,\)"),
        ({"layers": ("4",)}, "layers is a list of whole numbers"),
        ({"layers": (True,)}, "layers is a list of whole numbers"),
        ({"layers": 4}, "layers is a list of whole numbers, and not 4"),
        ({"layers": "24"}, "layers is a list of whole numbers"),
        ({"architectures": "mlp"}, r"architectures is a list: write architectures=\['mlp'\]"),
        ({"architectures": (3,)}, "architectures is a list of texts"),
        ({"call_modes": "function"}, "call_modes is a list: write"),
        ({"call_modes": (["function"],)}, "call_modes is a list of texts"),
        ({"headline": "construct"}, r"headline is a list: write headline=\['construct'\]"),
        ({"headline": None}, "headline is a list of texts, and not None"),
        ({"budget_factor": "2"}, "budget_factor is a number above 0, and not '2'"),
        ({"budget_factor": -1}, "budget_factor is a number above 0"),
        ({"budget_factor": float("nan")}, "budget_factor is a number above 0"),
        ({"lifecycle": "m:live"}, "lifecycle is a Lifecycle or None"),
        (
            {"lifecycle": Lifecycle("m:live", "xy"), "headline": ("x",)},  # type: ignore[arg-type]
            r"phases is a list: write phases=\['xy'\]",
        ),
        ({"injected": {"a": "4 %"}}, "injected is a dictionary by name"),
        ({"inputs": (3,)}, "inputs is a list of texts"),
    ],
)
def test_field_that_holds_something_else_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidScenario, match=words):
        Scenario(**{"question": "?", "arms": {"a": ARM}, "baseline": "a", **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"builder": print}, "is given itself: name it as MODULE:FUNCTION"),
        ({"patch": 3}, "is given itself: name it as MODULE:FUNCTION"),
        ({"arguments": [1]}, "arguments is a dictionary by name"),
        ({"arguments": {1: 2}}, "arguments is a dictionary by name"),
        ({"deferred": "yes"}, "deferred is a bool or None"),
    ],
)
def test_arm_that_holds_something_else_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidScenario, match=words):
        Arm(**{"builder": "m:a", **changes})


DEEP = ("1" + "+1" * 9000, "-" * 3000 + "1", "[" * 500 + "]" * 500, "(" * 300 + ")" * 300)


@pytest.mark.parametrize("value", DEEP, ids=["sum", "minus", "lists", "parentheses"])
def test_arguments_too_deep_to_be_read_are_refused_in_a_short_line(value: str) -> None:
    with pytest.raises(InvalidScenario, match="are no arguments") as raised:
        arm_from(f"m:f(x={value})")
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"rounds": 0}, "its rounds are 0: they are from 1"),
        ({"replicates": 0}, "its replicates are 0: they are from 1"),
        ({"margin": 0.0}, "its margin is 0: it is above 0"),
        ({"budget_s": 0.0}, "its budget_s is 0: it is above 0"),
        ({"budget_s": 0.0, "evidence": False}, "its budget_s is 0: it is above 0"),
    ],
)
def test_wish_for_none_is_refused_and_not_taken_for_no_wish(
    wishes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidScenario, match=f"this cannot be planned: {words}"):
        composed("build_style", **wishes)


def test_what_no_plan_can_hold_is_refused_in_a_line() -> None:
    with pytest.raises(InvalidScenario, match="this cannot be planned: ") as raised:
        composed(arms={"a": ARM}, layers=(3_000_000_000,))
    assert str(raised.value).isprintable()
