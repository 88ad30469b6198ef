"""Files of a run folder: written whole or not at all, and read with one class of error.

A JSON document begins with the digest of the rest, so that one which was changed after it was
written, by hand or by a failing disk, is known as such. Documents of older versions have none.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from bench.domain.errors import BenchError
from bench.domain.values import first_problem
from bench.store.migrations import Document, Format, UnknownVersion, migrated

Model = TypeVar("Model", bound=BaseModel)


class InvalidRun(BenchError, ValueError):
    """A folder that holds no run, or one that cannot be read; the message says which and why."""


def write_file(path: Path, content: Any) -> None:
    """Write ``content``, of bytes, to ``path`` under a temporary name, flush it and rename it.

    A crash at any moment leaves the whole file or none. Raises ``OSError``.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_own(path: Path, *, create: bool = True) -> BinaryIO:
    """Open the file at ``path`` to write to it; it is made if it is missing and ``create`` is True.

    Raises ``OSError``, also for a link or a pipe in its place, which lead elsewhere.
    """
    flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | (os.O_CREAT if create else 0)
    return os.fdopen(os.open(path, flags, 0o666), "wb")


def is_there(path: Path) -> bool:
    """Whether something has the name ``path``, be it a link to nothing.

    Nothing has a name that is too long for the system.
    """
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return False


def remove_unfinished(folder: Path) -> None:
    """Remove what ``write_file`` has left in ``folder`` and below where it was killed.

    A file is left alone whose process lives.
    """
    for path in folder.rglob(".*"):
        found = _UNFINISHED.fullmatch(path.name)
        if found and path.is_file() and not Path("/proc", found[1]).exists():
            path.unlink(missing_ok=True)


_UNFINISHED = re.compile(r"\..+\.(\d+)")

CHANGED = "it was changed after it was written"

_DIGEST = re.compile(rb'\A\{"digest": "([0-9a-f]{64})",')


def write_document(path: Path, document: Document | str, owner: str = "") -> None:
    """Write ``document``, an object or its JSON, with its digest in front.

    ``owner`` is the run that it is of; with it, the digest is that of this file of this run. Raises
    ``OSError``.
    """
    body = (document if isinstance(document, str) else json.dumps(document)).encode()
    write_file(path, b'{"digest": "%s",' % _digest(path, body, owner) + body[1:])


def _digest(path: Path, body: bytes, owner: str) -> bytes:
    place = f"{owner}/{path.name}\n" if owner else ""
    return hashlib.sha256(place.encode(errors="surrogateescape") + body).hexdigest().encode()


class StoredJson(NamedTuple):
    """The JSON of a document, without its digest, and whether it had one, which matched."""

    text: bytes
    is_sealed: bool


def read_json(path: Path, owner: str = "") -> StoredJson:
    """The JSON of the document at ``path`` of the run ``owner``, as it was written with.

    Raises ``FileNotFoundError`` when there is none, and ``InvalidRun`` when it cannot be read or
    does not match its digest.
    """
    try:
        if is_there(path) and not path.is_file():
            raise InvalidRun(f"{path} cannot be read: it is no regular file")
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InvalidRun(f"{path} cannot be read: {error.strerror}") from error
    found = _DIGEST.match(content)
    if found is None:
        return StoredJson(content, is_sealed=False)
    body = b"{" + content[found.end() :]
    if _digest(path, body, owner) != found[1]:
        why = f"{CHANGED}, or belongs elsewhere" if owner else CHANGED
        raise InvalidRun(f"{path} cannot be read: {why}")
    return StoredJson(body, is_sealed=True)


def read_document(path: Path, form: Format, owner: str = "") -> Document:
    """The JSON document at ``path`` of the run ``owner``, in the newest version of ``form``.

    Raises ``FileNotFoundError`` when there is none, and ``InvalidRun`` when it cannot be read.
    """
    try:
        stored = read_json(path, owner)
        document = json.loads(stored.text)
        newest = migrated(document, form)
        # A digest that is no longer where it is written is no digest.
        lacks = not stored.is_sealed and form.is_sealed(document.get("schema"))
        if lacks or "digest" in newest:
            raise InvalidRun(f"{path} cannot be read: {CHANGED}")
        return newest
    except (FileNotFoundError, InvalidRun):
        raise
    except UnknownVersion as error:
        raise InvalidRun(f"{path} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidRun(f"{path} cannot be read: it is no JSON document: {error}") from error


def validated(model: type[Model], document: Document, path: Path) -> Model:
    """``document``, which was read from ``path``, as a ``model``. Raises ``InvalidRun``."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise InvalidRun(f"{path} cannot be read: {first_problem(error)}") from error
