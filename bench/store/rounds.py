"""The rounds of a run as Parquet: one immutable part per round, or all of them in one file.

Parts are ``rounds/round-0007.parquet``. A compacted run has ``rounds.parquet`` in their place, with
the same rows in the same order; it takes no further rounds. Each file names the run that it is of,
and has the digest of its bytes.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.store import sealed_parquet
from bench.store.files import CHANGED, InvalidRun, is_there, write_file
from bench.store.migrations import UnknownVersion, migrated_part

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_RUN = b"run"
"""Key of the metadata under which a file names its run; files of older versions name none."""

_PART = re.compile(r"^round-(\d{4,})\.parquet$")


def is_compacted(run: Path) -> bool:
    """Whether the rounds of the folder ``run`` are in one file."""
    return is_there(_compacted(run))


def stored_rounds(run: Path) -> list[int]:
    """Numbers of the rounds in the folder ``run``, in order.

    Raises ``InvalidRun`` when the file of a compacted run, or the folder, cannot be read.
    """
    return sorted({*_parts(run), *_compacted_rounds(run)})


def write_round(run: Path, number: int, rows: Iterable[Mapping[str, Any]], name: str) -> None:
    """Store ``rows``, in the columns of ``bench.store.schema.SCHEMA``, as round ``number``.

    ``name`` is that of the run.

    Raises ``FileExistsError`` when the round is stored, and ``InvalidRun`` in a compacted run.
    """
    import pyarrow as pa

    from bench.store.schema import SCHEMA

    check_takes_rounds(run)
    path = _part(run, number)
    if path.exists():
        raise FileExistsError(f"round {number} is already stored: {path}")
    path.parent.mkdir(exist_ok=True)
    _write_table(path, pa.Table.from_pylist(list(rows), schema=SCHEMA), name)


def set_aside_round(run: Path, number: int) -> Path | None:
    """Move what lies where round ``number`` is stored out of the way; returns where it is then.

    For what the run has not measured. None where nothing lies there. Raises ``OSError``.
    """
    path = _part(run, number)
    if not is_there(path):
        return None
    place = run / "set_aside" / f"{path.name}.{secrets.token_hex(2)}"
    place.parent.mkdir(exist_ok=True)
    return path.rename(place)


def check_takes_rounds(run: Path) -> None:
    """Raise ``InvalidRun`` when the folder ``run`` is compacted."""
    if is_compacted(run):
        raise InvalidRun(f"{run} is compacted: it is finished and takes no further rounds")


def read_samples(run: Path, name: str) -> pd.DataFrame:
    """All rounds in the folder ``run`` as one table, in the columns of ``SCHEMA``.

    Rows are in the order of their rounds. ``name`` is that of the run. Raises ``InvalidRun`` when a
    file cannot be read, or is of another run.
    """
    samples: pd.DataFrame = read_table(run, name).to_pandas()
    return samples


def read_table(run: Path, name: str) -> pa.Table:
    """The same as an Arrow table, whose dictionaries are the same in all chunks."""
    import pyarrow as pa

    from bench.store.schema import SCHEMA

    compacted = _compacted_rounds(run)
    parts = {number: _part(run, number) for number in _parts(run) if number not in compacted}
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as readers:
        read = readers.map(_read_part, parts.values(), parts, repeat(name))
        tables = dict(zip(parts, read, strict=True))
    if compacted:
        whole = _read_table(_compacted(run), name)
        if not tables:
            return whole
        tables |= {number: of_round(whole, number) for number in compacted}
    if not tables:
        return SCHEMA.empty_table()
    return pa.concat_tables(tables[number] for number in sorted(tables)).unify_dictionaries()


def of_round(table: pa.Table, number: int) -> pa.Table:
    """The rows of round ``number`` of ``table``."""
    import pyarrow.compute as pc

    return table.filter(pc.equal(table["round"], number))


def file_of_round(run: Path, number: int) -> Path:
    """The file in the folder ``run`` that holds round ``number``."""
    part = _part(run, number)
    return part if part.exists() else _compacted(run)


def compact_rounds(run: Path, name: str) -> None:
    """Put all rounds of the folder ``run`` into one file, and remove their parts.

    It can be repeated after a crash at any moment. Raises ``InvalidRun`` when a part cannot be
    read, or there is none, and ``OSError``.
    """
    table = read_table(run, name)
    if not len(table):
        raise InvalidRun(f"{run} has no finished round: there is nothing to compact")
    parts = _parts(run)
    if set(parts) - set(_compacted_rounds(run)):
        _write_table(_compacted(run), table, name, compression_level=19)
    for number in parts:
        _part(run, number).unlink()
    if (run / "rounds").is_dir() and not any((run / "rounds").iterdir()):
        (run / "rounds").rmdir()


def _read_part(path: Path, number: int, name: str) -> pa.Table:
    table = _read_table(path, name)
    if not len(table):
        raise InvalidRun(f"{path} cannot be read: it has no rows")
    if table["round"].unique().to_pylist() != [number]:
        raise InvalidRun(f"{path} cannot be read: it holds rows of other rounds than {number}")
    return table


def _read_table(path: Path, name: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from bench.store.schema import SCHEMA

    _check_regular(path)
    try:
        content = path.read_bytes()
        with pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True) as file:
            if not sealed_parquet.is_as_written(content, file.metadata.metadata or {}):
                raise InvalidRun(f"{path} cannot be read: {CHANGED}")
            # A part is small: handing its columns to threads takes longer than reading them.
            stored = file.read(use_threads=False)
        table = migrated_part(stored, SCHEMA)
    except InvalidRun:
        raise
    except (pa.ArrowException, UnknownVersion, ValueError, KeyError, OSError) as error:
        raise InvalidRun(f"{path} cannot be read: {_in_one_line(error)}") from error
    owner = (stored.schema.metadata or {}).get(_RUN, name.encode()).decode(errors="replace")
    if owner != name:
        raise InvalidRun(
            f"{path} cannot be read: it is of the run {owner!a}, and run.json is that of {name!a}"
        )
    return table


def _compacted_rounds(run: Path) -> list[int]:
    path = _compacted(run)
    if not is_there(path):
        return []

    import pyarrow as pa
    import pyarrow.parquet as pq

    _check_regular(path)
    try:
        with pq.ParquetFile(path) as file:
            numbers: list[int] = file.read(columns=["round"])["round"].unique().to_pylist()
    except KeyError as error:
        raise InvalidRun(f"{path} cannot be read: it has no column 'round'") from error
    except (pa.ArrowException, ValueError, OSError) as error:
        raise InvalidRun(f"{path} cannot be read: {_in_one_line(error)}") from error
    return numbers


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _check_regular(path: Path) -> None:
    """Raise ``InvalidRun`` for a pipe, which would be read for ever, and the like."""
    if is_there(path) and not path.is_file():
        raise InvalidRun(f"{path} cannot be read: it is no regular file")


def _write_table(
    path: Path, table: pa.Table, name: str, compression_level: int | None = None
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Numbers that are all different take half of the space without a dictionary.
    texts = [each.name for each in table.schema if not pa.types.is_integer(each.type)]
    sink = pa.BufferOutputStream()
    metadata = {_RUN: name, sealed_parquet.KEY: sealed_parquet.UNSEALED}
    pq.write_table(
        table.replace_schema_metadata({**(table.schema.metadata or {}), **metadata}),
        sink,
        compression="zstd",
        compression_level=compression_level,
        use_dictionary=texts,
        write_page_checksum=True,
    )
    write_file(path, sealed_parquet.seal(sink.getvalue().to_pybytes()))


def _parts(run: Path) -> list[int]:
    """Numbers of the parts; a folder without any may lack the folder of parts, too."""
    folder = run / "rounds"
    if not is_there(folder):
        return []
    if not folder.is_dir():
        raise InvalidRun(f"{folder} cannot be read: it is no folder")
    names = (_PART.match(entry.name) for entry in folder.iterdir())
    return sorted(int(match.group(1)) for match in names if match)


def _part(run: Path, number: int) -> Path:
    return run / "rounds" / f"round-{number:04d}.parquet"


def _compacted(run: Path) -> Path:
    return run / "rounds.parquet"
