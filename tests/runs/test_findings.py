"""Stored findings are used where they are current, and concluded again where they are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.domain.findings.run import Findings
from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.runs.findings import current_findings
from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder
from tests.fakes.explanations import empty_explanation
from tests.fakes.plan import fake_folder, fake_plan

SCHEMA: int = Findings.model_fields["schema_version"].default


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = fake_folder(tmp_path / "run", fake_plan("good", "unbuilt", rounds=2, layers=(2,)))
    execute_run(folder, Listener())
    return folder


def test_current_findings_are_not_concluded_again(folder: RunFolder) -> None:
    concluded = current_findings(folder)
    marked = concluded.model_copy(update={"questions": {"fakes": "as it was stored"}})
    folder.write_findings(marked)
    assert current_findings(folder) == marked


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b'{"schema": 1, "run": "x',
        b"[]",
        json.dumps({"schema": SCHEMA - 1, "proven": True}).encode(),
        json.dumps({"schema": SCHEMA}).encode(),
    ],
    ids=["absent", "empty", "truncated", "list", "older", "lacks fields"],
)
def test_findings_that_cannot_be_used_are_concluded_and_stored_again(
    folder: RunFolder, content: bytes | None
) -> None:
    path = folder.path / "findings.json"
    before = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    findings = current_findings(folder)
    assert path.read_bytes() == before
    assert findings == folder.findings()


@pytest.mark.parametrize("place", [30, 1000, -30])
def test_findings_that_were_edited_are_concluded_again(folder: RunFolder, place: int) -> None:
    path = folder.path / "findings.json"
    before = bytearray(path.read_bytes())
    edited = before.copy()
    edited[place] ^= 1
    path.write_bytes(edited)
    assert current_findings(folder) == folder.findings()
    assert path.read_bytes() == before


def test_findings_from_before_an_explanation_are_concluded_again(folder: RunFolder) -> None:
    before = current_findings(folder)
    panel = folder.record.plan.panels[0]
    folder.write_explanation(empty_explanation(panel.scenario, panel.architecture))
    assert current_findings(folder).sources != before.sources


def test_findings_of_fewer_rounds_are_concluded_again(folder: RunFolder) -> None:
    concluded = current_findings(folder)
    folder.write_findings(concluded.model_copy(update={"rounds": 1}))
    assert current_findings(folder) == concluded
    assert folder.findings() == concluded


def test_findings_of_a_newer_schema_stay_as_they_are(folder: RunFolder) -> None:
    concluded = current_findings(folder)
    path = folder.path / "findings.json"
    path.write_text(json.dumps({"schema": SCHEMA + 1}))
    assert current_findings(folder) == concluded
    assert json.loads(path.read_text()) == {"schema": SCHEMA + 1}


def test_run_that_cannot_be_written_is_read_all_the_same(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    concluded = current_findings(folder)
    (folder.path / "findings.json").unlink()

    def refuse(*arguments: object) -> None:
        raise PermissionError("read-only file system")

    monkeypatch.setattr(RunFolder, "write_findings", refuse)
    assert current_findings(folder) == concluded


def test_findings_of_damaged_samples_are_not_concluded(folder: RunFolder) -> None:
    (folder.path / "findings.json").write_bytes(b"{")
    (folder.path / "rounds" / "round-0001.parquet").write_bytes(b"")
    with pytest.raises(InvalidRun, match=r"round-0001\.parquet cannot be read"):
        current_findings(folder)
