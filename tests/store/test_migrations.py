"""Older formats: each step from a stored sample of the version that it reads."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from bench.store.files import InvalidRun
from bench.store.migrations import (
    CALIBRATION,
    CLAIMS,
    EXPLANATION,
    OBSERVATION,
    RUN,
    Format,
    UnknownVersion,
    migrated,
)
from bench.store.run_folder import RunFolder

SAMPLES = Path(__file__).parent / "samples"


def run_of_version(version: int) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / f"run-{version}.json").read_text())
    return document


def test_second_version_of_a_run_has_call_modes_for_entries() -> None:
    old, new = run_of_version(1), migrated(run_of_version(1), RUN)
    assert new["schema"] == RUN.newest
    assert "schema_version" not in {*new, *new["plan"]}
    assert [panel["call_mode"] for panel in new["plan"]["panels"]] == ["modification"]
    assert not any("entry" in panel for panel in new["plan"]["panels"])
    (before,), (after,) = old["plan"]["scenarios"], new["plan"]["scenarios"]
    assert before["lifecycle"]["first_answer"] == after["lifecycle"]["time_to_first_output"]
    builders = [arm["builder"].partition(":")[0] for arm in after["arms"]]
    assert builders == ["scenarios.builders", "scenarios.builders", "scenarios.injected"]


@pytest.mark.parametrize("version", range(1, RUN.newest))
def test_run_of_every_version_is_read(tmp_path: Path, version: int) -> None:
    document = run_of_version(version)
    copyfile(SAMPLES / f"run-{version}.json", tmp_path / "run.json")
    record = RunFolder(tmp_path).record
    assert (record.run, record.status) == (document["run"], document["status"])
    assert record.plan.seed == document["plan"]["seed"]


def test_every_version_but_the_newest_has_a_sample() -> None:
    assert sorted(SAMPLES.glob("run-*.json")) == [
        SAMPLES / f"run-{version}.json" for version in range(1, RUN.newest)
    ]


def test_observation_without_a_version_is_of_the_first() -> None:
    panel = {"scenario": "restore", "layers": 16}
    old = {"factors": {**panel, "entry": "restore"}, "arm": "inline"}
    new = {"cell": [{**panel, "call_mode": "restore"}, "inline", "default"]}
    assert migrated(old, OBSERVATION) == {"schema": 4, **new}
    assert migrated({"wall_ns": [[1], [2]]}, OBSERVATION) == {"schema": 4, "wall_ns": [[1], [2]]}


def test_fourth_version_of_an_observation_has_the_values_of_outputs() -> None:
    old = {"schema": 3, "outputs": {"first": "eager", "sample": [0.5, "inf", -2], "tolerance": 0}}
    new = {"first": "eager", "tolerance": 0}
    values = {"values": [[[0.5, 0.0, -2], 1, 2, "inf"]], "equal_values": []}
    assert migrated(old, OBSERVATION) == {"schema": 4, "outputs": {**new, **values}}
    failed = {"outputs": None, "failed": "it raised"}
    assert migrated({"schema": 3, **failed}, OBSERVATION) == {"schema": 4, **failed}


def test_third_version_of_a_run_has_panels_without_an_environment() -> None:
    old, new = run_of_version(2), migrated(run_of_version(2), RUN)
    assert all(panel["environment"] == "default" for panel in old["plan"]["panels"])
    assert not any("environment" in panel for panel in new["plan"]["panels"])


def test_fourth_version_of_a_run_that_declared_no_joint_claims_has_none() -> None:
    old, new = run_of_version(3), migrated(run_of_version(3), RUN)
    assert {"joint_error", "margin_floor_s"}.isdisjoint(old["plan"])
    assert (new["plan"]["joint_error"], new["plan"]["margin_floor_s"]) == (0.0, 0.0)


def test_fifth_version_of_a_run_that_set_no_time_aside_for_evidence_has_none() -> None:
    old, new = run_of_version(4), migrated(run_of_version(4), RUN)
    assert "evidence_s" not in old["plan"]
    assert new["plan"]["evidence_s"] == 0.0


def test_sixth_version_of_a_run_has_arms_without_inputs_of_their_own() -> None:
    old = run_of_version(5)
    old["plan"]["inputs"] = [{"dtype": "float32", "shape": [8, 16]}]
    new = migrated(old, RUN)
    assert new["plan"]["inputs"] == [{"dtype": "float32", "shape": [8, 16], "name": None}]
    assert [arm["inputs"] for arm in new["plan"]["scenarios"][0]["arms"]] == [[], [], []]


def test_seventh_version_of_a_run_has_no_mark_and_all_of_its_rounds_are_timed() -> None:
    assert {"mark", "timed_rounds"}.isdisjoint(run_of_version(6))
    new = migrated(run_of_version(6), RUN)
    assert (new["mark"], new["timed_rounds"]) == ("", None)


def test_eighth_version_of_a_run_has_no_command() -> None:
    assert "command" not in run_of_version(7)
    assert migrated(run_of_version(7), RUN)["command"] == []


def test_second_version_of_an_explanation_says_retained() -> None:
    old = {"schema": 1, "arm": "inline", "kept": [1]}
    assert migrated(old, EXPLANATION) == {"schema": 2, "arm": "inline", "retained": [1]}


def test_design_without_a_version_injects_what_it_planted() -> None:
    assert migrated({"planted": {"again": 0.0}, "samples": 3}, CALIBRATION) == {
        "schema": 2,
        "injected": {"again": 0.0},
        "samples": 3,
    }


@pytest.mark.parametrize("form", [RUN, EXPLANATION, OBSERVATION, CALIBRATION, CLAIMS])
def test_version_of_the_future_is_one_clear_line(form: Format) -> None:
    with pytest.raises(UnknownVersion) as caught:
        migrated({"schema": form.newest + 1}, form)
    assert str(caught.value) == (
        f"it has schema {form.newest + 1}, and this version of the suite reads 1 to "
        f"{form.newest}: a newer one reads it"
    )


@pytest.mark.parametrize("version", [0, -1, True, "2", 2.0, None, [2]])
def test_version_that_is_none_is_refused(version: object) -> None:
    with pytest.raises(UnknownVersion, match=r"it is no run\.json: its schema is"):
        migrated({"schema": version}, RUN)


CONTENTS = {
    "truncated": b'{"schema": 2, "run": "x"',
    "binary": bytes(range(256)),
    "empty": b"",
    "list": b"[]",
    "number": b"3",
    "nested": b"[" * 200_000,
    "of another kind": b'{"schema": 2, "name": "x"}',
    "old and of another kind": b'{"schema_version": 1, "plan": []}',
    "of no version": b'{"run": "x"}',
    "of the future": b'{"schema": 99}',
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=list(CONTENTS))
def test_foreign_record_is_named_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(InvalidRun, match=r"run\.json cannot be read") as caught:
        RunFolder(tmp_path)
    assert "\n" not in str(caught.value)


def test_record_that_is_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()
    with pytest.raises(InvalidRun, match=r"run\.json cannot be read: it is no regular file"):
        RunFolder(tmp_path)
