"""Run folders: round trips, damage, and finding them again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bench.store.locate import locate, new_run_id
from bench.store.run_folder import InvalidRun, RunFolder
from bench.store.schema import SCHEMA
from tests.fakes.plan import ENVIRONMENT, fake_folder, fake_plan


def row(**changes: Any) -> dict[str, Any]:
    return {
        "round": 0,
        "order": 3,
        "scenario": "s",
        "architecture": None,
        "layers": None,
        "call_mode": "function",
        "device": "cpu",
        "backend": "b",
        "environment": "default",
        "arm": "a",
        "placebo": False,
        "interpreter": 0,
        "replicate": 0,
        "phase": "construct",
        "wall_ns": 2**53 + 1,
        "status": "ok",
        **changes,
    }


def test_samples_come_back_as_they_were_written(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    folder.write_round(0, [row(), row(phase="build", wall_ns=7, reason="because")])
    folder.write_round(2, [row(round=2, scenario="other", layers=16)])
    table = pq.read_table(folder.path / "rounds" / "round-0000.parquet")
    assert table.schema.names == SCHEMA.names
    assert table["wall_ns"].to_pylist() == [2**53 + 1, 7]
    samples = folder.samples()
    assert samples["round"].tolist() == [0, 0, 2]
    assert samples["scenario"].tolist() == ["s", "s", "other"]
    assert samples["reason"].tolist()[1] == "because"
    assert samples["wall_ns"].tolist()[0] == 2**53 + 1
    assert folder.rounds() == [0, 2]


def test_plan_and_environment_come_back_as_they_were_written(tmp_path: Path) -> None:
    plan = fake_plan("good", "raises", layers=(3, 9))
    fake_folder(tmp_path / "run", plan)
    record = RunFolder(tmp_path / "run").record
    assert record.plan == plan
    assert record.environment == ENVIRONMENT
    assert record.status == "running"


def test_stored_round_is_never_replaced(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    folder.write_round(0, [row()])
    with pytest.raises(FileExistsError, match="round 0 is stored already"):
        folder.write_round(0, [row(wall_ns=1)])
    assert folder.samples()["wall_ns"].tolist() == [2**53 + 1]


def test_half_written_part_is_no_round(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    folder.write_round(0, [row()])
    (folder.path / "rounds" / ".round-0001.parquet.123").write_bytes(b"PAR1 and then the power")
    assert RunFolder(folder.path).rounds() == [0]
    assert len(folder.samples()) == 1


def test_existing_folder_is_not_overwritten(tmp_path: Path) -> None:
    fake_folder(tmp_path / "run", fake_plan())
    with pytest.raises(FileExistsError):
        fake_folder(tmp_path / "run", fake_plan())


def test_run_without_rounds_has_an_empty_table(tmp_path: Path) -> None:
    samples = fake_folder(tmp_path / "run", fake_plan()).samples()
    assert list(samples.columns) == SCHEMA.names
    assert samples.empty


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "is no run folder"), ("{", "cannot be read"), ('{"run": 3}', "cannot be read")],
)
def test_folder_without_a_readable_record_is_no_run(
    tmp_path: Path, content: str | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(InvalidRun, match=words):
        RunFolder(tmp_path)


def test_damaged_part_is_named(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    (folder.path / "rounds" / "round-0000.parquet").write_bytes(b"not parquet")
    with pytest.raises(InvalidRun, match=r"round-0000\.parquet cannot be read"):
        folder.samples()


def test_damaged_findings_are_named(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    assert folder.findings() is None
    (folder.path / "findings.json").write_text(json.dumps({"run": "x"}))
    with pytest.raises(InvalidRun, match=r"findings\.json cannot be read"):
        folder.findings()


def test_runs_are_found_by_id_beginning_path_and_latest(tmp_path: Path) -> None:
    first = fake_folder(tmp_path / "20260101T000000Z-a-1111", fake_plan())
    last = fake_folder(tmp_path / "20260102T000000Z-b-2222", fake_plan())
    assert locate("latest", tmp_path).path == last.path
    assert locate("20260101", tmp_path).path == first.path
    assert locate(first.path.name, tmp_path).path == first.path
    assert locate(str(first.path), Path("nowhere")).path == first.path


@pytest.mark.parametrize(
    ("run", "words"),
    [("2026", "begins more than one run"), ("2027", "no run '2027'"), (".", "no run folder")],
)
def test_runs_that_cannot_be_found_say_why(tmp_path: Path, run: str, words: str) -> None:
    fake_folder(tmp_path / "20260101T000000Z-a-1111", fake_plan())
    fake_folder(tmp_path / "20260102T000000Z-b-2222", fake_plan())
    with pytest.raises(InvalidRun, match=words):
        locate(run, tmp_path)


def test_latest_of_no_runs_tells_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidRun, match="bench run --quick makes one"):
        locate("latest", tmp_path)


def test_run_ids_sort_by_time_and_differ() -> None:
    ids = {new_run_id("build_style") for _ in range(20)}
    assert len(ids) == 20
    assert all(run_id[8] == "T" and "-build_style-" in run_id for run_id in ids)
