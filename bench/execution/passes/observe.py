"""Observes cells without a clock: every pass in a process of its own, as many at once as cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bench.domain.design.plan import Plan
from bench.execution.processes.dispatcher import Dispatcher
from bench.execution.processes.jobs import Completed, Job
from bench.execution.processes.requests import RoundInterpreters, limits_of, measured_cores
from bench.execution.processes.zygote_pool import ZygotePool
from bench.worker.wire.requests import PassRequest

K = TypeVar("K")
O_co = TypeVar("O_co", covariant=True)


TRIES = 3
"""Interpreters that jobs of one builder may end before the rest of these is given up."""


def observe(
    plan: Plan,
    jobs: Sequence[Job[K, O_co]],
    zygotes: ZygotePool,
    done: Callable[[Completed[K, O_co]], None] = lambda _: None,
    is_wanted: Callable[[K], bool] = lambda _: True,
    in_order: bool = False,
) -> list[Completed[K, O_co]]:
    """Carry out ``jobs``, the deepest first; returns what came of them in the order given.

    Where that is also how they are carried out (``in_order``), ``is_wanted`` is asked right before
    each is sent, and those that are not wanted are left out. The interpreters are of
    ``zygotes``, which has them back for other passes. ``done`` is called with each as it ends.

    A job that does not let itself be stopped has failed, and the others go on in a new interpreter.
    One whose interpreter ends under it may not be to blame: it is tried again once, last. The jobs
    of a builder that has ended ``TRIES`` interpreters have all failed. Raises ``InterpreterFailed``
    when one does not start.
    """
    found: dict[int, Completed[K, O_co]] = {}
    lost: dict[str, list[Completed[int, O_co]]] = {}
    places = list(range(len(jobs)))
    if not in_order:
        places.sort(key=lambda place: -_depth(jobs[place].request))

    def losses(place: int) -> list[Completed[int, O_co]]:
        return lost.setdefault(_builder(jobs[place].request, place), [])

    def is_sent(place: int) -> bool:
        return len(losses(place)) < TRIES and is_wanted(jobs[place].key)

    def note(place: int, completed: Completed[int, O_co]) -> None:
        found[place] = completed.of(jobs[place].key)
        done(found[place])

    environments = list(dict.fromkeys(job.environment for job in jobs))
    source = RoundInterpreters(plan, 0, zygotes.take(environments))
    with Dispatcher(limits_of(plan), source, measured_cores(plan)) as dispatcher:
        dispatcher.start(environments)
        for completed in dispatcher.run(_placed(jobs, places), is_sent):
            if completed.lost:
                losses(completed.key).append(completed)
            else:
                note(completed.key, completed)
        again = [each.key for of_one in lost.values() for each in of_one if len(of_one) < TRIES]
        for completed in dispatcher.run(_placed(jobs, again), is_sent):
            note(completed.key, completed)
        zygotes.keep(dispatcher.release())
    for place in places:
        ended = losses(place)
        own = [each for each in ended if each.key == place]
        if place not in found and (own or len(ended) >= TRIES):
            note(place, (own or ended)[-1])
    return [found[place] for place in sorted(found)]


def _placed(jobs: Sequence[Job[K, O_co]], places: Sequence[int]) -> list[Job[int, O_co]]:
    return [
        Job(place, jobs[place].request, environment=jobs[place].environment) for place in places
    ]


def _builder(request: PassRequest[O_co], place: int) -> str:
    """What may end an interpreter: the builder, or where there is none the request itself."""
    cell = getattr(request, "cell", None)
    return f"request {place}" if cell is None else str(cell.builder)


def _depth(request: PassRequest[O_co]) -> int:
    cell = getattr(request, "cell", None)
    return 0 if cell is None else cell.layers or 0
