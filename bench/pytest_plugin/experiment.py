"""The one experiment of a test session: planned as files are collected, measured once."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bench.domain.design.plan import Plan
from bench.domain.errors import InvalidScenario
from bench.domain.panel import Cell
from bench.domain.scenario import Scenario
from bench.domain.words import pluralise
from bench.execution.progress import resolved
from bench.pytest_plugin.planning import CellKey, Planner, together
from bench.store.locate import RUNS
from bench.store.run_folder import RunFolder

if TYPE_CHECKING:
    from bench.pytest_plugin.results import Results


class Experiment:
    """Plans scenarios, measures the selected cells once, keeps what came of it.

    ``runs`` is the folder of runs; None is the usual one.
    """

    def __init__(self, planner: Planner, runs: Path | None) -> None:
        self._planner = planner
        self._runs = RUNS if runs is None else runs
        self._scenarios: dict[str, Scenario] = {}
        self._plans: dict[str, Plan] = {}
        self._folder: RunFolder | None = None
        self._problem = ""
        self._unusable: Mapping[CellKey, str] = {}
        self.has_begun = False
        self.results: Results | None = None

    def plan(self, name: str, scenario: Scenario, folder: Path) -> Plan:
        """Everything that ``scenario``, of a file in ``folder``, offers.

        Raises ``UnknownName``, or ``InvalidScenario``, also when the session has another scenario
        of that name.
        """
        if self._scenarios.setdefault(name, scenario) != scenario:
            raise InvalidScenario(
                f"two scenarios of this session are called {name!r}: rename one of them, or "
                "measure them in sessions of their own"
            )
        if name not in self._plans:
            self._plans[name] = self._planner.plan(name, scenario, folder)
        return self._plans[name]

    def measure(self, selected: Collection[CellKey], say: Callable[[str], None]) -> None:
        """Measure ``selected`` and what they are compared with, in this, the main thread.

        ``say`` is given lines of progress. Raises ``KeyboardInterrupt`` when all processes have
        ended; for what else goes wrong see ``problem``.
        """
        # Collecting alone needs none of the analysis.
        from bench.pytest_plugin.measuring import ExperimentFailed, measure

        self.has_begun = True
        self._problem = "the experiment was cut short"
        plan = together(list(self._plans.values()))
        try:
            measured = measure(plan, selected, self._runs, begins=self._begins, say=say)
        except ExperimentFailed as error:
            self._problem = str(error)
        else:
            self._problem = ""
            self._unusable = measured.unusable
            self.results = measured.results

    def problem(self, cell: Cell) -> str:
        """Why there is nothing to know about ``cell``; empty if all went well."""
        return self._unusable.get((cell.panel, cell.arm), self._problem)

    def summary(self) -> list[str]:
        """Where the run is, which outputs differ, and how to go on; nothing if none was begun."""
        if self._folder is None:
            return []
        findings = self._folder.findings()
        known = "" if findings is None else f" · {resolved(findings)}"
        rounds = len(self._folder.rounds())
        command, use = "show", "read the verdicts"
        if self._folder.record.status != "complete":
            command, use = "run --resume", "finish the run"
        is_usual = self._runs.resolve() == RUNS.resolve()
        run = self._folder.record.run if is_usual else str(self._folder.path)
        warnings = () if findings is None else findings.warnings
        return [
            f"bench: {pluralise(rounds, 'round')}{known} · {self._folder.path}",
            *(f"bench: {each.text}" for each in warnings if each.kind.startswith("outputs")),
            f"bench: {use} with: bench {command} {shlex.quote(run)}",
        ]

    def _begins(self, folder: RunFolder) -> None:
        self._folder = folder
