"""Hands each round its fresh zygote, started ahead of time where jobs run side by side anyway."""

from __future__ import annotations

from types import TracebackType

from bench.domain.plan import Plan
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import launch


class Zygotes:
    """The zygotes of a run; ends the one that no round has taken when the run ends.

    ``first`` is a started interpreter that the first round may have.
    """

    def __init__(self, plan: Plan, first: Interpreter | None = None) -> None:
        self._plan = plan
        self._standby = first

    def __enter__(self) -> Zygotes:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._standby is not None:
            self._standby.end()

    def take(self, round_number: int) -> Interpreter:
        """The zygote of a round, for that round to end."""
        taken, self._standby = self._standby, None
        if taken is not None and taken.has_ended:
            taken.end()
            taken = None
        return taken or Interpreter(launch(self._plan, round_number))

    def prepare(self, round_number: int) -> Interpreter | None:
        """Start a later round's zygote now, if jobs run side by side; ``take`` hands it out."""
        if self._plan.jobs > 1:
            self._standby = Interpreter(launch(self._plan, round_number))
        return self._standby
