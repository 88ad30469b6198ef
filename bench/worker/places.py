"""Where something was raised: a line of the user's own file, or the package that refused it.

Frameworks run user functions from temporary files. What is told is a line of a file that a user
can open.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any, Optional

from bench.worker.messages import NAMED_FILE, text_of

_INSTALLED = re.compile(r".*(?:site|dist)-packages/(\w+)")
_WRITTEN = {"jax": "JAX", "keras": "Keras", "tensorflow": "TensorFlow", "torch": "PyTorch"}

_TEMPORARY_CODE = "__autograph_generated_file"
_WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")


def refused_by(error: BaseException) -> Optional[str]:
    """The installed package that has raised ``error``, as it writes itself; None for other code."""
    frames = traceback.extract_tb(error.__traceback__)
    found = _INSTALLED.match(frames[-1].filename) if frames else None
    return None if found is None else _WRITTEN.get(found[1], found[1])


def is_raised_by_worker(error: BaseException) -> bool:
    """Whether ``error`` was raised in a line of the worker: by a call that it cannot make."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename.startswith(_WORKER)


def own_places(error: BaseException) -> Sequence[tuple[str, int]]:
    """Lines of the user's that raised ``error``, the last one last, as far as they are known."""
    told = [(each["file"], int(each["line"])) for each in NAMED_FILE.finditer(text_of(error))]
    frames = traceback.extract_tb(error.__traceback__)
    raised = [(frame.filename, frame.lineno or 0) for frame in frames]
    own = ([place for place in places if _is_own(place[0])] for places in (told, raised))
    return next(filter(None, own), [])


def place_of(error: BaseException, builder: Optional[str]) -> str:
    """A line of the user's that raised ``error``, or where what built the model is defined."""
    own = own_places(error)
    if own:
        return f" ({os.path.basename(own[-1][0])}, line {own[-1][1]})"
    for file, line in _definitions(builder):
        if _is_own(file):
            return f" (built by {os.path.basename(file)}, line {line})"
    return ""


def named_by(reference: Optional[str]) -> Any:
    """What ``reference`` names, where its module is imported; else None."""
    module, _, name = (reference or "").partition(":")
    found: Any = sys.modules.get(module)
    for part in name.split(".") if name else ():
        found = getattr(found, part, None)
    return found


def _definitions(reference: Optional[str]) -> Iterator[tuple[str, int]]:
    code = getattr(named_by(reference), "__code__", None)
    if code is not None:
        yield code.co_filename, code.co_firstlineno


def _is_own(file: str) -> bool:
    """Whether ``file`` is a user's: of no package, not Python's, not the worker's own."""
    python = os.path.dirname(os.path.dirname(os.__file__))
    return (
        # Compiled code names files that are not installed.
        os.path.isabs(file)
        and not file.startswith((python, _WORKER))
        and "site-packages" not in file
        and "dist-packages" not in file
        and _TEMPORARY_CODE not in file
    )
