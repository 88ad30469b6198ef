"""Which environments a run has, and what its panels leave to them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bench.domain.design.comparison import family
from bench.domain.design.plan import Plan
from bench.domain.errors import UnknownName
from bench.domain.panel import Cell
from bench.planning.environments import with_environments_of
from tests.planning.composed import composed

PYTHONS = {"old": "/old/python", "new": "/new/python"}


def cell_in(plan: Plan, environment: str, arm: str = "inline") -> Cell:
    return Cell(plan.panels[0], arm, environment)


def test_one_backend_and_device_belong_to_the_panels() -> None:
    plan = composed("build_style", backends=("jax",), devices=("gpu:1",))
    assert (plan.environments, plan.backends, plan.devices) == ({"default": "python"}, {}, {})
    assert {(each.backend, each.device) for each in plan.panels} == {("jax", "gpu:1")}
    assert plan.backend_in("default") == "jax"
    assert plan.device_of(cell_in(plan, "default")) == "gpu:1"


def test_each_of_several_backends_is_an_environment() -> None:
    plan = composed("build_style", backends=("tensorflow", "jax", "torch"))
    assert plan.environments == dict.fromkeys(("tensorflow", "jax", "torch"), "python")
    assert [plan.backend_in(each) for each in plan.environments] == ["tensorflow", "jax", "torch"]
    assert {(each.backend, each.device) for each in plan.panels} == {(None, "cpu")}
    assert {each.call_mode for each in plan.panels} == {"predict"}, "which Keras has on any"


def test_environments_are_all_combinations_and_named_after_what_varies() -> None:
    plan = composed(
        "build_style", interpreters=PYTHONS, backends=("jax", "torch"), devices=("cpu", "gpu")
    )
    first_four = ["old-jax-cpu", "old-jax-gpu", "old-torch-cpu", "old-torch-gpu"]
    assert list(plan.environments)[:4] == first_four
    assert plan.environments["new-torch-gpu"] == "/new/python"
    assert plan.backend_in("new-torch-gpu") == "torch"
    assert plan.device_of(cell_in(plan, "new-torch-gpu")) == "gpu"
    one_python = composed(
        "build_style", interpreters={"new": "/new/python"}, backends=("jax", "torch")
    )
    assert list(one_python.environments) == ["jax", "torch"]
    one_device = composed("build_style", interpreters=PYTHONS, backends=("jax", "torch"))
    assert list(one_device.environments) == ["old-jax", "old-torch", "new-jax", "new-torch"]


def test_arms_are_compared_on_each_device_and_each_with_itself_across_them() -> None:
    plan = composed("build_style", devices=("cpu", "gpu"))
    found = [each for each in family(plan) if each.metric.name == "seconds"]
    within = {
        (each.arm.environment, each.baseline.environment) for each in found if not each.across
    }
    across = {(each.arm.environment, each.baseline.environment) for each in found if each.across}
    assert within == {("cpu", "cpu"), ("gpu", "gpu")}
    assert across == {("gpu", "cpu")}


def test_meter_of_a_gpu_compares_nothing_with_a_cpu() -> None:
    plan = composed("build_style", devices=("cpu", "gpu"))
    of_gpu = [each for each in family(plan) if each.metric.name == "device_peak_bytes"]
    assert of_gpu
    assert {each.arm.environment for each in of_gpu} == {"gpu"}
    assert not any(each.across for each in of_gpu)


def test_call_mode_that_backends_do_not_have_in_common_is_refused() -> None:
    with pytest.raises(UnknownName, match="unknown call mode of several backends 'function'"):
        composed("build_style", backends=("tensorflow", "jax"), call_modes=("function",))
    assert composed("build_style", backends=("tensorflow", "jax"), call_modes=("train",)).panels


def test_device_that_is_none_is_unknown_among_several() -> None:
    with pytest.raises(UnknownName, match="unknown device 'tpu'"):
        composed("build_style", devices=("cpu", "tpu"))


def test_plan_can_take_the_environments_of_another() -> None:
    run = composed("build_style", backends=("tensorflow", "jax"), devices=("cpu", "gpu"))
    plan = with_environments_of(composed("build_style", layers=(3,), call_modes=("predict",)), run)
    assert plan.environments == run.environments
    assert (plan.backends, plan.devices) == (run.backends, run.devices)
    assert {(each.layers, each.backend, each.device) for each in plan.panels} == {(3, None, None)}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"backends": {"cpu": "jax"}}, "its backends are not those of its environments"),
        ({"backends": {"cpu": "jax", "gpu": "jax"}}, "either a panel or each environment has a ba"),
        ({"devices": {}}, "either a panel or each environment has a device"),
        ({"devices": {"cpu": "cpu", "tpu": "cpu"}}, "its devices are not those of its environment"),
    ],
)
def test_plan_whose_environments_and_panels_do_not_fit_is_refused(
    changes: dict[str, object], why: str
) -> None:
    plan = composed("build_style", devices=("cpu", "gpu"))
    with pytest.raises(ValidationError, match=why):
        Plan.model_validate({**dict(plan), **changes})
