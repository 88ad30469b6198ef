"""The jobs that are in flight: where each is, with whom it shares a core, and who is lost when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple

from bench.domain.findings.evidence import Failure
from bench.execution.processes.jobs import Job, K, O_co

Flight = tuple[str, int]
"""The environment of a job in flight, and its number in the interpreter there."""


@dataclass(frozen=True)
class InFlight(Generic[K, O_co]):
    """A job that was sent, on ``core``, in a ``group`` of so many ``members``."""

    job: Job[K, O_co]
    core: int | None
    group: int
    members: int


class Lost(NamedTuple):
    """How jobs are lost: those in an ``environment`` and all of a ``group``; without either, all.

    The group is one of which not every job could be sent.
    """

    failure: Failure
    environment: str | None = None
    group: int | None = None


class Flights(dict[Flight, InFlight[K, O_co]]):
    """What was sent and has not ended."""

    @property
    def groups(self) -> int:
        """How many cores are in use."""
        return len({each.group for each in self.values()})

    @property
    def environments(self) -> list[str]:
        """Where anything is in flight."""
        return list(dict.fromkeys(environment for environment, _ in self))

    @property
    def cores(self) -> Iterable[int | None]:
        """The cores in use."""
        return {each.group: each.core for each in self.values()}.values()

    def hit_by(self, lost: Lost) -> list[Flight]:
        """What is lost, and what waits on a core for something that is lost."""
        groups = {
            each.group
            for (environment, _), each in self.items()
            if lost.environment in (None, environment) or each.group == lost.group
        }
        return [key for key, each in self.items() if each.group in groups]
