"""Rows as a round hands them to the run folder, and files as it writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.store.sealed_parquet import KEY, UNSEALED, seal


def row(**changes: Any) -> dict[str, Any]:
    """One row of the table of samples, with ``changes``."""
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


def rows(number: int, phases: tuple[str, ...] = ("construct", "build")) -> list[dict[str, Any]]:
    """The rows of round ``number``: each arm once in each of ``phases``, differently ordered."""
    arms = ["b", "a", f"only_{number}"] if number % 2 else ["a", "b"]
    return [
        row(round=number, order=order, arm=arm, phase=phase, wall_ns=1000 * number + order)
        for order, arm in enumerate(arms)
        for phase in phases
    ]


def write_sealed(path: Path, table: pa.Table) -> None:
    """Write ``table`` with its metadata and the digest of the file, as an attacker may."""
    sink = pa.BufferOutputStream()
    metadata = {**(table.schema.metadata or {}), KEY: UNSEALED}
    pq.write_table(table.replace_schema_metadata(metadata), sink)
    path.write_bytes(seal(sink.getvalue().to_pybytes()))
