"""What models bring with them is left as it is: ``compile``, randomness, what modules set."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.command import run
from tests.field.running import INPUTS, measured

ALL = "eager,function,predict,train,fit"


def test_own_compile_is_used_and_lacking_one_costs_training_alone(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        *("--layers", "2", "--input", "float32[8,8]", "--call-mode", ALL),
        arms={"own": "own_compile:compiled_by_builder", "bare": "own_compile:not_compiled"},
    )
    assert found.code == 3, found.errors
    assert found.statuses("own") == dict.fromkeys(ALL.split(","), True)
    assert found.statuses("bare") == {
        "eager": True,
        "function": True,
        "predict": True,
        "train": False,
        "fit": False,
    }
    reasons = {failure["reason"] for failure in found.document["failures"]}
    assert all("takes (maker_optimizer, judged_by)" in reason for reason in reasons)
    facts = {fact["arm"]: fact["value"] for fact in found.document["facts"]}
    assert facts["own"].startswith("by the builder (")
    assert facts["bare"] == "not at all"
    assert "own by the builder" in found.answer()


def test_random_layers_are_off_wherever_inference_is_measured(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        *("--layers", "2", "--call-mode", "function,eager,predict,train"),
        arms={"plain": "random_layers:plain", "augmented": "random_layers:augmented"},
    )
    assert found.code == 0, found.errors
    told = [each["text"] for each in found.document["warnings"] if each["kind"] == "outputs"]
    # The random layers draw seeds before the others do, and so those begin with other weights.
    assert len(told) == 1
    assert "with equal ones they answer alike" in told[0]


def test_two_builds_of_random_layers_answer_alike(tmp_path: Path) -> None:
    shutil.copy(INPUTS / "random_layers.py", tmp_path)
    builder = "random_layers:augmented"
    arms = ["--arm", f"one={builder}", "--arm", f"two={builder}"]
    result = run(["explain", *arms, "--layers", "2", "--json"], tmp_path)
    assert result.returncode == 0, result.stderr
    (explanation,) = json.loads(result.stdout)["explanations"]
    (structure,) = explanation["structure"]
    assert structure["different"] == []
    assert {"weights", "program", "outputs", "gradients"} <= set(structure["same"])


def test_modules_are_measured_together_as_alone(tmp_path: Path) -> None:
    arms = {"made": "model_at_import:plain", "one": "threads_at_import:build"}
    together = measured(tmp_path, "--layers", "2", arms=arms)
    assert together.code == 0, together.errors
    for name, builder in arms.items():
        alone = measured(tmp_path, "--layers", "2", arms={name: builder})
        assert alone.code == 0, alone.errors
        assert alone.statuses(name) == together.statuses(name) == {"function": True}


def test_what_builders_set_reaches_no_other_arm(tmp_path: Path) -> None:
    arms = {
        "plain": "policies:as_it_was",
        "half": "policies:half",
        "eager": "policies:eager_functions",
        "seeded": "policies:seeded",
        "format": "policy_at_import:build",
    }
    found = measured(tmp_path, "--layers", "2", arms=arms)
    assert found.code == 0, found.errors
    assert not found.document["failures"]


def test_without_isolation_what_a_module_sets_is_refused(tmp_path: Path) -> None:
    arms = {"plain": "policies:as_it_was", "format": "policy_at_import:build"}
    found = measured(tmp_path, "--layers", "2", "--isolation", "none", arms=arms)
    assert found.code == 2
    assert "the image data format from channels_last to channels_first" in found.errors
    assert "--isolation fork" in found.errors


def test_without_isolation_what_a_builder_sets_fails_that_arm_alone(tmp_path: Path) -> None:
    arms = {
        "plain": "policies:as_it_was",
        "half": "policies:half",
        "eager": "policies:eager_functions",
        "seeded": "policies:seeded",
    }
    found = measured(tmp_path, "--layers", "2", "--isolation", "none", arms=arms)
    assert found.code == 3, found.errors
    reasons = {failure["arm"]: failure["reason"] for failure in found.document["failures"]}
    assert set(reasons) == {"half", "eager"}
    assert "the dtype policy from float32 to mixed_bfloat16" in reasons["half"]
    assert "running functions eagerly from False to True" in reasons["eager"]
    assert found.statuses("plain") == found.statuses("seeded") == {"function": True}


def test_call_modes_that_do_different_work_are_told_on_the_first_screen(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        *("--layers", "2", "--input", "float32[8,4,4,3]", "--call-mode", "eager,function,predict"),
        arms={"forgetful": "call_differently:forgetful"},
    )
    assert found.code == 0, found.errors
    assert "Outputs: " in found.answer()
    assert "of forgetful" in found.answer()


def test_arms_that_compute_something_else_are_told_on_the_first_screen(tmp_path: Path) -> None:
    arms = {"wider": "call_differently:wider", "narrower": "call_differently:narrower"}
    found = measured(tmp_path, "--layers", "2", arms=arms)
    assert found.code == 0, found.errors
    told = "the outputs of narrower differ from those of wider on the same input"
    assert told in found.answer()
