"""The files of measured code: whether they are still those that a run was begun with.

``code`` maps their names to their SHA-256. A file has its whole path for a name; one of the suite's
own is named from the folder that the suite is installed in (``scenarios/builders.py``).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path

from bench.domain.errors import BenchError

Code = Mapping[str, str]

_SAVING_S = 0.2
"""How long an editor may take to save a file."""


class CodeChanged(BenchError, RuntimeError):
    """Measured code is not what the run was begun with; the message names the file."""


def check_files(code: Code) -> None:
    """Raise ``CodeChanged`` where one of the user's own files is not what it was.

    The suite's own are not looked at: measured interpreters have a copy of them (see
    ``bench.execution.processes.worker_copy``).
    """
    for name, digest in code.items():
        if not Path(name).is_absolute():
            continue
        why = _difference(name, digest)
        if why:
            time.sleep(_SAVING_S)
            why = _difference(name, digest)
        if why:
            raise CodeChanged(f"{name} {why}: a run measures one version of your code")


def check_loaded(code: Code, loaded: Code) -> None:
    """Raise ``CodeChanged`` where what is ``loaded`` now is not the ``code`` of a run.

    What only one of them has is no matter, unless a file has taken the place of one of its name.
    Runs of older versions have no code.
    """
    gone = {Path(name).name: name for name in code if name not in loaded}
    for name, digest in loaded.items():
        if code.get(name, digest) != digest:
            raise CodeChanged(f"{name} has changed: a run measures one version of your code")
        other = gone.get(Path(name).name)
        if name not in code and other is not None:
            raise CodeChanged(
                f"{name} would be measured in place of {other}: resume in the folder in which the "
                "run was begun"
            )


def _difference(name: str, digest: str) -> str | None:
    try:
        now = hashlib.sha256(Path(name).read_bytes()).hexdigest()
    except FileNotFoundError:
        return "is not there any more"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None if now == digest else "has changed"
