"""Hands each round its fresh zygote, started ahead of time where jobs run side by side anyway."""

from __future__ import annotations

from bench.domain.design.plan import Plan
from bench.execution.processes.closeable import Closeable
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import launch_spec


class ZygotePool(Closeable):
    """The zygotes of a run; closes the one that no round has taken.

    ``first`` is a started interpreter that the first round may have.
    """

    def __init__(self, plan: Plan, first: Interpreter | None = None) -> None:
        self._plan = plan
        self._standby = first

    def close(self) -> None:
        if self._standby is not None:
            self._standby.close()

    def take(self, round_number: int) -> Interpreter:
        """The zygote of a round, for that round to close."""
        taken, self._standby = self._standby, None
        if taken is not None and taken.has_ended:
            taken.close()
            taken = None
        return taken or Interpreter(launch_spec(self._plan, round_number))

    def prepare(self, round_number: int) -> Interpreter | None:
        """Start a later round's zygote now, if jobs run side by side; ``take`` hands it out."""
        if self._plan.jobs > 1:
            self._standby = Interpreter(launch_spec(self._plan, round_number))
        return self._standby
