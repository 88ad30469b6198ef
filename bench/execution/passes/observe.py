"""Observes cells without a clock: every pass in a process of its own, as many at once as cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bench.domain.design.plan import Plan
from bench.execution.processes.dispatcher import Dispatcher
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.jobs import Completed, Job
from bench.execution.processes.requests import RoundInterpreters, limits_of, measured_cores
from bench.worker.wire.requests import PassRequest

K = TypeVar("K")
O_co = TypeVar("O_co", covariant=True)


def observe(
    plan: Plan,
    jobs: Sequence[Job[K, O_co]],
    interpreter: Interpreter | None = None,
    done: Callable[[Completed[K, O_co]], None] = lambda _: None,
    is_wanted: Callable[[K], bool] | None = None,
) -> list[Completed[K, O_co]]:
    """Carry out ``jobs``, the deepest first; returns what came of them in the order given.

    With ``is_wanted`` they are carried out in the order given: it is asked right before each is
    sent, and those that are not wanted are left out. ``interpreter`` is a started one that may be
    used; it is closed here. ``done`` is called with each as it ends.

    A job that takes its interpreter down, or does not let itself be stopped, has failed, and the
    others go on in a new one. Raises ``InterpreterFailed`` when one does not start.
    """
    found: dict[int, Completed[K, O_co]] = {}
    places = list(range(len(jobs)))
    if is_wanted is None:
        places.sort(key=lambda place: -_depth(jobs[place].request))
    source = RoundInterpreters(plan, 0, interpreter)
    with Dispatcher(limits_of(plan), source, measured_cores(plan)) as dispatcher:
        dispatcher.start()
        placed = [Job(place, jobs[place].request) for place in places]
        wanted = is_wanted or (lambda _: True)
        for completed in dispatcher.run(placed, lambda place: wanted(jobs[place].key)):
            place = completed.key
            found[place] = completed.of(jobs[place].key)
            done(found[place])
    return [found[place] for place in sorted(found)]


def _depth(request: PassRequest[O_co]) -> int:
    cell = getattr(request, "cell", None)
    return 0 if cell is None else cell.layers or 0
