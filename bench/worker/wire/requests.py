"""What an invocation can be asked to do: one type for each pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Generic, NamedTuple, Optional, TypeVar, Union, cast, get_args

from bench.domain.findings.evidence import (
    ClaimOutcome,
    FactsOutcome,
    Failure,
    GrowthOutcome,
    OutputsOutcome,
    ProfileOutcome,
    StructureOutcome,
    WorkOutcome,
)
from bench.domain.findings.timing import TimingOutcome
from bench.domain.status import FAILURES
from bench.worker.wire.codec import WireError
from bench.worker.wire.outcomes import EnvironmentOutcome, Outcome, SequentialOutcome

O_co = TypeVar("O_co", covariant=True)


class PassRequest(Generic[O_co]):
    """A request whose outcome, unless it fails, is of the type that its class names.

    One ``with_clock`` measures times: memory is prepared for it, so that they hold none of that.
    """

    with_clock: ClassVar[bool] = False


class LifecycleRequest(NamedTuple):
    """A scenario's own lifecycle; of its ``phases``, those ``iterating`` are called repeatedly."""

    function: str
    arguments: dict[str, object]
    phases: tuple[str, ...]
    iterating: tuple[str, ...]


class InputRequest(NamedTuple):
    """A declared input of a model: its shape, batch first, None where free, and its dtype.

    Without a ``name`` it is known by its place.
    """

    shape: tuple[Optional[int], ...]
    dtype: str
    name: Optional[str] = None


class CellRequest(NamedTuple):
    """One cell: what every pass over it needs to know.

    ``builder``, ``architecture`` and ``patch`` are references ``module:function``. ``lifecycle`` is
    None where the call mode's own is used. With ``is_batch_asked`` no other batch size will do.
    """

    builder: str
    architecture: Optional[str]
    arguments: dict[str, object]
    architecture_arguments: dict[str, object]
    deferred: bool
    patch: Optional[str]
    lifecycle: Optional[LifecycleRequest]
    inputs: tuple[InputRequest, ...]
    call_mode: str
    device: str
    layers: Optional[int]
    batch: int
    iterations: int
    seed: int
    threads: Optional[int]
    is_batch_asked: bool = False


@dataclass(frozen=True)
class TimingRequest(PassRequest[TimingOutcome]):
    """Time every phase of the lifecycle of ``cell``.

    With ``block_ns``, the calls of a phase that repeats are timed as one block of so much CPU time,
    after a warm-up of as many calls as are timed otherwise, or of a block; without, each call is.
    """

    with_clock = True

    cell: CellRequest
    block_ns: Optional[int] = None


@dataclass(frozen=True)
class StructureRequest(PassRequest[StructureOutcome]):
    """Describe what the model of ``cell`` is, at every level."""

    cell: CellRequest


@dataclass(frozen=True)
class WorkRequest(PassRequest[WorkOutcome]):
    """Count the work of each phase of ``cell``; of ``lines_of``, which lines allocate."""

    cell: CellRequest
    lines_of: Optional[str]


@dataclass(frozen=True)
class GrowthRequest(PassRequest[GrowthOutcome]):
    """Count the calls of each phase of ``cell``, function by function."""

    cell: CellRequest


@dataclass(frozen=True)
class FactsRequest(PassRequest[FactsOutcome]):
    """Collect what the lifecycle of ``cell`` reports with its times."""

    cell: CellRequest


@dataclass(frozen=True)
class OutputsRequest(PassRequest[OutputsOutcome]):
    """Compare what the model of ``cell`` answers in each of ``call_modes``, which infer."""

    cell: CellRequest
    call_modes: tuple[str, ...]


class TracedCalls(NamedTuple):
    """Which calls of Python functions are marked in a profile (see ``CallTracer``)."""

    modules: tuple[str, ...]
    depth: int
    most: int


@dataclass(frozen=True)
class ProfileRequest(PassRequest[ProfileOutcome]):
    """Profile the lifecycle of ``cell`` into ``folder``, with or without Python ``calls``."""

    with_clock = True

    cell: CellRequest
    folder: str
    calls: Optional[TracedCalls]


@dataclass(frozen=True)
class ClaimRequest(PassRequest[ClaimOutcome]):
    """Check the claim that the module ``claim`` holds."""

    claim: str
    architecture: str
    device: str
    seed: int
    threads: Optional[int]


@dataclass(frozen=True)
class SequentialRequest(PassRequest[SequentialOutcome]):
    """Build with each of ``builders`` ``samples`` times in a row, in one process."""

    with_clock = True

    builders: tuple[str, ...]
    architecture: str
    layers: Optional[int]
    device: str
    samples: int
    seed: int
    threads: Optional[int]


@dataclass(frozen=True)
class EnvironmentRequest(PassRequest[EnvironmentOutcome]):
    """Report versions, and which of ``references`` do not resolve."""

    references: tuple[str, ...]


CellPass = Union[
    TimingRequest,
    StructureRequest,
    WorkRequest,
    GrowthRequest,
    FactsRequest,
    OutputsRequest,
    ProfileRequest,
]
"""Requests that go over a cell."""

Request = Union[CellPass, ClaimRequest, SequentialRequest, EnvironmentRequest]


def checked_outcome(request: PassRequest[O_co], outcome: Outcome) -> Union[O_co, Failure]:
    """``outcome``, if it is of the type that ``request`` has, or a failure of a kind that is known.

    Raises ``WireError`` otherwise.
    """
    (declared,) = get_args(type(request).__orig_bases__[0])  # type: ignore[attr-defined]
    if not isinstance(outcome, (declared, Failure)):
        raise WireError(f"{type(request).__name__} was answered by a {type(outcome).__name__}")
    if isinstance(outcome, Failure) and outcome.kind not in FAILURES:
        raise WireError(f"no invocation fails as {outcome.kind[:60]!a}")
    return cast("Union[O_co, Failure]", outcome)
