"""Hands each round its fresh zygotes, and what comes after the rounds those that are left over."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bench.domain.design.plan import Plan
from bench.execution.processes.closeable import Closeable
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.interpreter import Interpreter, Interpreters
from bench.execution.processes.launch import LaunchSpec
from bench.execution.processes.requests import launch_spec


class Standby:
    """Interpreters of a later round, which import one after the other.

    ``launches`` says how each is started, by environment. One that cannot be started is left out:
    whoever needs it tries again.
    """

    def __init__(self, launches: Mapping[str, LaunchSpec]) -> None:
        self._waiting = list(launches.items())
        self._importing: Interpreter | None = None
        self.started: dict[str, Interpreter] = {}
        self._start_next()

    @property
    def is_ready(self) -> bool:
        """Whether all have imported or ended; starts the next where one has. Never waits."""
        while self._importing is not None:
            try:
                if not self._importing.is_ready:
                    return False
            except InterpreterFailed:
                pass
            self._start_next()
        return True

    def fileno(self) -> int:
        """The descriptor to wait on while one imports."""
        assert self._importing is not None
        return self._importing.fileno()

    def _start_next(self) -> None:
        self._importing = None
        while self._waiting and self._importing is None:
            environment, launch = self._waiting.pop(0)
            try:
                self._importing = Interpreter(launch)
            except InterpreterFailed:
                continue
            self.started[environment] = self._importing


class ZygotePool(Closeable):
    """The zygotes of a run: in each environment at most one waits to be taken.

    Those are closed with the pool. ``first`` are started interpreters that whoever comes first may
    have.
    """

    def __init__(self, plan: Plan, first: Interpreters = MappingProxyType({})) -> None:
        self._plan = plan
        self._waiting = dict(first)
        self._standby: Standby | None = None
        self._prepared_for: int | None = None

    def close(self) -> None:
        self._gather()
        for interpreter in self._waiting.values():
            interpreter.close()

    def take(self, environments: Iterable[str], for_round: int | None = None) -> Interpreters:
        """Those that wait in ``environments``, for whoever takes them to close or to keep.

        A round is not given what was prepared ``for_round`` another: its random accidents would be
        those of that one. Such are closed.
        """
        self._gather()
        wanted = self._waiting.keys() & set(environments)
        taken = {environment: self._waiting.pop(environment) for environment in wanted}
        if None in (for_round, self._prepared_for) or for_round == self._prepared_for:
            return taken
        for interpreter in taken.values():
            interpreter.close()
        return {}

    def prepare(self, round_number: int, environments: Iterable[str]) -> Standby | None:
        """Start a later round's zygotes now, if jobs run side by side; ``take`` hands them out.

        The order of their imports is random.
        """
        self._gather()
        if self._plan.jobs > 1:
            order = list(environments)
            random.Random(f"imports-{self._plan.seed}-{round_number}").shuffle(order)
            for interpreter in self.take(order).values():
                interpreter.close()
            self._standby = Standby(
                {each: launch_spec(self._plan, round_number, each) for each in order}
            )
            self._prepared_for = round_number
        return self._standby

    def keep(self, interpreters: Interpreters) -> None:
        """Let whoever comes next take ``interpreters``, which serve no jobs any more."""
        self._waiting.update(interpreters)
        self._prepared_for = None

    def _gather(self) -> None:
        """Take over what has been started meanwhile, and close what has ended."""
        if self._standby is not None:
            self._waiting.update(self._standby.started)
            self._standby = None
        for environment, interpreter in list(self._waiting.items()):
            if interpreter.has_ended:
                self._waiting.pop(environment).close()
