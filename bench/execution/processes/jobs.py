"""Jobs for zygotes: what is asked, who shares a core, what came of it, and what still waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import TimingOutcome
from bench.domain.panel import DEFAULT_ENVIRONMENT
from bench.worker.wire.requests import PassRequest

K = TypeVar("K")
K2 = TypeVar("K2")
O_co = TypeVar("O_co", covariant=True)


@dataclass(frozen=True)
class Job(Generic[K, O_co]):
    """A request, what its caller knows it by, and in whose interpreter it is carried out."""

    key: K
    request: PassRequest[O_co]
    environment: str = DEFAULT_ENVIRONMENT


@dataclass(frozen=True)
class Completed(Generic[K, O_co]):
    """A job that has ended, in its outcome or a failure.

    ``core`` is None where it was not pinned; ``generation`` counts the interpreters lost before its
    own in its environment. ``members`` is how many shared its core, itself among them.
    ``process_ns`` is the life of its process, and ``import_ns`` its own import, None where it had
    none. ``log`` is what it printed, where it failed or a phase of it did; ``measured`` are the
    phases that a timed one had ended before it failed. One that is ``lost`` has failed because its
    interpreter ended, for whatever reason.
    """

    key: K
    outcome: O_co | Failure
    core: int | None
    generation: int
    members: int = 1
    process_ns: int | None = None
    import_ns: int | None = None
    log: bytes = b""
    measured: TimingOutcome | None = None
    lost: bool = False

    def of(self, key: K2) -> Completed[K2, O_co]:
        """The same, known by ``key``."""
        return replace(self, key=key)  # type: ignore[return-value, arg-type]


@dataclass(frozen=True)
class Group(Generic[K, O_co]):
    """Jobs that share a core: they meet before each of ``phases``, in slices of ``slice_ns``.

    They may be of several environments. Phases that are in ``turns`` they go through one after the
    other. A job that has a core to itself is a group of its own, without phases.
    """

    jobs: tuple[Job[K, O_co], ...]
    phases: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()
    slice_ns: int = 0


class Queue(Generic[K, O_co]):
    """Groups that wait; those put back come first, in their order."""

    def __init__(self, groups: Iterable[Group[K, O_co]], is_wanted: Callable[[K], bool]) -> None:
        self._groups = iter(groups)
        self._again: deque[Group[K, O_co]] = deque()
        self._is_wanted = is_wanted
        self.one_at_a_time = False

    def next(self) -> Group[K, O_co] | None:
        """The next group, of the jobs that are wanted; None when there is none.

        Of several jobs at least two must be left: they are there for each other.
        """
        while True:
            group = self._again.popleft() if self._again else next(self._groups, None)
            if group is None:
                return None
            wanted = tuple(job for job in group.jobs if self._is_wanted(job.key))
            if len(wanted) >= min(2, len(group.jobs)):
                return replace(group, jobs=wanted)

    def put_back(self, groups: Iterable[Group[K, O_co]]) -> None:
        self._again.extendleft(reversed(list(groups)))
