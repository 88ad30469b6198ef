"""The suite's own lifecycles and its patch, lived on real TensorFlow."""

from __future__ import annotations

from typing import Any

import pytest

from bench.execution.processes.interpreter import Interpreter
from bench.planning import registry
from bench.planning.scenarios import plan_scenario
from bench.worker.wire.requests import FactsRequest, LifecycleRequest, WorkRequest
from tests.fakes.requests import invoked, status_of, succeeded
from tests.fakes.small_models import LIMITS, mlp
from tests.worker.tensorflow_zygote import invoke, zygote

__all__ = ["zygote"]

OWN = {name: scenario for name, scenario in registry.scenarios().items() if scenario.lifecycle}
"""Scenarios with a lifecycle of their own."""

CELLS = [(name, arm.name) for name in OWN for arm in plan_scenario(name, OWN[name]).arms]
OLD, CHANGED = "answers like the old model", "answers like the changed model"


def requested(scenario: str, arm: str, **changes: Any) -> dict[str, Any]:
    """What is asked of an invocation of one cell of ``scenario``."""
    found = plan_scenario(scenario, OWN[scenario])
    lifecycle = found.lifecycle
    assert lifecycle is not None
    (chosen,) = (each for each in found.arms if each.name == arm)
    return {
        "builder": chosen.builder,
        "patch": chosen.patch,
        "lifecycle": LifecycleRequest(
            function=lifecycle.function,
            arguments=dict(chosen.lifecycle_arguments),
            phases=tuple(lifecycle.phases),
            iterating=(),
        ),
        **changes,
    }


def facts_of(zygote: Interpreter, scenario: str, arm: str) -> Any:
    return succeeded(zygote, FactsRequest(mlp(**requested(scenario, arm))), LIMITS).facts


@pytest.mark.parametrize(("scenario", "arm"), CELLS)
def test_every_arm_goes_through_every_phase(zygote: Interpreter, scenario: str, arm: str) -> None:
    outcome = invoke(zygote, **requested(scenario, arm, layers=2))
    phases = [span.phase for span in outcome.spans if span.iteration is None]
    lifecycle = OWN[scenario].lifecycle
    assert lifecycle is not None
    assert [phase for phase in phases if phase in lifecycle.phases] == list(lifecycle.phases)
    assert phases[0] == "runtime"
    assert phases[-1] == "invocation"
    assert {span.status for span in outcome.spans} == {"ok"}


@pytest.mark.parametrize(
    ("scenario", "arm", "before"),
    [
        ("modification", "extend_inline", OLD),
        ("modification", "extend_incremental", OLD),
        ("modification", "recreate_inline", CHANGED),
        ("modification", "recreate_functional", CHANGED),
        ("removal", "pop_inline", OLD),
        ("removal", "pop_incremental", OLD),
        ("removal", "recreate_incremental", CHANGED),
    ],
)
def test_predict_of_a_changed_model_is_stale_until_it_is_compiled(
    zygote: Interpreter, scenario: str, arm: str, before: str
) -> None:
    notes = facts_of(zygote, scenario, arm)
    assert notes["predict before compile"] == before
    assert (notes["predict before compile, relative error"] > 0) == (before == OLD)
    assert notes["predict after compile"] == CHANGED
    assert notes["predict after compile, relative error"] == 0
    assert notes["model(x), relative change"] > 0


@pytest.mark.parametrize(
    ("scenario", "arm"),
    [
        ("restore", "incremental"),
        ("restore", "functional"),
        ("restore_patched", "inline_patched"),
    ],
)
def test_loaded_model_answers_like_the_saved_one(
    zygote: Interpreter, scenario: str, arm: str
) -> None:
    notes = facts_of(zygote, scenario, arm)
    assert notes["answers"].startswith("the loaded model answers bit by bit")


def test_search_makes_every_depth_twice_and_reads_memory_after_each(zygote: Interpreter) -> None:
    outcome = invoke(zygote, **requested("search", "inline_cleared", layers=4))
    calls = [span for span in outcome.spans if span.iteration is not None]
    assert [span.iteration for span in calls] == list(range(8))
    assert all(span.memory_change_bytes is not None for span in calls)


def test_patched_arm_builds_in_build_and_inline_does_not(zygote: Interpreter) -> None:
    patched: dict[str, Any] = {
        "builder": "scenarios.builders:incremental",
        "patch": "scenarios.patches:postponed_rebuild",
        "deferred": True,
    }
    arms: dict[str, dict[str, Any]] = {"inline": {}, "patched": patched}
    status = {
        name: {span.phase: span.status for span in invoke(zygote, **changes).spans}
        for name, changes in arms.items()
    }
    assert status["inline"]["build"] == "nothing_to_do"
    assert status["patched"]["build"] == "ok"


def test_patch_that_stays_behind_is_told_and_reaches_no_other_invocation(
    zygote: Interpreter,
) -> None:
    def symbolic_calls() -> int:
        counted = succeeded(zygote, WorkRequest(incremental, lines_of=None), LIMITS)
        return counted.phases["construct"].counters["symbolic_calls"]

    incremental = mlp(builder="scenarios.builders:incremental")
    leaking = incremental._replace(patch="tests.fakes.leaking_patch:leaves_add_changed")
    before = symbolic_calls()
    outcome = invoked(zygote, WorkRequest(leaking, lines_of=None), LIMITS).outcome
    after = symbolic_calls()
    assert status_of(outcome) == "builder_error"
    assert "Sequential.add" in outcome.reason
    assert before == after == 6
