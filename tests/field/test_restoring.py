"""The scenario ``restore`` of layers that Keras saves and refuses to bring back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import run

INPUTS = Path(__file__).with_name("inputs")
SHORT = ("--quick", "--rounds", "2", "--replicates", "1", "--layers", "2")
REFUSED = ("from_config", "clone_model", "load_model")
MEASURED = ("save", "save_weights", "load_weights", "export", "reload")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("field")
    shutil.copy(INPUTS / "lambda_layers.py", folder)
    return folder


@pytest.fixture(scope="module")
def restored(project: Path) -> dict[str, Any]:
    modules = "lambda_layers:with_rescaling,lambda_layers:with_lambdas"
    result = run(["run", "restore", *SHORT, "--architecture", modules, "--json"], project)
    assert result.returncode == 3, result.stderr
    assert "Traceback" not in result.stderr
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def timed(document: dict[str, Any], architecture: str) -> dict[str, set[str]]:
    """The phases that were measured of each arm, its placebo left out."""
    found: dict[str, set[str]] = {}
    for each in document["cells"]:
        if architecture in each["architecture"] and not each["placebo"]:
            found.setdefault(each["arm"], set()).add(each["phase"])
    return found


def test_each_refusal_is_told_of_its_phase_in_keras_s_words(
    restored: dict[str, Any], project: Path
) -> None:
    told = {(each["arm"], each["phase"]) for each in restored["failures"]}
    arms = ("inline", "incremental", "functional", "placebo")
    assert told == {(arm, phase) for arm in arms for phase in REFUSED}
    for each in restored["failures"]:
        assert "with_lambdas" in each["architecture"]
        assert each["reason"].startswith("refused by Keras: Requested the deserialization of a")
        assert each["kind"] == "unavailable"
        (run_folder,) = (project / "results" / "runs").iterdir()
        assert "Requested the deserialization" in (run_folder / each["log"]).read_text()
        assert not each["given_up"], "each way is tried in every round"
        # Once in each round, and once more where an arm shared a core.
        assert each["count"] >= 2


def test_what_is_not_refused_is_measured(restored: dict[str, Any]) -> None:
    for phases in timed(restored, "with_lambdas").values():
        assert phases.issuperset(MEASURED)
        assert phases.isdisjoint(REFUSED)
    for phases in timed(restored, "with_rescaling").values():
        assert phases.issuperset((*MEASURED, *REFUSED))


def test_run_is_shown_and_its_first_screen_names_the_phases(
    restored: dict[str, Any], project: Path
) -> None:
    shown = run(["show", "latest"], project)
    assert "Traceback" not in shown.stderr
    assert "refused by Keras" in shown.stdout
    (answer,) = (each for each in restored["answer"] if "refused by Keras" in each)
    assert all(phase in answer for phase in REFUSED)
