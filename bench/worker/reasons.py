"""Why something failed, from what was raised: the words that say something, and whose they are."""

from __future__ import annotations

import os
import re
import traceback
from typing import Optional

from bench.domain import status
from bench.domain.findings.evidence import Failure

LONGEST = 300
"""Characters of a reason."""

_OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError", "OutOfMemoryError")
"""What Python, TensorFlow and PyTorch raise when memory runs out, by the name of the class."""

_WRAPPED = re.compile(r"Exception encountered(?:: | when calling [^\n]*\n)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_INSTALLED = re.compile(r".*(?:site|dist)-packages/(\w+)")
_WRITTEN = {"keras": "Keras", "tensorflow": "TensorFlow"}


def words_of(error: BaseException) -> str:
    """The first paragraph of ``error`` as one line; of what Keras has wrapped, that within.

    At most ``LONGEST`` characters, without colours.
    """
    text = _WRAPPED.split(_COLOUR.sub("", str(error)))[-1].strip()
    line = " ".join(text.split("\n\n")[0].split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} …"


def described(error: BaseException) -> str:
    """``ValueError: no such luck``."""
    return f"{type(error).__name__}: {words_of(error) or 'no message'}"


def refused_by(error: BaseException) -> Optional[str]:
    """The installed package that has raised ``error``, as it writes itself; None for other code."""
    frames = traceback.extract_tb(error.__traceback__)
    found = _INSTALLED.match(frames[-1].filename) if frames else None
    return None if found is None else _WRITTEN.get(found[1], found[1])


def phase_failure(error: BaseException, phase: str) -> Failure:
    """The failure of one phase of a lifecycle that goes on.

    What an installed package raises is refused by it, and no fault of the builder.
    """
    kind, who = status.BUILDER_ERROR, refused_by(error)
    reason = f"{phase} raised {described(error)}{own_line(error)}"
    if who is not None:
        kind, reason = (
            status.UNAVAILABLE,
            f"refused by {who}: {words_of(error) or described(error)}",
        )
    return Failure(status.OUT_OF_MEMORY if is_out_of_memory(error) else kind, reason, phase)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out."""
    return any(base.__name__ in _OUT_OF_MEMORY for base in type(error).__mro__)


def own_line(error: BaseException) -> str:
    """`` (my_models.py, line 7)``: the last line of code that is not installed, if there is any."""
    installed = (os.path.dirname(os.path.dirname(os.__file__)), os.path.dirname(__file__))
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "site-packages" not in frame.filename and not frame.filename.startswith(installed)
    ]
    if not own:
        return ""
    return f" ({os.path.basename(own[-1].filename)}, line {own[-1].lineno})"
