"""What models bring with them is left as it is: ``compile``, randomness, what modules set."""

from __future__ import annotations

from pathlib import Path

from tests.field.running import measured


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
    assert "narrower and wider give different outputs on the same input" in found.answer()
