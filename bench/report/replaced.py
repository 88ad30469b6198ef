"""Files that others may read while they are made: each is there as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A temporary path to write to, which takes the place of ``path`` at the end.

    It is removed where that fails; where the process is killed, when the folder is next locked (see
    ``bench.store.files``). A link at ``path`` is replaced, and what it leads to stays.
    """
    temporary = path.with_name(f".{path.stem.partition('.')[0]}{path.suffix}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
