"""A run folder: the record of a run, its lock, and the way to all that is stored of it.

Everything is written under a temporary name, flushed and renamed, so that a crash at any moment
leaves either the whole file or none.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bench.domain.design.plan import Plan
from bench.domain.errors import BenchError
from bench.domain.findings.run import Findings
from bench.domain.names import check_name
from bench.domain.words import storable
from bench.store import documents, rounds
from bench.store.documents import Observation
from bench.store.files import (
    InvalidRun,
    is_there,
    open_own,
    read_document,
    remove_unfinished,
    validated,
    write_document,
    write_file,
)
from bench.store.migrations import RUN
from bench.store.trust import installed_for, mark_of

if TYPE_CHECKING:
    import pandas as pd

    from bench.domain.design.calibration import Calibration
    from bench.domain.findings.claims import ClaimFinding
    from bench.domain.findings.explanation import Explanation

LONGEST_RUN = 255
"""Characters of the name of a run: as many as that of a folder can have."""

_LOCK_TRIES, _LOCK_PAUSE_S = 10, 0.05

Known = Mapping[str, "str | int | float | None"]
"""Versions, settings and facts by name."""

Status = Literal["running", "complete", "interrupted"]


class RunBusy(BenchError, RuntimeError):
    """A run that another process is measuring at the moment."""


class RunRecord(BaseModel):
    """The contents of ``run.json``.

    ``measured_s`` is the time that ``timed_rounds`` of the stored rounds took, None for all of
    them; a crash between two writes leaves a round untimed. ``mark`` says by whom it was made (see
    ``bench.store.trust``), and is empty where nobody knows. ``command`` holds the words of the
    command that began it, and none where a program did. ``code`` has the digests of the files of
    measured code (see ``bench.store.code``).
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True
    )

    schema_version: Literal[9] = Field(default=9, alias="schema")
    run: str
    mark: str = ""
    command: tuple[str, ...] = ()
    status: Status
    measured_s: float = 0.0
    timed_rounds: int | None = 0
    plan: Plan
    environment: Known
    environments: Mapping[str, Known] = {}
    code: Mapping[str, str] = {}

    @field_validator("run")
    @classmethod
    def _can_be_shown(cls, name: str) -> str:
        return check_name(name, "run", LONGEST_RUN)


def write_record(run: Path, record: RunRecord) -> None:
    """Write ``record`` as the ``run.json`` of the folder ``run``. Raises ``OSError``."""
    write_document(run / "run.json", record.model_dump_json(indent=2))


class RunFolder:
    """An existing run folder at ``path``; ``create`` makes a new one.

    Raises ``InvalidRun`` when there is no readable ``run.json`` in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.record = self._read_record()

    def _read_record(self) -> RunRecord:
        try:
            document = read_document(self.path / "run.json", RUN)
        except FileNotFoundError as error:
            why = f"{self.path} is no run folder: there is no run.json in it"
            raise InvalidRun(why) from error
        return validated(RunRecord, document, self.path / "run.json")

    @classmethod
    def create(
        cls,
        path: Path,
        plan: Plan,
        environment: Known,
        environments: Mapping[str, Known] = MappingProxyType({}),
        command: Sequence[str] = (),
        code: Mapping[str, str] = MappingProxyType({}),
    ) -> RunFolder:
        """Make the folder and write the plan into it, before anything is measured.

        Raises ``OSError`` when the folder exists already or cannot be written; none is left then.
        """
        record = RunRecord(
            run=path.name,
            mark=mark_of(plan, installed_for(plan, environment, environments)),
            command=tuple(map(storable, command)),
            status="running",
            plan=plan,
            environment=environment,
            environments=environments,
            code=code,
        )
        path.mkdir(parents=True)
        try:
            (path / "rounds").mkdir()
            write_record(path, record)
            return cls(path)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes from measuring into this folder; goes with the process.

        Raises ``RunBusy`` when another process holds it, ``InvalidRun`` when the record has been
        damaged meanwhile, and ``OSError``.
        """
        with open_own(self.path / "run.lock") as file:
            for tries_left in reversed(range(_LOCK_TRIES)):
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    # Those who look whether it is held hold it for a moment.
                    if not tries_left:
                        why = f"{self.record.run} is being measured by another process"
                        raise RunBusy(why) from error
                    time.sleep(_LOCK_PAUSE_S)
            remove_unfinished(self.path)
            # Whoever held it before may have changed the record since it was read.
            self.record = self._read_record()
            yield

    @property
    def is_abandoned(self) -> bool:
        """Whether the process that measured the run was killed before it could record an end."""
        if self.record.status != "running":
            return False
        try:
            with open_own(self.path / "run.lock", create=False) as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            # It is held, or was never taken, or nobody may look.
            return False
        return True

    def set_status(self, status: Status) -> None:
        """Change the status in ``run.json``."""
        self._change(status=status)

    def add_time(self, seconds: float) -> None:
        """Add to ``run.json`` that a stored round took ``seconds``."""
        timed = self.record.timed_rounds
        self._change(
            measured_s=self.record.measured_s + seconds,
            timed_rounds=None if timed is None else timed + 1,
        )

    @property
    def round_seconds(self) -> float | None:
        """The mean time of a round; None where none is timed."""
        timed = self.record.timed_rounds
        rounds = len(self.rounds()) if timed is None else timed
        return self.record.measured_s / rounds if self.record.measured_s and rounds else None

    def _change(self, **changes: object) -> None:
        self.record = self.record.model_copy(update=changes)
        write_record(self.path, self.record)

    def rounds(self) -> list[int]:
        """Numbers of the rounds that are stored, in order. See ``stored_rounds``."""
        return rounds.stored_rounds(self.path)

    def write_round(self, number: int, rows: Iterable[Mapping[str, Any]]) -> None:
        """Store a finished round.

        Raises ``FileExistsError`` when it is already stored, and ``InvalidRun`` in a compacted run.
        """
        rounds.write_round(self.path, number, rows, self.record.run)

    def set_aside_round(self, number: int) -> Path | None:
        """Move away what lies in the place of a round that was not measured; returns where to.

        None where nothing lies there. Raises ``OSError``.
        """
        return rounds.set_aside_round(self.path, number)

    def samples(self) -> pd.DataFrame:
        """All stored rounds as one table, in the columns of ``bench.store.schema.SCHEMA``.

        Raises ``InvalidRun`` when a file cannot be read.
        """
        return rounds.read_samples(self.path, self.record.run)

    def check_takes_rounds(self) -> None:
        """Raise ``InvalidRun`` when the run is compacted: it is finished."""
        rounds.check_takes_rounds(self.path)

    def compact(self) -> None:
        """Put all rounds into one file, and observations and explanations into few documents.

        What is read back stays the same; no further round can be stored. Raises ``RunBusy``,
        ``InvalidRun`` when something is damaged or there is no round, and ``OSError``.
        """
        with self.lock():
            rounds.compact_rounds(self.path, self.record.run)
            documents.compact_observations(self.path, self.record.run)
            documents.compact_explanations(self.path, self.record.run)

    def keep_log(self, name: str, log: bytes) -> None:
        """Store what an invocation printed, if it printed anything."""
        if log:
            (self.path / "logs").mkdir(exist_ok=True)
            write_file(self.path / "logs" / f"{name}.log", log)

    def write_observation(
        self, kind: Observation, number: int, document: Mapping[str, Any]
    ) -> None:
        """Store what an untimed pass returned, as the ``number``-th of its ``kind``."""
        documents.write_observation(self.path, self.record.run, kind, number, document)

    def observations(self, kind: Observation) -> dict[int, Any]:
        """What is stored of a ``kind``: number → document. Raises ``InvalidRun`` when damaged."""
        return documents.read_observations(self.path, self.record.run, kind)

    def remove_observations(self, kind: Observation, among: Collection[int]) -> None:
        """Remove those ``among`` what is stored of a ``kind``, by their numbers."""
        documents.remove_observations(self.path, self.record.run, kind, among)

    def write_explanation(self, explanation: Explanation) -> None:
        """Store why its arms differ, for one scenario and architecture; replaces what was there."""
        documents.write_explanation(self.path, self.record.run, explanation)

    def explanations(self) -> list[Explanation]:
        """What is stored of why arms differ. Raises ``InvalidRun`` when it is damaged."""
        return documents.read_explanations(self.path, self.record.run)

    def write_claims(self, claims: Sequence[ClaimFinding]) -> None:
        """Store the verdicts on claims; replaces what was there."""
        documents.write_claims(self.path, claims)

    def claims(self) -> list[ClaimFinding]:
        """The verdicts on claims that are stored. Raises ``InvalidRun`` when they are damaged."""
        return documents.read_claims(self.path)

    def write_calibration(self, design: Calibration) -> None:
        """Store what a calibration measures, before its first measurement."""
        documents.write_calibration(self.path, design)

    def calibration(self) -> Calibration | None:
        """The design of a calibration; None when the run is none.

        Raises ``InvalidRun`` when it is damaged.
        """
        return documents.read_calibration(self.path)

    def sources(self) -> str:
        """A digest of what findings are concluded from.

        That is the plan without the paths of its machine, and the names and sizes of the files that
        hold samples, observations and explanations.
        """
        # What is as by default is left out: a later version may know more of it.
        plan = self.record.plan.model_dump_json(
            exclude={"folders", "environments"}, exclude_defaults=True
        )
        content = hashlib.sha256(plan.encode())
        folders = ("rounds", "observations", "explanations")
        found = [path for name in folders for path in (self.path / name).glob("[!.]*")]
        compacted = (self.path / name for name in ("rounds.parquet", "explanations.json"))
        for path in sorted([*found, *(each for each in compacted if is_there(each))]):
            name = path.relative_to(self.path).as_posix()
            content.update(f"{name} {path.lstat().st_size}\n".encode(errors="surrogateescape"))
        return content.hexdigest()

    def write_findings(self, findings: Findings) -> None:
        """Store what was concluded; replaces what was there."""
        documents.write_findings(self.path, findings)

    def findings(self) -> Findings | None:
        """What was concluded last; None when nothing was.

        Raises ``UnusableFindings`` when they have another schema, or are damaged.
        """
        return documents.read_findings(self.path)
