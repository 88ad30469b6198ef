"""Prints how long the analysis of a run takes as runs grow.

    python scripts/analysis_speed.py                   up to a million rows: a minute
    python scripts/analysis_speed.py --rows 1000,3000  seconds

The published build_style run is repeated until there are rows enough, each time with other noise,
and stored as a run folder; reading it and concluding from it are timed in a process of its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.runs.conclude import conclude
from bench.store.run_folder import RunFolder
from bench.store.schema import SCHEMA

SOURCE = Path(__file__).resolve().parents[1] / "results" / "published" / "build_style"
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
SEED = 20261123


def main() -> None:
    """A line for each size; the last column is the exponent from one size to the next."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--rows", default=",".join(map(str, SIZES)), metavar="N,...")
    # What this script starts for each size.
    parser.add_argument("--time", type=Path, metavar="RUN", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.time:
        _timed(arguments.time)
        return
    sys.stdout.write("     rows  seconds  peak MB  exponent\n")
    before: tuple[int, float] | None = None
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, arguments.rows.split(",")):
            path, rows = _grown(Path(folder) / str(size), size)
            command = [sys.executable, __file__, "--time", str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds, peak = (float(each) for each in done.stdout.split())
            exponent = np.log(seconds / before[1]) / np.log(rows / before[0]) if before else np.nan
            sys.stdout.write(f"{rows:9,d} {seconds:8.2f} {peak:8.0f} {exponent:9.2f}\n")
            sys.stdout.flush()
            before = rows, seconds


def _grown(path: Path, size: int) -> tuple[Path, int]:
    """A run folder at ``path`` with about ``size`` rows of samples, and their exact number."""
    source = RunFolder(SOURCE)
    folder = RunFolder.create(path, source.record.plan, source.record.environment)
    samples = pa.Table.from_pandas(source.samples(), SCHEMA, preserve_index=False)
    parts = [samples.filter(pc.equal(samples["round"], number)) for number in source.rounds()]
    random = np.random.default_rng(SEED)
    rows = number = 0
    while rows < size:
        part = parts[number % len(parts)]
        noise = np.exp(random.normal(0, 0.02, len(part)))
        for name, values in (
            ("round", np.full(len(part), number)),
            ("wall_ns", np.rint(part["wall_ns"].to_pandas().to_numpy() * noise)),
        ):
            column = pa.array(values, from_pandas=True).cast(SCHEMA.field(name).type)
            part = part.set_column(part.schema.get_field_index(name), SCHEMA.field(name), column)
        # The last version whose files have no digest.
        unsealed = part.replace_schema_metadata({"schema": "3"})
        pq.write_table(unsealed, path / f"rounds/round-{number:04d}.parquet")
        rows, number = rows + len(part), number + 1
    return folder.path, rows


def _timed(path: Path) -> None:
    folder = RunFolder(path)
    began = time.perf_counter()
    conclude(folder)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{seconds} {peak}\n")


if __name__ == "__main__":
    main()
