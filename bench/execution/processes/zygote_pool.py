"""Hands each round its fresh zygote, and what comes after the rounds one that is left over."""

from __future__ import annotations

from bench.domain.design.plan import Plan
from bench.execution.processes.closeable import Closeable
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import launch_spec


class ZygotePool(Closeable):
    """The zygotes of a run: at most one waits to be taken, and is closed with the pool.

    ``first`` is a started interpreter that whoever comes first may have.
    """

    def __init__(self, plan: Plan, first: Interpreter | None = None) -> None:
        self._plan = plan
        self._waiting = first

    def close(self) -> None:
        if self._waiting is not None:
            self._waiting.close()

    def take(self, round_number: int) -> Interpreter:
        """The zygote of a round, for whoever takes it to close or to keep."""
        taken, self._waiting = self._waiting, None
        if taken is not None and taken.has_ended:
            taken.close()
            taken = None
        return taken or Interpreter(launch_spec(self._plan, round_number))

    def prepare(self, round_number: int) -> Interpreter | None:
        """Start a later round's zygote now, if jobs run side by side; ``take`` hands it out."""
        if self._plan.jobs > 1:
            self._waiting = Interpreter(launch_spec(self._plan, round_number))
        return self._waiting

    def keep(self, interpreter: Interpreter | None) -> None:
        """Let whoever comes next take ``interpreter``, which serves no jobs any more."""
        self._waiting = interpreter
