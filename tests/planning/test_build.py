"""From scenarios and wishes to a plan, and what is said when they do not fit."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from bench.domain.design.comparison import family
from bench.domain.design.plan import Plan
from bench.domain.errors import InvalidScenario, UnknownName
from bench.domain.inputs import Input, input_from
from bench.domain.phases import Lifecycle
from bench.domain.scenario import Arm, Scenario, arm_from
from bench.execution.processes.requests import cell_request
from bench.planning import registry
from bench.planning.build import RunOptions, compose
from bench.planning.calibration import design_calibration
from bench.planning.presets import PRESETS
from bench.planning.scenario_files import looks_like_scenarios, scenarios_of
from bench.planning.scenarios import scenario_from_plan
from scenarios.claims import CLAIMS

GIB = 1 << 30


def composed(*names: str, preset: str = "quick", **wishes: Any) -> Plan:
    known = registry.scenarios()
    chosen = {name: known[name] for name in names}
    wanted = RunOptions(free_memory_bytes=8 * GIB, seed=1, cores=2, **wishes)
    return compose(chosen, PRESETS[preset], wanted, "python")


def test_quick_measures_all_arms_of_the_mlp_at_three_depths() -> None:
    plan = composed("build_style")
    assert {(panel.architecture, panel.layers) for panel in plan.panels} == {
        ("mlp", 4),
        ("mlp", 16),
        ("mlp", 64),
    }
    assert [arm.name for arm in plan.scenarios[0].arms] == [
        "inline",
        "placebo",
        "incremental",
        "incremental_deferred",
        "incremental_no_rebuild",
        "functional",
    ]


def test_scenario_without_depth_has_one_panel_per_architecture() -> None:
    plan = composed("seed_example")
    assert [(panel.architecture, panel.layers) for panel in plan.panels] == [("tutorial", None)]


def test_depths_cannot_be_wished_for_a_scenario_without_them() -> None:
    with pytest.raises(InvalidScenario, match="has no depth"):
        composed("seed_example", layers=(4,))


def test_arms_alone_make_a_scenario_of_their_own() -> None:
    arms = {"a": Arm("my.models:a"), "b": Arm("my.models:b")}
    plan = composed(arms=arms, layers=(8, 32))
    assert plan.scenarios[0].name == "a_vs_b"
    assert plan.scenarios[0].headline == ("construct",)
    assert plan.scenarios[0].baseline == "a"
    assert [(panel.architecture, panel.layers) for panel in plan.panels] == [(None, 8), (None, 32)]


@pytest.mark.parametrize(
    ("arms", "question"),
    [
        ("a", "What does a cost?"),
        ("ab", "What do a and b cost?"),
        ("abc", "What do a, b and c cost?"),
    ],
)
def test_comparison_of_arms_alone_asks_what_they_cost(arms: str, question: str) -> None:
    named = {arm: Arm("my.models:a") for arm in arms}
    assert composed(arms=named).scenarios[0].question == question


@pytest.mark.parametrize(
    ("arms", "name"),
    [
        (["mine"], "mine"),
        (["old", "new"], "old_vs_new"),
        (["a", "b", "c", "d", "e"], "a_vs_b_vs_c_and_2_more"),
        (["x" * 40, "y" * 40], "2_arms"),
        (["predict"], "predict_alone"),
    ],
)
def test_comparison_of_arms_alone_is_named_after_them(arms: list[str], name: str) -> None:
    named = {arm: Arm("my.models:a") for arm in arms}
    assert composed(arms=named).scenarios[0].name == name
    assert composed(arms=named, name="mine").scenarios[0].name == "mine"


def test_call_modes_that_are_named_are_what_arms_alone_are_compared_in() -> None:
    arms = {"a": Arm("my.models:a"), "b": Arm("my.models:b")}
    plan = composed(arms=arms, call_modes=("function", "xla"))
    assert plan.scenarios[0].headline == ("trace", "first_call", "inference", "xla_compile")
    about = {each.phase for each in family(plan) if each.headline}
    assert about == set(plan.scenarios[0].headline)
    plan = composed(arms=arms, call_modes=("train",))
    assert plan.scenarios[0].headline == ("first_step", "step")


def test_headline_is_chosen_for_arms_and_for_scenarios() -> None:
    arms = {"a": Arm("my.models:a"), "b": Arm("my.models:b")}
    for plan in (
        composed(arms=arms, headline=("trace", "first_call")),
        composed(arms=arms, call_modes=("xla", "function"), headline=("trace", "first_call")),
        composed("build_style", headline=("trace", "first_call")),
    ):
        assert plan.scenarios[0].headline == ("trace", "first_call")


def test_headline_is_a_phase_that_the_call_modes_have() -> None:
    arms = {"a": Arm("my.models:a")}
    with pytest.raises(UnknownName, match="unknown phase 'tracing': did you mean 'trace'"):
        composed(arms=arms, headline=("tracing",))
    with pytest.raises(UnknownName, match="unknown phase 'first_step'"):
        composed(arms=arms, call_modes=("predict",), headline=("first_step",))
    plan = composed(arms=arms, call_modes=("train",), headline=("first_step",))
    assert plan.scenarios[0].headline == ("first_step",)


def test_an_arm_of_a_known_name_replaces_it() -> None:
    plan = composed("build_style", arms={"incremental": Arm("mine:better")})
    builders = {arm.name: arm.builder for arm in plan.scenarios[0].arms}
    assert builders["incremental"] == "mine:better"


def test_memory_is_shared_by_those_under_way_unless_it_is_given() -> None:
    assert composed("build_style", schedule="solo").memory_bytes == 4 * GIB
    assert composed("build_style", schedule="solo", jobs=1).memory_bytes == 8 * GIB
    assert composed("build_style").memory_bytes == 8 * GIB // 8
    assert composed("build_style", memory_bytes=GIB).memory_bytes == GIB


@pytest.mark.parametrize(
    ("wishes", "arms"),
    [
        ({}, 4),
        ({"memory_bytes": GIB}, 4),
        ({"memory_bytes": 2 * GIB}, 2),
        ({"memory_bytes": 2 * GIB, "jobs": 1}, 4),
        ({"memory_bytes": 3 * GIB}, None),
        ({"schedule": "solo"}, None),
        ({"pin": False}, None),
        ({"isolation": "start"}, None),
    ],
)
def test_as_many_arms_share_a_core_as_there_is_memory_for_where_they_can(
    wishes: dict[str, Any], arms: int | None
) -> None:
    design = composed("build_style", **wishes).co_scheduling
    assert (design and design.arms) == arms


def test_side_by_side_invocations_are_pinned_and_bounded_by_the_cores() -> None:
    plan = composed("build_style", jobs=8)
    assert plan.jobs == 2
    assert plan.pin


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"baseline": "inlin"}, "unknown arm 'inlin': did you mean 'inline'"),
        ({"architectures": ("mpl",)}, "unknown architecture 'mpl': did you mean 'mlp'"),
        ({"call_modes": ("functoin",)}, "unknown call mode 'functoin': did you mean 'function'"),
        ({"devices": ("cup",)}, "unknown device 'cup'"),
    ],
)
def test_unknown_names_get_the_nearest(wishes: dict[str, Any], words: str) -> None:
    with pytest.raises(UnknownName, match=words):
        composed("build_style", **wishes)


def test_architecture_that_takes_a_depth_needs_layers() -> None:
    with pytest.raises(InvalidScenario, match="architecture 'mlp' takes a depth"):
        composed(arms={"a": Arm("m:a")}, architectures=("mlp",))


def test_architecture_without_a_depth_has_none_in_a_scenario_that_sweeps_it() -> None:
    plan = composed("build_style", architectures=("mlp", "tutorial"))
    layers = {panel.layers for panel in plan.panels if panel.architecture == "mlp"}
    assert layers == {4, 16, 64}
    assert [panel.layers for panel in plan.panels if panel.architecture == "tutorial"] == [None]


def test_architecture_without_a_depth_takes_no_layers() -> None:
    with pytest.raises(InvalidScenario, match="architecture 'tutorial' takes no depth"):
        composed("build_style", architectures=("tutorial",), layers=(4,))


def test_scenario_without_depth_takes_that_of_another_architecture() -> None:
    plan = composed("seed_example", architectures=("mlp",), layers=(4, 8))
    assert [(panel.architecture, panel.layers) for panel in plan.panels] == [("mlp", 4), ("mlp", 8)]


def test_architectures_keep_their_order() -> None:
    names = ("mlp", "cnn", "conv_bn", "lstm", "custom")
    assert tuple(composed("build_style", architectures=names).architectures) == names


@pytest.mark.parametrize("field", ["arguments", "architecture_arguments", "lifecycle_arguments"])
def test_argument_that_json_does_not_have_is_refused(field: str) -> None:
    given: dict[str, Any] = {field: {"x": {1, 2}}}
    with pytest.raises(InvalidScenario, match=r"argument 'x' is no plain value: .*set"):
        Arm("m:f", **given)


def test_run_is_declared_again_as_it_was_swept() -> None:
    found = composed("build_style", "seed_example")
    again = {each.name: scenario_from_plan(each, found.panels) for each in found.scenarios}
    assert (again["build_style"].architectures, again["build_style"].layers) == (
        ["mlp"],
        [4, 16, 64],
    )
    assert (again["seed_example"].architectures, again["seed_example"].layers) == (["tutorial"], [])


def test_without_isolation_there_is_one_device() -> None:
    with pytest.raises(InvalidScenario, match="name a single device"):
        composed("build_style", isolation="none", devices=("cpu", "gpu"))
    assert composed("build_style", isolation="none", devices=("gpu",)).panels


def test_without_isolation_nothing_runs_side_by_side() -> None:
    plan = composed("build_style", isolation="none", pin=True)
    assert (plan.jobs, plan.pin) == (1, False)


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(InvalidScenario, match="nothing to compare"):
        composed()


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


def test_catalogue_finds_scenarios_and_architectures_by_reading() -> None:
    assert set(registry.scenarios()) == {
        *("build_style", "calibration", "call_modes", "modification", "proposed_fix", "removal"),
        *("proposed_fix_equivalence", "restore", "restore_patched", "search", "search_trained"),
        "seed_example",
    }
    assert set(registry.architectures()) == {
        "mlp",
        "cnn",
        "conv_bn",
        "lstm",
        "custom",
        "tutorial",
    }
    assert all(registry.architectures().values()), "every architecture has a description"


def test_file_that_is_no_python_is_refused_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("build_style = Scenario(\n")
    with pytest.raises(InvalidScenario, match=r"broken.py: SyntaxError: .*line 1"):
        looks_like_scenarios(path)


def test_scenario_is_found_however_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "import bench.domain.scenario as words\n"
        "def question(arms):\n"
        "    return words.Scenario(question='?', arms=arms, baseline='a')\n"
        "helped = question({'a': words.Arm('m:f')})\n"
    )
    assert set(scenarios_of(path)) == {"helped"}


def test_arms_alone_are_a_scenario_of_the_given_name() -> None:
    arms = {"mine": Arm("m:f")}
    named = compose({}, PRESETS["quick"], RunOptions(arms=arms, name="speed"), "python")
    assert [scenario.name for scenario in named.scenarios] == ["speed"]
    with pytest.raises(InvalidScenario, match="scenarios have names already"):
        composed("build_style", name="speed")
    with pytest.raises(InvalidScenario, match="cannot be printed"):
        compose({}, PRESETS["quick"], RunOptions(arms=arms, name="a\nb"), "python")


def test_phase_of_a_lifecycle_has_a_name_that_can_be_printed() -> None:
    with pytest.raises(InvalidScenario, match=r"the phase .* has a character"):
        Lifecycle("m:f", phases=("a\nb",))


def test_what_the_suite_declares_is_there() -> None:
    suite, scenarios = registry.suite(), registry.scenarios()
    assert suite.default in scenarios
    assert scenarios[suite.calibration].injected
    assert suite.reference.architecture == registry.architecture("mlp")[0]


def test_claims_are_read_in_the_order_of_their_package() -> None:
    claims = registry.claims()
    assert tuple(claims) == tuple(f"scenarios.claims.{name}" for name in CLAIMS)
    for module, text in claims.items():
        assert text == importlib.import_module(module).CLAIM


def test_arms_of_a_calibration_must_be_known_to_be_equal_and_slowed() -> None:
    scenario = registry.scenarios()["build_style"]
    with pytest.raises(InvalidScenario, match=r"Scenario\.injected"):
        design_calibration(scenario, experiments=1, replicates=1, rounds=1, blocks=1, seed=1)


def test_without_pinning_nothing_runs_side_by_side() -> None:
    plan = composed("build_style", pin=False)
    assert (plan.jobs, plan.pin) == (1, False)


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


def test_declared_inputs_settle_the_batch() -> None:
    inputs = [Input(dtype="float32", shape=(8, 4)), Input(dtype="int32", shape=(8, 2))]
    plan = composed(arms={"a": Arm("m:a")}, inputs=inputs)
    assert (plan.batch, plan.inputs) == (8, tuple(inputs))
    assert composed(arms={"a": Arm("m:a")}).batch == 32


def test_declared_inputs_have_one_batch_size() -> None:
    inputs = [Input(dtype="float32", shape=(8, 4)), Input(dtype="int32", shape=(4, 2))]
    with pytest.raises(InvalidScenario, match="one batch size"):
        composed(arms={"a": Arm("m:a")}, inputs=inputs)


def asked_inputs(plan: Plan) -> dict[str, tuple[int, bool, list[str | None]]]:
    """Batch size, whether it is asked for, and names of the inputs of each arm's request."""
    requests = {cell.arm: cell_request(plan, cell) for cell in plan.cells()}
    return {
        arm: (each.batch, each.is_batch_asked, [one.name for one in each.inputs])
        for arm, each in requests.items()
    }


NAMED = Arm("m:a", inputs=("left=float32[8,4]", "right=int32[8,2]"))


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
        ("float32[8,4]", "inputs are a list"),
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


def test_batch_sizes_are_a_factor() -> None:
    plan = composed("build_style", layers=(4,), batches=(1, 256))
    assert [panel.batch for panel in plan.panels] == [1, 256]
    assert len({(each.panel, each.phase) for each in family(plan)}) == 2 * len(
        {each.phase for each in family(plan)}
    )


def test_batch_sizes_beside_declared_inputs_are_refused() -> None:
    inputs = (Input(dtype="float32", shape=(8, 3)),)
    with pytest.raises(InvalidScenario, match="say their batch size"):
        composed("build_style", inputs=inputs, batches=(1,))


def test_architecture_takes_arguments_for_another_size_of_input() -> None:
    plan = composed("build_style", architectures=("mlp", "mlp(features=64)"), layers=(4,))
    assert plan.architectures == dict.fromkeys(
        ("mlp", "mlp(features=64)"), "scenarios.architectures:mlp"
    )
    assert plan.architecture_arguments == {"mlp(features=64)": {"features": 64}}


@pytest.mark.parametrize("architecture", ["mlp(64)", "mlp(features=", "mlp(features=x)"])
def test_arguments_of_an_architecture_that_are_no_plain_values_are_refused(
    architecture: str,
) -> None:
    with pytest.raises(InvalidScenario, match="no arguments"):
        composed("build_style", architectures=(architecture,), layers=(4,))
