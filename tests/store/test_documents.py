"""Observations, explanations, claims and findings: round trips, damage, versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.domain.design.calibration import Block, Calibration
from bench.domain.findings.claims import ClaimFinding
from bench.domain.findings.run import Findings
from bench.store.documents import (
    Observation,
    UnusableFindings,
    compact_explanations,
    compact_observations,
)
from bench.store.files import InvalidRun, write_file
from bench.store.run_folder import RunFolder
from tests.fakes.explanations import empty_explanation
from tests.fakes.plan import fake_folder, fake_plan

DAMAGE = {
    "empty": b"",
    "truncated": b'{"schema": 1, "run": "x',
    "binary": bytes(range(256)),
    "list": b"[1]",
    "nested": b"[" * 200_000,
}

CLAIM = ClaimFinding(
    name="same_model",
    claim="It is the same model.",
    verdict="supported",
    evidence=("weights: the same", "graph: the same"),
    versions={"keras": "3.15.1"},
)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return fake_folder(tmp_path / "run", fake_plan())


def document(path: Path) -> Any:
    return json.loads(path.read_text())


def test_observations_come_back_by_kind_and_number(folder: RunFolder) -> None:
    folder.write_observation(Observation.BLOCK, 3, {"wall_ns": [[1], [2]]})
    folder.write_observation(Observation.BLOCK, 0, {"wall_ns": [[3], [4]]})
    folder.write_observation(Observation.FACTS, 0, {"values": {}})
    assert folder.observations(Observation.BLOCK) == {
        0: {"wall_ns": [[3], [4]]},
        3: {"wall_ns": [[1], [2]]},
    }
    assert document(folder.path / "observations" / "block-0003.json")["schema"] == 4
    folder.remove_observations(Observation.BLOCK, among=folder.observations(Observation.BLOCK))
    assert folder.observations(Observation.BLOCK) == {}
    assert folder.observations(Observation.FACTS) == {0: {"values": {}}}


def test_compacted_observations_come_back_the_same(folder: RunFolder) -> None:
    for number in (12, 0, 7):
        folder.write_observation(Observation.BLOCK, number, {"wall_ns": [[number], [2]]})
    before = folder.observations(Observation.BLOCK)
    compact_observations(folder.path, folder.record.run)
    assert [path.name for path in (folder.path / "observations").iterdir()] == ["block.json"]
    assert folder.observations(Observation.BLOCK) == before
    assert list(folder.observations(Observation.BLOCK)) == [0, 7, 12]
    assert document(folder.path / "observations" / "block.json")["schema"] == 1
    folder.remove_observations(Observation.BLOCK, among={7, 9})
    assert folder.observations(Observation.BLOCK) == {number: before[number] for number in (0, 12)}


def test_observation_of_another_place_or_run_is_named(folder: RunFolder, tmp_path: Path) -> None:
    other = fake_folder(tmp_path / "other", folder.record.plan)
    for each in (folder, other):
        for number in (0, 1):
            each.write_observation(Observation.FACTS, number, {"values": {}})
    path = folder.path / "observations" / "facts-0000.json"
    for source in (folder.path / "observations" / "facts-0001.json", other.path / "observations"):
        whole = source / path.name if source.is_dir() else source
        path.write_bytes(whole.read_bytes())
        with pytest.raises(InvalidRun, match=r"facts-0000\.json cannot be read: .* elsewhere"):
            folder.observations(Observation.FACTS)


def test_observation_after_compacting_replaces_the_earlier_one(folder: RunFolder) -> None:
    folder.write_observation(Observation.FACTS, 0, {"values": {"a": 1}})
    folder.write_observation(Observation.FACTS, 1, {"values": {}})
    compact_observations(folder.path, folder.record.run)
    folder.write_observation(Observation.FACTS, 0, {"values": {"a": 2}})
    expected = {0: {"values": {"a": 2}}, 1: {"values": {}}}
    assert folder.observations(Observation.FACTS) == expected
    compact_observations(folder.path, folder.record.run)
    assert folder.observations(Observation.FACTS) == expected
    folder.remove_observations(Observation.FACTS, among=folder.observations(Observation.FACTS))
    assert folder.observations(Observation.FACTS) == {}


def test_facts_of_former_runs_are_found(folder: RunFolder) -> None:
    folder.write_observation(Observation.FACTS, 1, {"arm": "new"})
    for number in (0, 1):
        old = {"arm": "old", "factors": {"entry": "restore"}}
        (folder.path / "observations" / f"notes-{number:04d}.json").write_text(json.dumps(old))
    expected = {0: {"cell": [{"call_mode": "restore"}, "old", "default"]}, 1: {"arm": "new"}}
    assert folder.observations(Observation.FACTS) == expected
    compact_observations(folder.path, folder.record.run)
    assert folder.observations(Observation.FACTS) == expected
    assert [path.name for path in (folder.path / "observations").iterdir()] == ["facts.json"]


@pytest.mark.parametrize("content", DAMAGE.values(), ids=list(DAMAGE))
@pytest.mark.parametrize("name", ["block-0000.json", "block.json"])
def test_damaged_observation_is_named(folder: RunFolder, name: str, content: bytes) -> None:
    (folder.path / "observations").mkdir()
    (folder.path / "observations" / name).write_bytes(content)
    with pytest.raises(InvalidRun, match=f"{name} cannot be read"):
        folder.observations(Observation.BLOCK)


@pytest.mark.parametrize(
    "observations", ["no object", {"one": {}}, {"0": []}, {"0": {"schema": 99}}]
)
def test_damaged_collection_is_named(folder: RunFolder, observations: object) -> None:
    (folder.path / "observations").mkdir()
    content = json.dumps({"schema": 1, "observations": observations})
    (folder.path / "observations" / "block.json").write_text(content)
    with pytest.raises(InvalidRun, match=r"block\.json cannot be read"):
        folder.observations(Observation.BLOCK)


def test_design_of_a_calibration_comes_back_and_says_its_version(folder: RunFolder) -> None:
    assert folder.calibration() is None
    design = Calibration(
        experiments=2,
        replicates=1,
        injected={"again": 0.0},
        blocks=(Block("inline", "again"),),
        samples=3,
    )
    folder.write_calibration(design)
    assert folder.calibration() == design
    assert document(folder.path / "calibration.json")["schema"] == 2


def test_design_of_a_former_calibration_is_found(folder: RunFolder) -> None:
    old = {
        "experiments": 1,
        "replicates": 1,
        "planted": {"again": 0.0},
        "blocks": [["inline", "again"]],
        "samples": 2,
    }
    (folder.path / "observations").mkdir()
    (folder.path / "observations" / "calibration-0000.json").write_text(json.dumps(old))
    design = folder.calibration()
    assert design is not None
    assert design.injected == {"again": 0.0}


def test_claims_say_their_version(folder: RunFolder) -> None:
    folder.write_claims([CLAIM])
    written = document(folder.path / "claims.json")
    assert (written["schema"], written["claims"][0]["name"]) == (1, "same_model")


def test_claims_come_back_as_they_were_written(folder: RunFolder) -> None:
    assert folder.claims() == []
    folder.write_claims([CLAIM])
    assert folder.claims() == [CLAIM]


@pytest.mark.parametrize("damaged", ['{"schema": 1}', '{"schema": 1, "claims": [{}]}', "[", "1"])
def test_damaged_claims_are_told(folder: RunFolder, damaged: str) -> None:
    (folder.path / "claims.json").write_text(damaged)
    with pytest.raises(InvalidRun, match=r"claims\.json"):
        folder.claims()


def test_explanations_come_back_as_they_were_written(folder: RunFolder) -> None:
    assert folder.explanations() == []
    found = [empty_explanation("a", None), empty_explanation("b", "cnn(side=8)")]
    for each in found:
        folder.write_explanation(each)
    assert folder.explanations() == found


def test_compacted_explanations_are_one_file_and_stay_what_they_are(folder: RunFolder) -> None:
    found = [empty_explanation("a", None), empty_explanation("b", "cnn(side=8)")]
    for each in found:
        folder.write_explanation(each)
    compact_explanations(folder.path, folder.record.run)
    assert not (folder.path / "explanations").exists()
    assert folder.explanations() == found
    sources = folder.sources()
    again = found[0].model_copy(update={"phases": ("build",)})
    folder.write_explanation(again)
    assert folder.explanations() == [again, found[1]]
    compact_explanations(folder.path, folder.record.run)
    assert folder.explanations() == [again, found[1]]
    assert folder.sources() != sources


@pytest.mark.parametrize("content", DAMAGE.values(), ids=list(DAMAGE))
def test_damaged_collection_of_explanations_is_named(folder: RunFolder, content: bytes) -> None:
    (folder.path / "explanations.json").write_bytes(content)
    with pytest.raises(InvalidRun, match=r"explanations\.json cannot be read"):
        folder.explanations()


@pytest.mark.parametrize("content", DAMAGE.values(), ids=list(DAMAGE))
def test_damaged_explanation_is_named(folder: RunFolder, content: bytes) -> None:
    (folder.path / "explanations").mkdir()
    (folder.path / "explanations" / "s-mlp.json").write_bytes(content)
    with pytest.raises(InvalidRun, match=r"s-mlp\.json cannot be read"):
        folder.explanations()


def test_absent_findings_are_none(folder: RunFolder) -> None:
    assert folder.findings() is None


@pytest.mark.parametrize("content", DAMAGE.values(), ids=list(DAMAGE))
def test_damaged_findings_are_told_from_older_ones(folder: RunFolder, content: bytes) -> None:
    (folder.path / "findings.json").write_bytes(content)
    with pytest.raises(UnusableFindings, match=r"findings\.json cannot be read") as caught:
        folder.findings()
    assert caught.value.reason == "damaged"


def test_findings_that_are_a_folder_are_damaged(folder: RunFolder) -> None:
    (folder.path / "findings.json").mkdir()
    with pytest.raises(UnusableFindings, match="it is no regular file") as caught:
        folder.findings()
    assert caught.value.reason == "damaged"


@pytest.mark.parametrize(("step", "reason"), [(-1, "older"), (1, "newer")])
def test_findings_of_another_schema_say_which(folder: RunFolder, step: int, reason: str) -> None:
    version = Findings.model_fields["schema_version"].default + step
    (folder.path / "findings.json").write_text(json.dumps({"schema": version}))
    with pytest.raises(UnusableFindings, match=f"it has schema {version}, not") as caught:
        folder.findings()
    assert caught.value.reason == reason


def test_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "findings.json").mkdir()
    with pytest.raises(OSError, match=r"findings\.json"):
        write_file(tmp_path / "findings.json", b"{}")
    assert [path.name for path in tmp_path.iterdir()] == ["findings.json"]
