"""What a pass does around the phases of a lifecycle."""

from __future__ import annotations

from typing import Any, Callable, Protocol

from bench.domain.findings.evidence import Failure


class PhaseObserver(Protocol):
    """Times the phases, counts them, or looks at what they leave.

    ``goes_on`` says whether the life of a built model goes on after a phase that failed.
    """

    goes_on: bool = False

    def phase(self, name: str, action: Callable[[], Any]) -> Any:
        """Run ``action`` as phase ``name`` and return its result."""

    def iterations(self, name: str, action: Callable[[], object], count: int) -> None:
        """Run ``action`` at most ``count`` times as phase ``name``, to know one call of many."""

    def series(self, name: str, action: Callable[[], object], count: int) -> None:
        """Run ``action`` ``count`` times as phase ``name``, to know how one follows another."""

    def nothing_to_do(self, name: str) -> None:
        """Phase ``name`` had no work left."""

    def failed(self, failure: Failure) -> None:
        """The phase that ``failure`` names failed or was left out, and the lifecycle goes on."""


class SampledObserver(PhaseObserver):
    """Stages that look at each phase as a whole; of a call that repeats, at the third.

    ``failures`` are those of phases that did not end the lifecycle.
    """

    goes_on = True

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self.failures: list[Failure] = []

    def iterations(self, name: str, action: Callable[[], object], count: int) -> None:
        self._announce(name)
        repeat(action, 2)
        self.phase(name, action)

    def series(self, name: str, action: Callable[[], object], count: int) -> None:
        self.phase(name, lambda: repeat(action, count))

    def nothing_to_do(self, name: str) -> None:
        pass

    def failed(self, failure: Failure) -> None:
        self.failures.append(failure)


class NullObserver(SampledObserver):
    """Stages that only run what they are given; with ``iterate`` as often as it would be timed."""

    def __init__(self, announce: Callable[[str], None], iterate: bool) -> None:
        super().__init__(announce)
        self._iterate = iterate

    def phase(self, name: str, action: Callable[[], Any]) -> Any:
        self._announce(name)
        return action()

    def iterations(self, name: str, action: Callable[[], object], count: int) -> None:
        if self._iterate:
            self.series(name, action, count)


def repeat(action: Callable[[], object], count: int) -> None:
    """Run ``action`` ``count`` times."""
    for _ in range(count):
        action()
