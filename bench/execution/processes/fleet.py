"""The interpreters that jobs are sent to: one in each environment, started when it is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from bench.domain.findings.evidence import Failure
from bench.domain.status import ENVIRONMENT
from bench.execution.processes.closeable import Closeable
from bench.execution.processes.ending import ImportTookTooLong, InterpreterFailed
from bench.execution.processes.interpreter import Interpreter
from bench.worker.wire.channel import Ready

MAX_INTERPRETERS = 20
"""Interpreters that are started in one environment, at most."""

MAX_STARTS, MAX_SLOW_STARTS = 3, 2
"""Times that one is started, should it be ended from outside while it imports, or not import."""

InterpreterSource = Callable[[str, int], Interpreter]
"""Gives the interpreter of an environment and a generation: 0, one more each time one is lost."""


class Import(NamedTuple):
    """An import that an interpreter made."""

    environment: str
    generation: int
    ready: Ready


class Fleet(Closeable):
    """Interpreters of ``source``. ``imports`` are the imports that they made, in their order.

    An environment in which none starts is broken: ``broken`` says how. Where it is the only one
    that was asked for, or all are broken, that is raised.
    """

    def __init__(self, source: InterpreterSource) -> None:
        self._source = source
        self._running: dict[str, Interpreter] = {}
        self._started: Counter[str] = Counter()
        self.broken: dict[str, Failure] = {}
        self.imports: list[Import] = []

    def __getitem__(self, environment: str) -> Interpreter:
        """The one that runs in ``environment``."""
        return self._running[environment]

    def generation(self, environment: str) -> int:
        """How many were lost in ``environment`` before the last one that was started there."""
        return max(self._started[environment] - 1, 0)

    def start(self, environments: Iterable[str]) -> None:
        """Have one run in each of ``environments``, ready or broken, one after the other.

        One that is ended from outside while it imports, or takes too long, is replaced. Raises
        ``InterpreterFailed`` when all are broken that were ever asked for.
        """
        failure = None
        for environment in dict.fromkeys(environments):
            if environment in self.broken or environment in self._running:
                continue
            try:
                self._running[environment] = self._ready(environment)
            except InterpreterFailed as error:
                failure = error
                self.broken[environment] = Failure(ENVIRONMENT, str(error))
        if failure is not None and self.broken.keys() >= self._started.keys():
            raise failure

    def _ready(self, environment: str) -> Interpreter:
        starts = 0
        while True:
            generation = self._started[environment]
            self._started[environment] += 1
            if generation >= MAX_INTERPRETERS:
                raise InterpreterFailed("the measured interpreters keep ending")
            interpreter = self._source(environment, generation)
            starts += 1
            try:
                ready = interpreter.wait_until_ready()
            except BaseException as error:
                interpreter.close()
                is_slow = isinstance(error, ImportTookTooLong)
                is_accident = isinstance(error, InterpreterFailed) and error.by_accident
                if starts >= (MAX_SLOW_STARTS if is_slow else MAX_STARTS if is_accident else 1):
                    raise
                continue
            self.imports.append(Import(environment, generation, ready))
            return interpreter

    def end(self, environments: Iterable[str]) -> None:
        """End those of ``environments``; another one is started there when it is needed."""
        for environment in set(environments) & self._running.keys():
            self._running.pop(environment).close()

    def release(self) -> Mapping[str, Interpreter]:
        """Give up those that run, by environment, without closing them."""
        released, self._running = self._running, {}
        return released

    def close(self) -> None:
        self.end(list(self._running))
