"""The samples of a run that goes on, in memory: read once, and added to round by round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bench.store.rounds import of_round, read_table, stored_rounds
from bench.store.schema import SCHEMA

if TYPE_CHECKING:
    import pandas as pd


class RunningSamples:
    """The rounds in the folder ``run``, which is called ``name``, and those that are added.

    Raises ``InvalidRun`` when the stored ones cannot be read.
    """

    def __init__(self, run: Path, name: str) -> None:
        stored = read_table(run, name)
        self._tables = {number: of_round(stored, number) for number in stored_rounds(run)}

    def __len__(self) -> int:
        """The number of rounds."""
        return len(self._tables)

    def add(self, number: int, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add the ``rows`` of round ``number``, in the columns of ``SCHEMA``."""
        self._tables[number] = pa.Table.from_pylist(list(rows), schema=SCHEMA)

    def table(self) -> pd.DataFrame:
        """What ``RunFolder.samples`` reads once all rounds are stored."""
        rounds = [self._tables[number] for number in sorted(self._tables)]
        whole = pa.concat_tables(rounds or [SCHEMA.empty_table()]).unify_dictionaries()
        samples: pd.DataFrame = whole.to_pandas()
        return samples
