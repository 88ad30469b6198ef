"""Rounds: round trips, damage, older formats, and all of them in one file."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder
from bench.store.schema import SCHEMA
from tests.fakes.plan import fake_folder, fake_plan
from tests.store.tables import row, rows


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return fake_folder(tmp_path / "run", fake_plan())


def part(folder: RunFolder, number: int = 0) -> Path:
    return folder.path / "rounds" / f"round-{number:04d}.parquet"


def write_table(path: Path, table: pa.Table, **metadata: str) -> None:
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table.replace_schema_metadata(metadata), path)


def test_samples_come_back_as_they_were_written(folder: RunFolder) -> None:
    folder.write_round(0, [row(), row(phase="build", wall_ns=7, reason="because")])
    folder.write_round(2, [row(round=2, scenario="other", layers=16)])
    table = pq.read_table(part(folder))
    assert table.schema.names == SCHEMA.names
    assert table["wall_ns"].to_pylist() == [2**53 + 1, 7]
    samples = folder.samples()
    assert samples["round"].tolist() == [0, 0, 2]
    assert samples["scenario"].tolist() == ["s", "s", "other"]
    assert samples["reason"].tolist()[1] == "because"
    assert samples["wall_ns"].tolist()[0] == 2**53 + 1
    assert folder.rounds() == [0, 2]


def test_stored_round_is_never_replaced(folder: RunFolder) -> None:
    folder.write_round(0, [row()])
    with pytest.raises(FileExistsError, match="round 0 is already stored"):
        folder.write_round(0, [row(wall_ns=1)])
    assert folder.samples()["wall_ns"].tolist() == [2**53 + 1]


def test_half_written_part_is_no_round(folder: RunFolder) -> None:
    folder.write_round(0, [row()])
    part(folder).with_name(".round-0001.parquet.123").write_bytes(b"PAR1 and then the power")
    assert RunFolder(folder.path).rounds() == [0]
    assert len(folder.samples()) == 1


def test_run_without_rounds_has_an_empty_table(folder: RunFolder) -> None:
    samples = folder.samples()
    assert list(samples.columns) == SCHEMA.names
    assert samples.empty


def test_run_whose_folder_of_rounds_is_gone_has_none(folder: RunFolder) -> None:
    (folder.path / "rounds").rmdir()
    assert folder.rounds() == []
    assert folder.samples().empty
    folder.write_round(0, [row()])
    assert folder.rounds() == [0]


def test_file_in_the_place_of_the_folder_of_rounds_is_named(folder: RunFolder) -> None:
    (folder.path / "rounds").rmdir()
    (folder.path / "rounds").write_text("no folder")
    for read in (folder.rounds, folder.samples):
        with pytest.raises(InvalidRun, match=r"rounds cannot be read: it is no folder$"):
            read()


def test_part_says_its_version(folder: RunFolder) -> None:
    folder.write_round(0, [row()])
    assert pq.read_schema(part(folder)).metadata[b"schema"] == b"4"


def test_part_of_the_first_version_has_call_modes_for_entries(folder: RunFolder) -> None:
    table = pa.Table.from_pylist([row(), row(call_mode="predict")], schema=SCHEMA)
    names = ["entry" if name == "call_mode" else name for name in table.column_names]
    write_table(part(folder), table.rename_columns(names))
    samples = folder.samples()
    assert samples["call_mode"].tolist() == ["function", "predict"]
    assert list(samples.columns) == SCHEMA.names


def test_column_that_a_part_lacks_is_empty(folder: RunFolder) -> None:
    table = pa.Table.from_pylist([row()], schema=SCHEMA)
    write_table(part(folder, 0), table.drop_columns(["core", "batch", "reason"]))
    folder.write_round(1, [row(round=1, core=3, batch=8, reason="because")])
    samples = folder.samples()
    for name, value in (("core", 3), ("batch", 8), ("reason", "because")):
        assert samples[name].isna().tolist() == [True, False], name
        assert samples[name][1] == value


def test_column_that_is_not_known_is_left_out(folder: RunFolder) -> None:
    table = pa.Table.from_pylist([row()], schema=SCHEMA)
    write_table(part(folder), table.append_column("mood", pa.array(["good"])))
    assert list(folder.samples().columns) == SCHEMA.names


def foreign(**columns: Any) -> pa.Table:
    table = pa.Table.from_pylist([row()], schema=SCHEMA)
    for name, values in columns.items():
        table = table.drop_columns([name])
        if values is not None:
            table = table.append_column(name, pa.array(values))
    return table


@pytest.mark.parametrize(
    ("table", "metadata", "words"),
    [
        (pa.table({"x": [1, 2]}), {}, "no column 'round'"),
        (foreign(status=None), {}, "no column 'status'"),
        (foreign(phase=pa.array([None], pa.string())), {}, "'phase' has empty cells"),
        (foreign(wall_ns=["long"]), {}, "long"),
        (foreign(), {"schema": "99"}, "schema 99, and this version of the suite reads 1 to 4"),
        (foreign(), {"schema": "new"}, "new"),
    ],
)
@pytest.mark.parametrize("compacted", [False, True])
def test_foreign_table_is_named(
    folder: RunFolder, table: pa.Table, metadata: dict[str, str], words: str, compacted: bool
) -> None:
    path = folder.path / "rounds.parquet" if compacted else part(folder)
    write_table(path, table, **metadata)
    with pytest.raises(InvalidRun, match=f"{path.name} cannot be read") as caught:
        folder.samples()
    assert words in str(caught.value)


def test_part_of_another_round_is_named(folder: RunFolder) -> None:
    write_table(part(folder), foreign(round=[7]))
    with pytest.raises(InvalidRun, match=r"round-0000\.parquet .* rows of other rounds than 0"):
        folder.samples()


@pytest.mark.parametrize("damage", ["empty", "text", "truncated", "folder", "pipe"])
@pytest.mark.parametrize("compacted", [False, True])
def test_damaged_file_is_named(folder: RunFolder, damage: str, compacted: bool) -> None:
    folder.write_round(0, rows(0))
    if compacted:
        folder.compact()
    path = folder.path / "rounds.parquet" if compacted else part(folder)
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage == "pipe":
        os.mkfifo(path)
    else:
        damaged = {"empty": b"", "text": b"not parquet", "truncated": content[:-100]}
        path.write_bytes(damaged[damage])
    with pytest.raises(InvalidRun, match=f"{path.name} cannot be read"):
        folder.samples()


def test_compacted_run_reads_back_to_the_same_samples(folder: RunFolder) -> None:
    for number in (3, 0, 11, 2):
        folder.write_round(number, rows(number))
    before = folder.samples()
    folder.compact()
    assert folder.rounds() == [0, 2, 3, 11]
    pd.testing.assert_frame_equal(folder.samples(), before, check_exact=True)
    assert [path.name for path in folder.path.rglob("*.parquet")] == ["rounds.parquet"]


def test_compacting_again_changes_nothing(folder: RunFolder) -> None:
    folder.write_round(0, rows(0))
    folder.compact()
    content = hashlib.sha256((folder.path / "rounds.parquet").read_bytes()).hexdigest()
    folder.compact()
    assert hashlib.sha256((folder.path / "rounds.parquet").read_bytes()).hexdigest() == content


@pytest.mark.parametrize("left", [(0,), (1, 2), (0, 1, 2), (1, 4)])
def test_parts_next_to_the_compacted_file_are_read_once(
    folder: RunFolder, tmp_path: Path, left: tuple[int, ...]
) -> None:
    other = fake_folder(tmp_path / "elsewhere" / folder.path.name, fake_plan())
    for number in (0, 1, 2, 4):
        other.write_round(number, rows(number))
    for number in {0, 1, 2, 4} - ({4} & set(left)):
        folder.write_round(number, rows(number))
    folder.compact()
    for number in left:
        part(folder).parent.mkdir(exist_ok=True)
        part(folder, number).write_bytes(part(other, number).read_bytes())
    expected = other.samples()
    assert folder.rounds() == [0, 1, 2, 4]
    pd.testing.assert_frame_equal(folder.samples(), expected, check_exact=True)
    folder.compact()
    pd.testing.assert_frame_equal(folder.samples(), expected, check_exact=True)
    assert not (folder.path / "rounds").exists()


def test_compacted_run_takes_no_further_round(folder: RunFolder) -> None:
    folder.write_round(0, rows(0))
    folder.compact()
    with pytest.raises(InvalidRun, match="compacted: it is finished and takes no further rounds"):
        folder.write_round(1, rows(1))
    assert folder.rounds() == [0]


def test_run_without_rounds_cannot_be_compacted(folder: RunFolder) -> None:
    with pytest.raises(InvalidRun, match="nothing to compact"):
        folder.compact()


TABLES = st.dictionaries(
    st.integers(0, 9_999),
    st.lists(
        st.fixed_dictionaries(
            {
                "arm": st.sampled_from(["a", "b", "é|/ 名"]),
                "phase": st.sampled_from(["construct", "build", "inference"]),
                "wall_ns": st.none() | st.integers(0, 2**62),
                "iteration": st.none() | st.integers(0, 99),
                "layers": st.none() | st.integers(1, 64),
                "placebo": st.none() | st.booleans(),
                "reason": st.none() | st.text(max_size=5),
            }
        ),
        min_size=1,
        max_size=5,
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=30, deadline=None)
@given(tables=TABLES)
def test_any_rounds_read_back_the_same_from_one_file(
    tables: dict[int, list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = fake_folder(tmp_path_factory.mktemp("runs") / "run", fake_plan())
    for number, changes in tables.items():
        folder.write_round(number, [row(round=number, **change) for change in changes])
    before = folder.samples()
    folder.compact()
    assert folder.rounds() == sorted(tables)
    pd.testing.assert_frame_equal(folder.samples(), before, check_exact=True)
