"""Models of thirty more public reports: those of which the first try went wrong."""

from __future__ import annotations

from pathlib import Path

from tests.field.running import Measured, measured

SHORT = ("--no-evidence", "--layers", "2")


def unavailable(found: Measured) -> str:
    """The one reason of all that failed, the baseline and its placebo, since it is unavailable."""
    failures = found.document["failures"]
    assert {each["kind"] for each in failures} == {"unavailable"}
    (reason,) = {str(each["reason"]) for each in failures}
    return reason


def test_variables_that_come_too_late_and_another_backend_are_told(tmp_path: Path) -> None:
    found = measured(tmp_path, *SHORT, arms={"top": "variables_at_top:build"})
    assert found.code == 0, found.errors
    asked = "variables_at_top asks for Keras on jax, and what was measured is Keras on tensorflow"
    assert asked in found.answer()
    assert "variables_at_top sets TF_ENABLE_ONEDNN_OPTS to 0: the framework" in found.answer()


def test_models_are_trained_on_the_targets_that_their_losses_take(tmp_path: Path) -> None:
    builders = ("letters", "alike", "with_settings", "weighted")
    found = measured(
        tmp_path,
        *(*SHORT, "--call-mode", "train"),
        arms={name: f"losses:{name}" for name in builders},
    )
    assert found.code == 0, found.errors
    for name in builders:
        assert found.statuses(name) == {"train": True}
    assert "targets int32[32,10], 11 values (classes of ctc)" in found.answer()
    assert "targets int32[32], values 0 to 5 (classes of weighted)" in found.answer()


def test_models_of_a_distribution_strategy_are_measured_compiled_or_not(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        *(*SHORT, "--call-mode", "predict,train"),
        arms={"own": "strategies:compiled", "bare": "strategies:not_compiled"},
    )
    assert found.code == 0, found.errors
    for name in ("own", "bare"):
        assert found.statuses(name) == {"predict": True, "train": True}


def test_models_that_return_other_things_than_tensors_are_measured(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        *(*SHORT, "--input", "float32[8,8]", "--call-mode", "eager,function"),
        arms={"nothing": "odd_outputs:nothing", "names": "odd_outputs:names"},
    )
    assert found.code == 0, found.errors
    for name in ("nothing", "names"):
        assert found.statuses(name) == {"eager": True, "function": True}
    joined = measured(
        tmp_path,
        *(*SHORT, "--input", "float32[8,8]", "--call-mode", "eager,predict"),
        arms={"nothing_at_all": "odd_outputs:nothing_at_all"},
    )
    assert joined.statuses("nothing_at_all") == {"eager": True, "predict": False}
    assert "Keras puts the outputs of all batches together here" in unavailable(joined)
    result = measured(
        tmp_path,
        *(*SHORT, "--input", "float32[8,8]", "--call-mode", "eager"),
        arms={"object": "odd_outputs:an_object"},
    )
    assert result.code == 0, result.errors


def test_module_that_switches_eager_execution_off_fails_in_words(tmp_path: Path) -> None:
    arms = {"old": "graph_mode:build", "new": "strategies:compiled"}
    found = measured(tmp_path, *SHORT, arms=arms)
    assert found.code == 3, found.errors
    assert found.statuses("new") == {"function": True}
    assert unavailable(found).startswith("eager execution is switched off")


def test_step_that_takes_pairs_is_trained_where_it_is_handed_pairs(tmp_path: Path) -> None:
    arms = {"half": "own_steps:half"}
    found = measured(tmp_path, *SHORT, "--call-mode", "train,fit", arms=arms)
    assert found.code == 3, found.errors
    assert found.statuses("half") == {"train": False, "fit": True}
    assert "train_step() of Scaled takes inputs and targets" in unavailable(found)


def test_feature_space_is_measured_and_has_no_form_for_xla(tmp_path: Path) -> None:
    arms = {"table": "feature_space:build"}
    found = measured(tmp_path, *SHORT, "--call-mode", "function,xla", arms=arms)
    assert found.code == 3, found.errors
    assert found.statuses("table") == {"function": True, "xla": False}
    assert unavailable(found) == "no XLA form: LookupTableFindV2"
