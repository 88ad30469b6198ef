"""Why something failed, in one line: what was raised, by whose line, and who is at fault.

Frameworks run user functions from temporary files. What is told is a line of a file that a user
can open.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any, Optional

from bench.domain import status
from bench.domain.findings.evidence import Failure
from bench.worker.hooks import IMPORTING, PREPARING
from bench.worker.hypermodels import tuner_hint
from bench.worker.messages import NAMED_FILE, described, message_of, text_of
from bench.worker.references import FailedImport

_OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError", "OutOfMemoryError")
"""What Python, TensorFlow and PyTorch raise when memory runs out, by the name of the class."""

_NOT_THERE = ("UnimplementedError",)
"""What TensorFlow raises for what it does not have, by the name of the class."""

_NOT_COMPILABLE = re.compile(
    r"unsupported operations when trying to compile|No registered '\w+' OpKernel for \w*XLA"
)
_STARTED_ALREADY = re.compile(r"cannot be modified after (being )?initiali[sz]")
_NO_GRADIENTS = re.compile(r"No gradients provided for any variable")
"""What Keras says of a loss that no weight leads to."""

_WITHOUT_DATA = (IMPORTING, PREPARING, "runtime", "construct", "compile")
"""Phases that no data can break."""

_OWN_MISTAKES = (NameError, AttributeError, ImportError, SyntaxError, NotImplementedError)
"""What code raises that fails on any data."""

_NO_NETWORK = re.compile(
    r"URL fetch failure|Name or service not known|Temporary failure in name resolution|"
    r"Network is unreachable"
)
"""What Keras and Python say where weights or data cannot be fetched."""

_SURROUNDINGS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE)

_INSTALLED = re.compile(r".*(?:site|dist)-packages/(\w+)")
_WRITTEN = {"jax": "JAX", "keras": "Keras", "tensorflow": "TensorFlow", "torch": "PyTorch"}

_TEMPORARY_CODE = "__autograph_generated_file"


def failure_of(error: BaseException, phase: str, builder: Optional[str]) -> Failure:
    """The failure of an invocation that raised ``error`` in ``phase``.

    ``builder`` is the reference of what built the model, where it was built.
    """
    if isinstance(error, FailedImport):
        cause = error.__cause__ or error
        kind = _kind(cause, phase)
        return Failure(kind, f"{error}: {described(cause)}{_place(cause, None)}", phase)
    who = {"construct": "the builder", PREPARING: "the preparation", IMPORTING: "the import"}
    text = f"{who.get(phase, phase)} raised {described(error)}"
    return Failure(
        _kind(error, phase), f"{text}{_place(error, builder)}{_hint(error, phase, builder)}", phase
    )


def phase_failure(error: BaseException, phase: str) -> Failure:
    """The failure of one phase of a lifecycle that goes on.

    What an installed package raises is refused by it, and no fault of the builder. What is not
    implemented, this version lacks.
    """
    failure, who = failure_of(error, phase, None), refused_by(error)
    if isinstance(error, NotImplementedError) and who is None:
        return Failure(status.UNAVAILABLE, failure.reason, phase)
    if who is None or failure.kind != status.BUILDER_ERROR:
        return failure
    words = message_of(error) if text_of(error).strip() else described(error)
    return Failure(status.UNAVAILABLE, f"refused by {who}: {words}", phase)


def refused_by(error: BaseException) -> Optional[str]:
    """The installed package that has raised ``error``, as it writes itself; None for other code."""
    frames = traceback.extract_tb(error.__traceback__)
    found = _INSTALLED.match(frames[-1].filename) if frames else None
    return None if found is None else _WRITTEN.get(found[1], found[1])


def _kind(error: BaseException, phase: str) -> str:
    names = {base.__name__ for base in type(error).__mro__}
    number = error.errno if isinstance(error, OSError) else None
    if names.intersection(_OUT_OF_MEMORY) or number == errno.ENOMEM:
        return status.OUT_OF_MEMORY
    if number in _SURROUNDINGS or _NO_NETWORK.search(text_of(error)):
        return status.ENVIRONMENT
    if names.intersection(_NOT_THERE) or _NOT_COMPILABLE.search(text_of(error)):
        return status.UNAVAILABLE
    if isinstance(error, NotImplementedError) and phase == "construct":
        return status.UNAVAILABLE
    if _cannot_be_trained(error):
        return status.UNAVAILABLE
    if _is_of_data(error, phase):
        return status.GENERATED_DATA
    if phase in (PREPARING, "runtime") and not _STARTED_ALREADY.search(text_of(error)):
        return status.ENVIRONMENT
    return status.BUILDER_ERROR


def note_made_up(error: BaseException, made_up: Sequence[str]) -> None:
    """Note what the suite had ``made_up`` of the data, in words, when ``error`` was raised."""
    error.bench_made_up = tuple(made_up)  # type: ignore[attr-defined]


def _is_of_data(error: BaseException, phase: str) -> bool:
    """Whether the data may be to blame, which the suite has made, and not the builder alone."""
    if phase in _WITHOUT_DATA or isinstance(error, _OWN_MISTAKES):
        return False
    if _NO_GRADIENTS.search(text_of(error)):
        return False
    if _made_up(error):
        return True
    # A model is asked for its outputs there, and what it raises then is its own.
    return phase == "inputs" and not _own_places(error)


def _made_up(error: BaseException) -> Sequence[str]:
    found: Sequence[str] = getattr(error, "bench_made_up", ())
    return found


def _cannot_be_trained(error: BaseException) -> bool:
    """Whether no weight leads to the loss, and no training step of the user's is to blame."""
    return bool(_NO_GRADIENTS.search(text_of(error))) and not _own_places(error)


def _hint(error: BaseException, phase: str, builder: Optional[str]) -> str:
    """What to do, where what the suite does is a part of it."""
    if phase == "construct" and (hint := tuner_hint(_named(builder))):
        return hint
    if _cannot_be_trained(error):
        return (
            "; no weight of the model leads to its loss, so that it cannot be trained: compile it "
            "in the builder with a loss that fits, or leave train and fit out"
        )
    if _is_of_data(error, phase):
        made_up = _made_up(error)
        if not made_up:
            return "; the data are the suite's: say what the inputs are with --input"
        told = f"; the suite made up {'; '.join(made_up)}"
        if all(each.startswith("targets ") for each in made_up):
            return f"{told}, which follow outputs and losses"
        return f"{told}: --input [NAME=]DTYPE[BATCH,...] says something else"
    if not _STARTED_ALREADY.search(text_of(error)):
        return ""
    if phase == PREPARING:
        return (
            "; a module has started the runtime while it was imported, before --threads and "
            "--device could take effect: leave them out, or build nothing at import"
        )
    advice = "give --threads, or set it" if "parallelism" in text_of(error) else "set it"
    return (
        "; the suite has started the runtime before construct, in a phase of its own: "
        f"{advice} where the module is imported"
    )


def _own_places(error: BaseException) -> Sequence[tuple[str, int]]:
    """Lines of the user's that raised ``error``, the last one last, as far as they are known."""
    told = [(each["file"], int(each["line"])) for each in NAMED_FILE.finditer(text_of(error))]
    frames = traceback.extract_tb(error.__traceback__)
    raised = [(frame.filename, frame.lineno or 0) for frame in frames]
    own = ([place for place in places if _is_own(place[0])] for places in (told, raised))
    return next(filter(None, own), [])


def _place(error: BaseException, builder: Optional[str]) -> str:
    """A line of the user's that raised ``error``, or where what built the model is defined."""
    own = _own_places(error)
    if own:
        return f" ({os.path.basename(own[-1][0])}, line {own[-1][1]})"
    for file, line in _definitions(builder):
        if _is_own(file):
            return f" (built by {os.path.basename(file)}, line {line})"
    return ""


def _named(reference: Optional[str]) -> Any:
    """What ``reference`` names, where its module is imported; else None."""
    module, _, name = (reference or "").partition(":")
    found: Any = sys.modules.get(module)
    for part in name.split(".") if name else ():
        found = getattr(found, part, None)
    return found


def _definitions(reference: Optional[str]) -> Iterator[tuple[str, int]]:
    code = getattr(_named(reference), "__code__", None)
    if code is not None:
        yield code.co_filename, code.co_firstlineno


def _is_own(file: str) -> bool:
    """Whether ``file`` is a user's: of no package, not Python's, not the worker's own."""
    worker = os.path.dirname(os.path.abspath(__file__))
    python = os.path.dirname(os.path.dirname(os.__file__))
    return (
        # Compiled code names files that are not installed.
        os.path.isabs(file)
        and not file.startswith((python, worker))
        and "site-packages" not in file
        and "dist-packages" not in file
        and _TEMPORARY_CODE not in file
    )
