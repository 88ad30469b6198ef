"""What a scenario's own lifecycle is handed: the arm's builder, data, and phases to be timed."""

from __future__ import annotations

import math
import os
import traceback
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Callable, Optional, TypeVar

from bench.domain import status
from bench.domain.findings.evidence import Failure
from bench.worker.hooks import CannotMeasure
from bench.worker.lifecycle.observer import PhaseObserver
from bench.worker.reasons import phase_failure

T = TypeVar("T")

Change = Callable[[Iterator[Any]], Iterable[Any]]
"""Makes other layers of an architecture's."""

BETWEEN = "the lifecycle"
"""Where a life is while no phase is under way."""

PREPARE = "prepare"
"""What the phases are called that only prepare for others, and belong to no arm."""


class LifecycleContext:
    """One life of a model, under way in a process of its own.

    Whatever takes time happens in ``prepare``, ``phase``, ``iterate`` or ``series``: the phases of
    an invocation must add up to its own span. ``depth`` is that of the panel, None where there is
    none. ``failed`` are the attempts that have failed so far.
    """

    def __init__(
        self,
        *,
        announce: Callable[[str], None],
        stages: PhaseObserver,
        wait: Callable[[], None],
        phases: Sequence[str],
        iterating: Sequence[str],
        notes: Optional[dict[str, Any]],
        make: Callable[[Optional[int], Optional[Change]], Any],
        batch: Callable[[Any], Any],
        depth: Optional[int],
        iterations: int,
        folder: str,
    ) -> None:
        self._announce = announce
        self._stages = stages
        self._wait = wait
        self._phases = phases
        self._iterating = iterating
        self._notes = notes
        self._make = make
        self._batch = batch
        self._iterations = iterations
        self._preparations = 0
        self._past: list[str] = []
        self.failed: list[str] = []
        self._folder = folder
        self.depth = depth

    @property
    def folder(self) -> str:
        """An empty folder, which goes with the process."""
        os.makedirs(self._folder, exist_ok=True)
        return self._folder

    def build(self, depth: Optional[int] = None, change: Optional[Change] = None) -> Any:
        """A model from the arm's builder, of ``depth`` or else the panel's.

        ``change`` is given the layers of the architecture, and returns those to build with. Raises
        ``CannotMeasure`` when the builder returns no model.
        """
        return self._make(depth, change)

    def batch(self, model: Any) -> Any:
        """Random inputs for ``model``, on the device: the same for every arm of a round."""
        return self._batch(model)

    def prepare(self, action: Callable[[], T]) -> T:
        """Run ``action``, which belongs to no phase that is compared, and return its result."""
        self._preparations += 1
        number = self._preparations
        result: T = self._stages.phase(PREPARE if number == 1 else f"{PREPARE}_{number}", action)
        self._announce(BETWEEN)
        return result

    def phase(self, name: str, action: Callable[[], T]) -> T:
        """Run ``action`` as phase ``name`` and return its result."""
        result: T = self._stages.phase(self._begun(name), action)
        self._announce(BETWEEN)
        return result

    def attempt(
        self, name: str, action: Callable[[], T], *, needs: Sequence[str] = ()
    ) -> Optional[T]:
        """The same as ``phase``, but what ``action`` raises fails that phase alone: then None.

        ``needs`` are attempts before; where one of them has failed, so has this, without a try.
        """
        lacking = next((each for each in needs if each in self.failed), None)
        if lacking is not None:
            reason = f"needs {lacking}, which failed"
            self._fail(Failure(status.UNAVAILABLE, reason, self._begun(name)))
            return None
        phase = self._begun(name)
        try:
            result: T = self._stages.phase(phase, action)
        except CannotMeasure:
            raise
        except Exception as error:
            traceback.print_exc()
            self._fail(phase_failure(error, phase))
            return None
        self._announce(BETWEEN)
        return result

    def fail_what_was_left_out(self) -> None:
        """Have each declared phase fail that the life, now over, has not gone through."""
        failed = next(iter(self.failed), None)
        for phase in [each for each in self._phases if each not in self._past]:
            if failed is None:
                kind, why = status.BUILDER_ERROR, "which the scenario declares"
            else:
                kind, why = status.UNAVAILABLE, f"after {failed} failed"
            reason = f"the lifecycle has not gone through {phase!r}, {why}"
            self._fail(Failure(kind, reason, phase))

    def _fail(self, failure: Failure) -> None:
        self.failed.append(failure.phase or "")
        self._stages.failed(failure)
        self._announce(BETWEEN)

    def iterate(self, name: str, action: Callable[[], object]) -> None:
        """Run ``action`` as often as the plan iterates: phase ``name`` is one call, once steady.

        Calls that take long are fewer (see ``bench.worker.instruments.recorder.ENOUGH_NS``).
        Only phases that are called as those of the call modes which repeat can be iterated. Each
        call ends when the device is done.
        """
        self._stages.iterations(
            self._begun(name, iterates=True), self._awaited(action), self._iterations
        )
        self._announce(BETWEEN)

    def series(self, name: str, action: Callable[[], object], count: int) -> None:
        """Run ``action`` ``count`` times: phase ``name`` is all of them, and what they add up to.

        Time and memory are kept of each, since how they go on is the question. Each call ends when
        the device is done.
        """
        self._stages.series(self._begun(name), self._awaited(action), count)
        self._announce(BETWEEN)

    def note(self, name: str, action: Callable[[], Any]) -> None:
        """What is to be known beside the times: text, a number, or whether something is so.

        ``action`` returns it. It runs in an invocation of its own, where nothing is timed.
        """
        if self._notes is None:
            return
        if name in self._notes:
            raise CannotMeasure(status.BUILDER_ERROR, f"the lifecycle notes {name!r} a second time")
        self._announce(f"note {name!r}")
        value = action()
        self._announce(BETWEEN)
        value = value.item() if hasattr(value, "item") else value
        if not isinstance(value, (str, int, float)):
            raise CannotMeasure(
                status.BUILDER_ERROR,
                f"the lifecycle's note {name!r} is a {type(value).__name__}: "
                "it must be text, a number, True or False",
            )
        # A number that JSON does not have is told as a word.
        finite = not isinstance(value, float) or math.isfinite(value)
        self._notes[name] = value if finite else str(value)

    def _awaited(self, action: Callable[[], object]) -> Callable[[], object]:
        wait = self._wait

        def awaited() -> None:
            action()
            wait()

        return awaited

    def _begun(self, name: str, iterates: bool = False) -> str:
        if name not in self._phases:
            raise CannotMeasure(
                status.BUILDER_ERROR,
                f"the lifecycle goes through {name!r}, which is none of the phases that the "
                f"scenario declares: {', '.join(self._phases)}",
            )
        if iterates != (name in self._iterating):
            only = ", ".join(self._iterating)
            raise CannotMeasure(
                status.BUILDER_ERROR,
                f"the lifecycle iterates {name!r}: only {only} can be"
                if iterates
                else f"the phase {name!r} is one call of many: iterate it",
            )
        if name in self._past:
            raise CannotMeasure(
                status.BUILDER_ERROR, f"the lifecycle goes through {name!r} a second time"
            )
        self._past.append(name)
        return name
