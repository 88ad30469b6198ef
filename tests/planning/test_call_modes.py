"""Which call modes are measured on which backend, and what is said of those that it lacks."""

from __future__ import annotations

import pytest

from bench.domain.errors import UnknownName
from bench.planning import registry
from bench.planning.call_modes import replaced_call_modes
from tests.planning.composed import composed


@pytest.mark.parametrize(
    ("backend", "called", "said"),
    [
        ("tensorflow", "function", []),
        ("jax", "function", []),
        (
            "torch",
            "eager",
            ["torch has no call mode 'function': models are called in 'eager'"],
        ),
    ],
)
def test_call_mode_that_a_backend_lacks_becomes_its_natural_one(
    backend: str, called: str, said: list[str]
) -> None:
    plan = composed("build_style", backends=(backend,))
    assert {panel.call_mode for panel in plan.panels} == {called}
    known = registry.scenarios()
    assert replaced_call_modes({"b": known["build_style"]}, None, [backend]) == said
    assert replaced_call_modes({}, None, [backend]) == said, "so arms alone are called"
    assert replaced_call_modes({"b": known["build_style"]}, ("predict",), [backend]) == []
    assert replaced_call_modes({"r": known["restore"]}, None, [backend]) == []


def test_several_backends_are_called_in_what_they_have_in_common() -> None:
    known = registry.scenarios()
    assert replaced_call_modes(
        {"b": known["build_style"]}, None, ["tensorflow", "jax", "torch"]
    ) == [
        "tensorflow, jax and torch have no common call mode 'function': "
        "models are called in 'predict'"
    ]


def test_call_modes_that_become_the_same_are_measured_once() -> None:
    plan = composed("call_modes", backends=("torch",))
    assert len(set(plan.panels)) == len(plan.panels)
    call_modes = dict.fromkeys(panel.call_mode for panel in plan.panels)
    assert list(call_modes) == ["eager", "predict", "predict_on_batch", "train", "fit"]


def test_call_mode_that_is_asked_for_must_be_the_backend_s() -> None:
    with pytest.raises(UnknownName, match="unknown call mode 'function'"):
        composed("build_style", backends=("torch",), call_modes=("function",))
    assert composed("build_style", backends=("torch",), call_modes=("compiled",)).panels


def test_phases_of_a_backend_are_those_that_it_declares() -> None:
    plan = composed("build_style", backends=("jax",))
    compared = plan.lifecycles()["function"].compared
    assert tuple(
        phase for phase in compared if phase in ("trace", "xla_compile", "first_call")
    ) == ("trace", "xla_compile", "first_call")
