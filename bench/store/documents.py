"""The JSON documents of a run: observations, explanations, claims, findings, and a calibration's
design. Each has its version under ``schema``. ``name`` is that of the run, which observations and
explanations are read for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from bench.domain.findings.run import Findings
from bench.store.files import (
    CHANGED,
    InvalidRun,
    is_there,
    read_document,
    read_json,
    validated,
    write_document,
)
from bench.store.migrations import (
    CALIBRATION,
    CLAIMS,
    EXPLANATION,
    EXPLANATIONS,
    OBSERVATION,
    OBSERVATIONS,
    Document,
    UnknownVersion,
    migrated,
)

if TYPE_CHECKING:
    from bench.domain.design.calibration import Calibration
    from bench.domain.findings.claims import ClaimFinding
    from bench.domain.findings.explanation import Explanation


class Observation(Enum):
    """What an untimed pass leaves in the run folder; the value is how its files begin."""

    BLOCK = "block"
    FACTS = "facts"
    OUTPUTS = "outputs"
    PROFILE = "profile"


class UnusableFindings(InvalidRun):
    """Stored findings that this version cannot read, but can conclude again.

    ``reason`` is the version that wrote them, or that the file is damaged.
    """

    def __init__(self, path: Path, reason: Literal["older", "newer", "damaged"], why: str) -> None:
        super().__init__(f"{path} cannot be read: {why}")
        self.reason = reason


def write_observation(
    run: Path, name: str, kind: Observation, number: int, document: Mapping[str, Any]
) -> None:
    """Store what an untimed pass returned, as the ``number``-th of its ``kind``."""
    folder = run / "observations"
    folder.mkdir(exist_ok=True)
    versioned = {"schema": OBSERVATION.newest, **document}
    write_document(folder / f"{kind.value}-{number:04d}.json", versioned, name)


def read_observations(run: Path, name: str, kind: Observation) -> dict[int, Document]:
    """What is stored of a ``kind``: number → document. Raises ``InvalidRun`` when damaged."""
    found: dict[int, Document] = {}
    for path in _observations(run, kind):
        if path.stem == kind.value:
            found |= _compacted(path, name)
        else:
            number = int(path.stem.rpartition("-")[2])
            found[number] = _without_version(read_document(path, OBSERVATION, name))
    return dict(sorted(found.items()))


def file_of_observation(run: Path, kind: Observation, number: int) -> Path:
    """The file in the folder ``run`` that holds the ``number``-th observation of a ``kind``."""
    found = [path for path in _observations(run, kind) if path.stem.endswith(f"-{number:04d}")]
    return found[-1] if found else run / "observations" / f"{kind.value}.json"


def remove_observations(run: Path, name: str, kind: Observation, among: Collection[int]) -> None:
    """Remove those ``among`` what is stored of a ``kind``, by their numbers.

    Raises ``InvalidRun`` when the document of a compacted run is damaged.
    """
    for path in _observations(run, kind):
        if path.stem != kind.value:
            if int(path.stem.rpartition("-")[2]) in among:
                path.unlink()
        elif among and not _compacted(path, name).keys().isdisjoint(among):
            rest = {
                number: {"schema": OBSERVATION.newest, **each}
                for number, each in _compacted(path, name).items()
                if number not in among
            }
            whole = {"schema": OBSERVATIONS.newest, "observations": rest}
            write_document(path, whole, name)


def compact_observations(run: Path, name: str) -> None:
    """Put all observations of a kind into one document, for each kind.

    It can be repeated after a crash at any moment. Raises ``InvalidRun`` when one is damaged, and
    ``OSError``.
    """
    for kind in Observation:
        single = run / "observations" / f"{kind.value}.json"
        others = [path for path in _observations(run, kind) if path != single]
        if others:
            found = read_observations(run, name, kind).items()
            versioned = {number: {"schema": OBSERVATION.newest, **each} for number, each in found}
            whole = {"schema": OBSERVATIONS.newest, "observations": versioned}
            write_document(single, whole, name)
        for path in others:
            path.unlink()


def write_explanation(run: Path, name: str, explanation: Explanation) -> None:
    """Store why the arms of one place differ; replaces what was there."""
    path = run / "explanations" / f"{explanation.slug}.json"
    path.parent.mkdir(exist_ok=True)
    write_document(path, explanation.model_dump_json(indent=1), name)


def read_explanations(run: Path, name: str) -> list[Explanation]:
    """What is stored of why arms differ, and then of why environments do.

    Raises ``InvalidRun`` when it is damaged.
    """
    from bench.domain.findings.explanation import Explanation

    found = {
        path: validated(Explanation, read_document(path, EXPLANATION, name), path)
        for path in sorted((run / "explanations").glob("*.json"))
    }
    # The files of some had other names before: what has been written since comes first.
    since = sorted(found, key=lambda path: path.stem != found[path].slug)
    by_slug: dict[str, Explanation] = {}
    for each in (*(found[path] for path in since), *_compacted_explanations(run, name)):
        by_slug.setdefault(each.slug, each)
    return sorted(by_slug.values(), key=lambda each: each.of_arm is not None)


def compact_explanations(run: Path, name: str) -> None:
    """Put all explanations into one document.

    It can be repeated after a crash at any moment. Raises ``InvalidRun`` when one is damaged, and
    ``OSError``.
    """
    single = list((run / "explanations").glob("*.json"))
    if not single:
        return
    found = [each.model_dump(mode="json") for each in read_explanations(run, name)]
    whole = {"schema": EXPLANATIONS.newest, "explanations": found}
    write_document(run / "explanations.json", whole, name)
    for path in single:
        path.unlink()
    (run / "explanations").rmdir()


def _compacted_explanations(run: Path, name: str) -> list[Explanation]:
    from bench.domain.findings.explanation import Explanation

    path = run / "explanations.json"
    if not is_there(path):
        return []
    document = read_document(path, EXPLANATIONS, name)
    try:
        documents = [migrated(each, EXPLANATION) for each in document["explanations"]]
    except (UnknownVersion, LookupError, TypeError, AttributeError) as error:
        raise InvalidRun(f"{path} cannot be read: {error}") from error
    return [validated(Explanation, each, path) for each in documents]


def write_claims(run: Path, claims: Sequence[ClaimFinding]) -> None:
    """Store the verdicts on claims; replaces what was there."""
    documents = [each.model_dump(mode="json") for each in claims]
    write_document(run / "claims.json", {"schema": CLAIMS.newest, "claims": documents})


def read_claims(run: Path) -> list[ClaimFinding]:
    """The verdicts on claims that are stored. Raises ``InvalidRun`` when they are damaged."""
    path = run / "claims.json"
    return claims_in(path) if is_there(path) else []


def claims_in(path: Path) -> list[ClaimFinding]:
    """The verdicts in the document at ``path``. Raises ``InvalidRun`` when it is damaged."""
    from bench.domain.findings.claims import ClaimFinding

    stored = read_document(path, CLAIMS).get("claims")
    if not isinstance(stored, list):
        raise InvalidRun(f"{path} cannot be read: it has no list of claims")
    return [validated(ClaimFinding, each, path) for each in stored]


def write_calibration(run: Path, design: Calibration) -> None:
    """Store what a calibration measures, before its first measurement."""
    document = {"schema": CALIBRATION.newest, **design.model_dump(mode="json")}
    write_document(run / "calibration.json", document)


def read_calibration(run: Path) -> Calibration | None:
    """What the run measures as a calibration; None when it is none.

    Raises ``InvalidRun`` when it is damaged.
    """
    from bench.domain.design.calibration import Calibration

    for path in (run / "calibration.json", run / "observations" / "calibration-0000.json"):
        if path.exists():
            return validated(Calibration, _without_version(read_document(path, CALIBRATION)), path)
    return None


def write_findings(run: Path, findings: Findings) -> None:
    """Store what was concluded, in a line, since it is long; replaces what was there."""
    write_document(run / "findings.json", findings.model_dump_json())


def read_findings(run: Path) -> Findings | None:
    """What was concluded last; None when nothing was.

    Raises ``UnusableFindings`` when they have another schema, or are damaged.
    """
    path = run / "findings.json"
    try:
        content, is_sealed = read_json(path)
    except FileNotFoundError:
        return None
    except InvalidRun as error:
        raise UnusableFindings(path, "damaged", str(error)) from error
    try:
        findings = Findings.model_validate_json(content)
    except ValidationError as error:
        version, newest = _version(content), Findings.model_fields["schema_version"].default
        if version in (None, newest):
            why = f"{error.error_count()} errors, the first: {error.errors()[0]['msg']}"
            raise UnusableFindings(path, "damaged", why) from error
        reason: Literal["older", "newer"] = "older" if version < newest else "newer"
        raise UnusableFindings(path, reason, f"it has schema {version}, not {newest}") from error
    if not is_sealed:
        raise UnusableFindings(path, "damaged", CHANGED)
    return findings


def _version(content: bytes) -> Any:
    """The version of a document; None when it is damaged beyond knowing."""
    try:
        version = json.loads(content)["schema"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    return version if type(version) is int else None


def _observations(run: Path, kind: Observation) -> list[Path]:
    """The files of a ``kind``, in the order in which later ones replace what is in earlier ones."""
    folder = run / "observations"
    single = folder / f"{kind.value}.json"
    prefixes = dict.fromkeys((_FORMER.get(kind, kind.value), kind.value))
    numbered = (path for each in prefixes for path in sorted(folder.glob(f"{each}-*.json")))
    return [
        *([single] if is_there(single) else []),
        *(path for path in numbered if _NUMBERED.search(path.stem)),
    ]


def _compacted(path: Path, name: str) -> dict[int, Document]:
    document = read_document(path, OBSERVATIONS, name)
    try:
        return {
            int(number): _without_version(migrated(each, OBSERVATION))
            for number, each in document["observations"].items()
        }
    except (UnknownVersion, ValueError, LookupError, AttributeError) as error:
        raise InvalidRun(f"{path} cannot be read: {error}") from error


def _without_version(document: Document) -> Document:
    return {key: value for key, value in document.items() if key != "schema"}


_FORMER = {Observation.FACTS: "notes"}
"""What the files of a kind were called before."""

_NUMBERED = re.compile(r"-\d{4,}$")
