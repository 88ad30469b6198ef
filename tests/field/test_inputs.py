"""Models of public reports whose inputs are no plain list of floats, run as their users do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.command import run
from tests.field.running import INPUTS, QUICK, Measured, measured

SHORT = ("--no-evidence", "--layers", "2")


def calls(found: Measured, arm: str, modes: str) -> dict[str, bool]:
    """Call mode → whether the calls of ``arm`` were measured in it, of those asked for."""
    assert set(found.statuses(arm)) == set(modes.split(","))
    return found.statuses(arm)


def test_strings_are_measured_and_xla_is_unavailable(tmp_path: Path) -> None:
    modes = "function,predict,eager,train,xla"
    found = measured(
        tmp_path,
        *(*SHORT, "--call-mode", modes),
        arms={"inside": "string_inputs:text_inside", "outside": "string_inputs:text_outside"},
    )
    assert found.code == 3, found.errors
    expected = dict.fromkeys(modes.split(","), True)
    assert calls(found, "outside", modes) == expected
    assert calls(found, "inside", modes) == {**expected, "xla": False}
    assert {failure["kind"] for failure in found.document["failures"]} == {"unavailable"}
    (reason,) = {failure["reason"] for failure in found.document["failures"]}
    assert reason.startswith("no XLA form: ")
    assert reason.endswith("(text)")
    assert "texts of 12 words (vocabulary of text_vectorization)" in found.answer()
    assert "values 0 to 7 (vocabulary of embedding)" in found.answer()


def test_strings_are_declared_on_the_command_line(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        *(*SHORT, "--input", "string[8,1]"),
        arms={"inside": "string_inputs:text_inside"},
    )
    assert found.code == 0, found.errors
    assert found.statuses("inside") == {"function": True}
    assert "string[8,1]" in found.answer()


NAMED = {
    "list": "dict_inputs:by_list",
    "name": "dict_inputs:by_name",
    "nested": "dict_inputs:nested_names",
}


def test_inputs_by_name_are_measured_in_every_way(tmp_path: Path) -> None:
    modes = "eager,function,predict,train"
    found = measured(tmp_path, *(*SHORT, "--call-mode", modes), arms=NAMED)
    assert found.code == 0, found.errors
    for arm in NAMED:
        assert calls(found, arm, modes) == dict.fromkeys(modes.split(","), True)
    # Each input has its own data wherever it stands, so equal networks answer alike.
    assert "Outputs:" not in found.answer()
    assert "Inputs invented" not in found.answer()


STRICT = """
import warnings

from dict_inputs import by_list, by_name, nested_names

warnings.filterwarnings("error", "The structure of `inputs`")
"""


def test_inputs_by_name_are_handed_over_without_a_warning_of_keras(tmp_path: Path) -> None:
    shutil.copy(INPUTS / "dict_inputs.py", tmp_path)
    (tmp_path / "strict.py").write_text(STRICT)
    words = ("--call-mode", "eager,predict,train")
    named = {name: builder.replace("dict_inputs", "strict") for name, builder in NAMED.items()}
    arms = [word for name, builder in named.items() for word in ("--arm", f"{name}={builder}")]
    result = run(["run", *QUICK, *SHORT, *words, *arms], tmp_path)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["failures"] == []


def test_inputs_by_name_are_explained(tmp_path: Path) -> None:
    shutil.copy(INPUTS / "dict_inputs.py", tmp_path)
    words = [word for name, builder in NAMED.items() for word in ("--arm", f"{name}={builder}")]
    result = run(["explain", *words, "--json"], tmp_path)
    assert result.returncode == 0, result.stderr
    (document,) = json.loads(result.stdout)["explanations"]
    assert document["failures"] == []
    assert {each["arm"] for each in document["structure"]} == {"name", "nested"}
    assert all({"weights", "outputs"} <= set(each["same"]) for each in document["structure"])


def test_input_of_a_model_that_is_too_deep_is_declared(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        *("--no-evidence", "--layers", "50,1200", "--input", "float32[2,1]"),
        arms={"a": "too_deep:functional"},
    )
    assert found.code == 3, found.errors
    failures = found.document["failures"]
    assert {each["layers"] for each in failures} == {1200}
    # What had ended before it failed is measured all the same.
    failed = {each["phase"] for each in failures}
    of_failed = [each for each in found.document["cells"] if each["phase"] in failed]
    assert {each["layers"] for each in of_failed} == {50}
