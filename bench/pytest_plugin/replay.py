"""Plays recorded durations back to pytest-benchmark, which takes them for its own measurements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ReplayClock:
    """A clock that stands still, except for what is played back.

    Every duration starts from 0, so that the difference that pytest-benchmark takes of two readings
    is the recorded duration itself, to the last bit.
    """

    def __init__(self) -> None:
        self._now_s = 0.0

    def recorded_time(self) -> float:
        """The timer for ``pytest.mark.benchmark(timer=...)``, in seconds."""
        return self._now_s

    def play(self, benchmark: Any, seconds: Sequence[float]) -> None:
        """Let the fixture ``benchmark`` measure each of ``seconds`` as one round."""
        recorded = iter(seconds)

        def rewind() -> None:
            self._now_s = 0.0

        def advance() -> None:
            # The profiler of pytest-benchmark calls once more than there are rounds.
            self._now_s += next(recorded, 0.0)

        benchmark.pedantic(advance, setup=rewind, rounds=len(seconds), iterations=1)
