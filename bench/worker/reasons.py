"""Why something failed, in one line: what was raised, by whose line, and who is at fault."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from typing import Optional

from bench.domain import status
from bench.domain.findings.evidence import Failure
from bench.worker.hooks import IMPORTING, PREPARING
from bench.worker.hypermodels import tuner_hint
from bench.worker.messages import described, message_of, text_of
from bench.worker.places import is_raised_by_worker, named_by, own_places, place_of, refused_by
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

_NOT_JOINED = re.compile(r"^Structures don't have the same nested structure")
"""What Keras says of outputs that it cannot put together, since some are no tensors."""

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

_ASKS_FOR_MORE = re.compile(
    r"[Pp]lease specify|Expected (of )?one|does not have a `\w+\(\)` method|"
    r"(must|should) (be )?(implement|overrid)"
)
"""What is said of something that is not implemented and is not this version's to have."""


def failure_of(error: BaseException, phase: str, builder: Optional[str]) -> Failure:
    """The failure of an invocation that raised ``error`` in ``phase``.

    ``builder`` is the reference of what built the model, where it was built.
    """
    if isinstance(error, FailedImport):
        cause = error.__cause__ or error
        kind = _kind(cause, phase)
        told = f"{error}: {described(cause)}{place_of(cause, None)}{_no_input(cause)}"
        return Failure(kind, told, phase)
    who = {"construct": "the builder", PREPARING: "the preparation", IMPORTING: "the import"}
    text = f"{who.get(phase, phase)} raised {described(error)}{place_of(error, builder)}"
    return Failure(_kind(error, phase), f"{text}{_hint(error, phase, builder)}", phase)


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


def _kind(error: BaseException, phase: str) -> str:
    names = {base.__name__ for base in type(error).__mro__}
    number = error.errno if isinstance(error, OSError) else None
    if names.intersection(_OUT_OF_MEMORY) or number == errno.ENOMEM:
        return status.OUT_OF_MEMORY
    if number in _SURROUNDINGS or _NO_NETWORK.search(text_of(error)):
        return status.ENVIRONMENT
    if names.intersection(_NOT_THERE) or _NOT_COMPILABLE.search(text_of(error)):
        return status.UNAVAILABLE
    if phase == "construct" and is_lacking(error):
        return status.UNAVAILABLE
    if _cannot_be_trained(error) or _cannot_be_joined(error):
        return status.UNAVAILABLE
    if _is_of_data(error, phase):
        return status.GENERATED_DATA
    if phase in (PREPARING, "runtime") and not _STARTED_ALREADY.search(text_of(error)):
        return status.ENVIRONMENT
    return status.BUILDER_ERROR


def is_lacking(error: BaseException) -> bool:
    """Whether ``error`` says that this version lacks something, and not that its user left it out.

    Keras raises the same for both.
    """
    is_open = isinstance(error, NotImplementedError)
    return is_open and not _ASKS_FOR_MORE.search(text_of(error))


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
    return phase == "inputs" and not own_places(error)


def _made_up(error: BaseException) -> Sequence[str]:
    found: Sequence[str] = getattr(error, "bench_made_up", ())
    return found


def _cannot_be_trained(error: BaseException) -> bool:
    """Whether no weight leads to the loss, and no training step of the user's is to blame."""
    return bool(_NO_GRADIENTS.search(text_of(error))) and not own_places(error)


def _cannot_be_joined(error: BaseException) -> bool:
    """Whether Keras cannot put together what a model returns for several batches."""
    return bool(_NOT_JOINED.match(text_of(error))) and not own_places(error)


def _hint(error: BaseException, phase: str, builder: Optional[str]) -> str:
    """What to do, where what the suite does is a part of it."""
    if phase == "construct" and (hint := tuner_hint(named_by(builder)) or _calling_hint(error)):
        return hint
    if _cannot_be_trained(error):
        return (
            "; no weight of the model leads to its loss, so that it cannot be trained: compile it "
            "in the builder with a loss that fits, or leave train and fit out"
        )
    if _cannot_be_joined(error):
        return (
            "; Keras puts the outputs of all batches together here, and what this model returns, "
            "such as None, cannot be"
        )
    if _is_of_data(error, phase):
        made_up = _made_up(error)
        if not made_up:
            return "; the data are the suite's: say what the inputs are with --input"
        told = f"the suite made up: {'; '.join(made_up)}"
        if all(each.startswith("targets ") for each in made_up):
            return f"; {told}, which follow outputs and losses"
        # A long reason is cut off at its end: what to do comes first.
        return f"; --input [NAME=]DTYPE[BATCH,...] replaces what {told}"
    if not _STARTED_ALREADY.search(text_of(error)):
        return _no_input(error)
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


def _calling_hint(error: BaseException) -> str:
    """How builders are called, where one cannot be called so; else empty."""
    is_call = isinstance(error, TypeError) and is_raised_by_worker(error)
    if is_call and "positional argument" in text_of(error):
        return "; the suite calls builders with a depth, with layers or with nothing"
    return ""


def _no_input(error: BaseException) -> str:
    """That nobody answers, where code asks its user."""
    is_asked = isinstance(error, EOFError) and "reading a line" in text_of(error)
    return "; measured code has no standard input to read from" if is_asked else ""
