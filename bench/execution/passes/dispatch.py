"""Observes cells without a clock: every pass in a process of its own, as many at once as cores."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from bench.domain.plan import Cell, Plan
from bench.execution.processes.interpreter import Interpreter, InterpreterFailed
from bench.execution.processes.requests import (
    GRACE_S,
    TOOK_INTERPRETER,
    cores,
    launch,
    request_for,
    unstoppable,
    wait_for,
)
from bench.worker.protocol import CRASHED, OK, TIMED_OUT, Message, failure


class Task(NamedTuple):
    """One pass over one cell; ``repetition`` tells those apart that do the same.

    ``more`` is added to what is asked of the pass.
    """

    what: str
    cell: Cell
    repetition: int = 0
    more: Mapping[str, Any] = {}


class Observed(NamedTuple):
    """What came of a task: the outcome of its invocation, which may be a failure."""

    task: Task
    outcome: Message

    @property
    def succeeded(self) -> bool:
        """Whether there is something to conclude from."""
        return bool(self.outcome["status"] == OK)


def observe(
    plan: Plan,
    tasks: Sequence[Task],
    interpreter: Interpreter | None = None,
    done: Callable[[int, Observed], Any] = lambda *_: None,
) -> list[Observed]:
    """Carry out ``tasks``, the deepest first; returns what came of them in the order given.

    ``interpreter`` is a started one that may be used; it is ended here. ``done`` is told of each as
    it ends, and of its place in ``tasks``. A task that takes its interpreter down, or does not let
    itself be stopped, has failed, and the others go on in a new one. Raises ``InterpreterFailed``
    when one does not start.
    """
    found: dict[int, Observed] = {}
    deepest_first = sorted(range(len(tasks)), key=lambda i: -(tasks[i].cell.panel.layers or 0))
    waiting, free = deque(deepest_first), deque(cores(plan))
    flying: dict[int, tuple[int, int | None]] = {}
    one_at_a_time = False
    running = interpreter or Interpreter(launch(plan, 0))

    def land(number: int, core: int | None, outcome: Message) -> None:
        free.append(core)
        found[number] = Observed(tasks[number], outcome)
        done(number, found[number])

    try:
        running.wait_until_ready()
        while waiting or flying:
            lost = failure(CRASHED, TOOK_INTERPRETER)
            try:
                while waiting and free and not (one_at_a_time and flying):
                    task = tasks[waiting[0]]
                    request = request_for(plan, task.cell, task.what, 0, free[0])
                    flight = running.send({**request, **task.more})
                    flying[flight] = waiting.popleft(), free.popleft()
                if wait_for([running.fileno()], plan.timeout_s + GRACE_S):
                    for outcome in running.receive(timeout_s=0):
                        land(*flying.pop(outcome["id"]), outcome)
                    continue
                lost = failure(TIMED_OUT, unstoppable(plan))
            except InterpreterFailed:
                if not flying:
                    raise
            if len(flying) > 1:
                # One of them has done it: which, they tell one at a time.
                one_at_a_time = True
                waiting.extendleft(number for number, _ in flying.values())
                free.extend(core for _, core in flying.values())
            else:
                for flight, (number, core) in flying.items():
                    land(number, core, {**lost, "id": flight})
            flying.clear()
            running.end()
            running = Interpreter(launch(plan, 0))
            running.wait_until_ready()
    finally:
        running.end()
    return [found[number] for number in range(len(tasks))]
