"""What a plan sweeps: architectures, depths, batches and devices."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.design.comparison import family
from bench.domain.errors import InvalidScenario, UnknownName
from bench.domain.scenario import Arm
from tests.planning.composed import composed


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


def test_batch_sizes_are_a_factor() -> None:
    plan = composed("build_style", layers=(4,), batches=(1, 256))
    assert [panel.batch for panel in plan.panels] == [1, 256]
    assert len({(each.panel, each.phase) for each in family(plan)}) == 2 * len(
        {each.phase for each in family(plan)}
    )


def test_without_isolation_there_is_one_device() -> None:
    with pytest.raises(InvalidScenario, match="name a single device"):
        composed("build_style", isolation="none", devices=("cpu", "gpu"))
    assert composed("build_style", isolation="none", devices=("gpu",)).panels


@pytest.mark.parametrize("name", ["gpu:", "gpu:x", "tpu", "cpu:1", "gpu:1:2"])
def test_device_that_is_none_is_unknown(name: str) -> None:
    with pytest.raises(UnknownName, match="unknown device"):
        composed("build_style", devices=(name,))
