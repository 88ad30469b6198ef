"""A run folder: the plan, one immutable part per finished round, and the findings.

Everything is written under a temporary name, flushed and renamed, so that a crash at any moment
leaves either the whole file or none.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bench.domain.findings.run import Findings
from bench.domain.plan import Plan
from bench.store.migrations import UnknownVersion, migrated, migrated_part

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from bench.domain.findings.explanation import Explanation

Status = Literal["running", "complete", "interrupted"]

_PART = re.compile(r"^round-(\d{4,})\.parquet$")


class InvalidRun(ValueError):
    """A folder that holds no run, or one that cannot be read; the message says which and why."""


class RunBusy(RuntimeError):
    """A run that another process is measuring at the moment."""


class RunRecord(BaseModel):
    """The contents of ``run.json``; ``measured_s`` is the time that the stored rounds took."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True
    )

    schema_version: Literal[2] = Field(default=2, alias="schema")
    run: str
    status: Status
    measured_s: float = 0.0
    plan: Plan
    environment: Mapping[str, str | int | float | None]


class RunFolder:
    """An existing run folder at ``path``; ``create`` makes a new one.

    Raises ``InvalidRun`` when there is no readable ``run.json`` in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            text = (path / "run.json").read_text()
        except OSError as error:
            raise InvalidRun(f"{path} is no run folder: {error.strerror}: run.json") from error
        try:
            self.record = RunRecord.model_validate(migrated(json.loads(text)))
        except (json.JSONDecodeError, UnknownVersion, KeyError, TypeError) as error:
            raise InvalidRun(f"{path / 'run.json'} cannot be read: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InvalidRun(
                f"{path / 'run.json'} cannot be read: {where}: {first['msg']}"
            ) from error

    @classmethod
    def create(
        cls, path: Path, plan: Plan, environment: Mapping[str, str | int | float | None]
    ) -> RunFolder:
        """Make the folder and write the plan into it, before anything is measured.

        Raises ``OSError`` when the folder exists already or cannot be written.
        """
        (path / "rounds").mkdir(parents=True)
        record = RunRecord(run=path.name, status="running", plan=plan, environment=environment)
        _write(path / "run.json", record.model_dump_json(indent=2).encode())
        return cls(path)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes from measuring into this folder; goes with the process.

        Raises ``RunBusy`` when another process holds it.
        """
        with (self.path / "run.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RunBusy(f"{self.record.run} is being measured by another process") from error
            yield

    def set_status(self, status: Status) -> None:
        """Change the status in ``run.json``."""
        self._change(status=status)

    def add_time(self, seconds: float) -> None:
        """Note that a stored round took ``seconds``."""
        self._change(measured_s=self.record.measured_s + seconds)

    def hide_paths(self) -> None:
        """Replace the interpreters' paths in the stored plan by a word, to publish the run."""
        names = dict.fromkeys(self.record.plan.environments, "python")
        changes = {"environments": names, "folders": ()}
        self._change(plan=self.record.plan.model_copy(update=changes))

    def _change(self, **changes: object) -> None:
        self.record = self.record.model_copy(update=changes)
        _write(self.path / "run.json", self.record.model_dump_json(indent=2).encode())

    def rounds(self) -> list[int]:
        """Numbers of the rounds that are stored, in order."""
        names = (_PART.match(entry.name) for entry in (self.path / "rounds").iterdir())
        return sorted(int(match.group(1)) for match in names if match)

    def write_round(self, number: int, rows: Iterable[Mapping[str, Any]]) -> None:
        """Store a finished round. Raises ``FileExistsError`` when it is stored already."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        from bench.store.schema import SCHEMA

        path = self._part(number)
        if path.exists():
            raise FileExistsError(f"round {number} is stored already: {path}")
        sink = pa.BufferOutputStream()
        table = pa.Table.from_pylist(list(rows), schema=SCHEMA)
        pq.write_table(table, sink, compression="zstd")
        _write(path, sink.getvalue())

    def samples(self) -> pd.DataFrame:
        """All stored rounds as one table, in the columns of ``bench.store.schema.SCHEMA``.

        Raises ``InvalidRun`` when a part cannot be read.
        """
        import pyarrow as pa

        from bench.store.schema import SCHEMA

        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as readers:
            tables = list(readers.map(self._table, self.rounds()))
        table = pa.concat_tables(tables) if tables else SCHEMA.empty_table()
        samples: pd.DataFrame = table.unify_dictionaries().to_pandas()
        return samples

    def _table(self, number: int) -> pa.Table:
        import pyarrow as pa
        import pyarrow.parquet as pq

        from bench.store.schema import SCHEMA

        try:
            with pq.ParquetFile(self._part(number)) as part:
                # A part is small: handing its columns to threads takes longer than reading them.
                table = part.read(use_threads=False)
            if table.schema == SCHEMA:
                return table
            return migrated_part(table, SCHEMA)
        except (pa.ArrowException, OSError) as error:
            raise InvalidRun(f"{self._part(number)} cannot be read: {error}") from error

    def keep_log(self, name: str, log: Path) -> None:
        """Copy an invocation's log into the folder, if it printed anything."""
        if log.exists() and log.stat().st_size:
            (self.path / "logs").mkdir(exist_ok=True)
            shutil.copyfile(log, self.path / "logs" / f"{name}.log")

    def write_observation(self, kind: str, number: int, document: Mapping[str, Any]) -> None:
        """Store what an untimed pass returned, as the ``number``-th of its ``kind``."""
        (self.path / "observations").mkdir(exist_ok=True)
        path = self.path / "observations" / f"{kind}-{number:04d}.json"
        _write(path, json.dumps(document).encode())

    def observations(self, kind: str) -> dict[int, Any]:
        """What is stored of a ``kind``: number → document. Raises ``InvalidRun`` when damaged."""
        found = {}
        for path in sorted((self.path / "observations").glob(f"{kind}-*.json")):
            try:
                found[int(path.stem.rpartition("-")[2])] = json.loads(path.read_bytes())
            except ValueError as error:
                raise InvalidRun(f"{path} cannot be read: {error}") from error
        return found

    def remove_observations(self, kind: str) -> None:
        """Forget what is stored of a ``kind``."""
        for path in (self.path / "observations").glob(f"{kind}-*.json"):
            path.unlink()

    def write_explanation(self, explanation: Explanation) -> None:
        """Store why its arms differ, for one scenario and architecture; replaces what was there."""
        names = (explanation.scenario, explanation.architecture)
        name = re.sub(r"[^A-Za-z0-9_.-]+", "_", "-".join(each for each in names if each))
        (self.path / "explanations").mkdir(exist_ok=True)
        document = explanation.model_dump_json(indent=1).encode()
        _write(self.path / "explanations" / f"{name}.json", document)

    def explanations(self) -> list[Explanation]:
        """What is stored of why arms differ. Raises ``InvalidRun`` when it is damaged."""
        from bench.domain.findings.explanation import Explanation

        found = []
        for path in sorted((self.path / "explanations").glob("*.json")):
            try:
                found.append(Explanation.model_validate_json(path.read_bytes()))
            except ValidationError as error:
                raise InvalidRun(f"{path} cannot be read: {error.errors()[0]['msg']}") from error
        return found

    def write_findings(self, findings: Findings) -> None:
        """Store what was concluded; replaces what was there."""
        _write(self.path / "findings.json", findings.model_dump_json(indent=1).encode())

    def findings(self) -> Findings | None:
        """What was concluded last, or None when nothing was yet.

        Raises ``InvalidRun`` when the file is damaged.
        """
        path = self.path / "findings.json"
        try:
            return Findings.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise InvalidRun(
                f"{path} cannot be read: {error.error_count()} errors, the first: "
                f"{error.errors()[0]['msg']}. Delete it and it is made again."
            ) from error

    def _part(self, number: int) -> Path:
        return self.path / "rounds" / f"round-{number:04d}.parquet"


def _write(path: Path, content: Any) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
