"""Observes cells without a clock: every pass in a process of its own, as many at once as cores."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from bench.plan.schedule import Cell, Plan
from bench.runner.interpreter import Interpreter
from bench.runner.round import cores, launch, request_for
from bench.worker.protocol import OK, Message


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
    done: Callable[[Observed], Any] = lambda _: None,
) -> list[Observed]:
    """Carry out ``tasks``, the deepest first; returns what came of them in the order given.

    ``interpreter`` is a started one that may be used; it is ended here. ``done`` is told of each as
    it ends. Raises ``InterpreterFailed`` when the interpreter ends.
    """
    found: dict[int, Observed] = {}
    deepest_first = sorted(range(len(tasks)), key=lambda i: -(tasks[i].cell.panel.layers or 0))
    waiting, free = deque(deepest_first), deque(cores(plan))
    flying: dict[int, tuple[int, int | None]] = {}
    with interpreter or Interpreter(launch(plan, 0)) as running:
        running.wait_until_ready()
        while waiting or flying:
            while waiting and free:
                number, core = waiting.popleft(), free.popleft()
                task = tasks[number]
                request = {**request_for(plan, task.cell, task.what, 0, core), **task.more}
                flying[running.send(request)] = number, core
            for outcome in running.receive():
                number, core = flying.pop(outcome["id"])
                free.append(core)
                found[number] = Observed(tasks[number], outcome)
                done(found[number])
    return [found[number] for number in range(len(tasks))]
