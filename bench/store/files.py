"""Files of a run folder: written whole or not at all, and read with one class of error."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bench.domain.errors import BenchError
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


def write_document(path: Path, document: Document) -> None:
    """Write ``document`` as JSON. Raises ``OSError``."""
    write_file(path, json.dumps(document).encode())


def read_document(path: Path, form: Format) -> Document:
    """The JSON document at ``path``, in the newest version of ``form``.

    Raises ``FileNotFoundError`` when there is none, and ``InvalidRun`` when it cannot be read.
    """
    try:
        return migrated(json.loads(path.read_bytes()), form)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InvalidRun(f"{path} cannot be read: {error.strerror}") from error
    except UnknownVersion as error:
        raise InvalidRun(f"{path} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidRun(f"{path} cannot be read: it is no JSON document: {error}") from error


def validated(model: type[Model], document: Document, path: Path) -> Model:
    """``document``, which was read from ``path``, as a ``model``. Raises ``InvalidRun``."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidRun(f"{path} cannot be read: {where}: {first['msg']}") from error
