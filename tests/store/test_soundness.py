"""Samples that no run of their plan can have measured are refused, and their file is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.runs.conclude import conclude
from bench.runs.running import RunningConclusion
from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder
from bench.store.schema import SCHEMA
from tests.fakes.plan import fake_folder, fake_plan
from tests.store.tables import write_sealed

Edit = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = fake_folder(tmp_path / "run", fake_plan("good", "unbuilt", rounds=2, layers=(2,)))
    execute_run(folder, Listener())
    return folder


def edit(folder: RunFolder, change: Edit, number: int = 1) -> None:
    """Write the part of a round again with ``change`` made to its rows."""
    path = folder.path / "rounds" / f"round-{number:04d}.parquet"
    before = pq.read_table(path)
    rows = change(before.to_pandas())
    table = pa.Table.from_pandas(rows, schema=SCHEMA, preserve_index=False)
    write_sealed(path, table.replace_schema_metadata(before.schema.metadata))


def with_value(column: str, value: object) -> Edit:
    """Put ``value`` into ``column`` of the first row of an arm."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        changed = rows.astype({column: object})
        values = list(changed[column])
        values[int(changed["arm"].notna().argmax())] = value
        return changed.assign(**{column: values})

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (with_value("wall_ns", -5), "a number in its column 'wall_ns' cannot be"),
        (with_value("wall_ns", 2**62), "a number in its column 'wall_ns' cannot be"),
        (with_value("minor_faults", -1), "a number in its column 'minor_faults' cannot be"),
        (with_value("wall_ns", None), "a phase that was measured has no time"),
        (with_value("phase", "lunch"), "the plan lacks a phase"),
        (with_value("status", "splendid"), "it has a status that is not known"),
        (with_value("arm", "stranger"), "it has rows of a cell that the plan lacks"),
        (with_value("layers", 3), "it has rows of a cell that the plan lacks"),
        (with_value("environment", "other"), "it has rows of a cell that the plan lacks"),
        (lambda rows: pd.concat([rows, rows]), "it has a row twice"),
        (lambda rows: rows.iloc[:0], "it has no rows"),
    ],
)
def test_part_that_cannot_be_is_named(folder: RunFolder, change: Edit, why: str) -> None:
    conclude(folder)
    edit(folder, change)
    for reading in (conclude, RunningConclusion):
        with pytest.raises(InvalidRun, match=r"round-0001\.parquet cannot be read: ") as caught:
            reading(folder)
        assert str(caught.value).endswith(why)


def test_part_that_was_written_again_without_its_digest_is_named(folder: RunFolder) -> None:
    path = folder.path / "rounds" / "round-0001.parquet"
    table = pq.read_table(path)
    for metadata in (table.schema.metadata, {**table.schema.metadata, b"digest": b"sha256:1"}):
        less = table.slice(1).replace_schema_metadata(metadata)
        pq.write_table(less, path)
        with pytest.raises(InvalidRun, match=r"round-0001\.parquet cannot be read: it was changed"):
            conclude(folder)
    metadata = {name: value for name, value in table.schema.metadata.items() if name != b"digest"}
    pq.write_table(table.replace_schema_metadata(metadata), path)
    with pytest.raises(InvalidRun, match=r"round-0001\.parquet cannot be read: it was changed"):
        conclude(folder)


def test_every_byte_of_a_part_counts(folder: RunFolder) -> None:
    path = folder.path / "rounds" / "round-0001.parquet"
    content = path.read_bytes()
    # Where the metadata begins, a single bit can hide all of them.
    metadata = content.rindex(b"\x06schema")
    for place in (*range(0, len(content), 211), *range(metadata - 64, metadata + 64)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        with pytest.raises(InvalidRun, match=r"round-0001\.parquet cannot be read: "):
            folder.samples()
    path.write_bytes(content)
    assert set(folder.samples()["round"]) == {0, 1}


def test_part_of_a_round_beyond_the_plan_is_named(folder: RunFolder) -> None:
    rounds = folder.path / "rounds"
    (rounds / "round-0001.parquet").rename(rounds / "round-0007.parquet")
    with pytest.raises(InvalidRun, match=r"round-0007\.parquet cannot be read: it holds rows of"):
        conclude(folder)
    edit(folder, lambda rows: rows.assign(round=7), number=7)
    with pytest.raises(InvalidRun, match=r"round-0007\.parquet cannot be read: the plan has 2"):
        conclude(folder)


def test_part_of_another_run_is_named(folder: RunFolder, tmp_path: Path) -> None:
    other = fake_folder(tmp_path / "other", folder.record.plan)
    execute_run(other, Listener())
    part = Path("rounds", "round-0001.parquet")
    (folder.path / part).write_bytes((other.path / part).read_bytes())
    with pytest.raises(InvalidRun, match=r"round-0001\.parquet cannot be read: it is of the run"):
        conclude(folder)


def test_compacted_run_is_checked_too(folder: RunFolder) -> None:
    folder.compact()
    before = conclude(folder)
    assert before.rounds == 2
    path = folder.path / "rounds.parquet"
    table = pq.read_table(path)
    rows = with_value("wall_ns", -5)(table.to_pandas())
    changed = pa.Table.from_pandas(rows, schema=SCHEMA, preserve_index=False)
    write_sealed(path, changed.replace_schema_metadata(table.schema.metadata))
    with pytest.raises(InvalidRun, match=r"rounds\.parquet cannot be read: a number in"):
        conclude(folder)


def test_round_of_several_interpreters_is_sound(tmp_path: Path) -> None:
    plan = fake_plan("good", "kills_its_zygote", rounds=1, layers=(2,))
    folder = fake_folder(tmp_path / "run", plan)
    execute_run(folder, Listener())
    samples = folder.samples()
    assert (samples["phase"] == "import").sum() > 1
    assert conclude(folder).rounds == 1
