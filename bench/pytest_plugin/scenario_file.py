"""Scenario files as pytest sees them: one item for each cell and phase that is compared."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

import pytest

from bench.domain.errors import InvalidScenario, UnknownName
from bench.domain.scenario import Scenario
from bench.planning.scenario_files import looks_like_scenarios, scenarios_in
from bench.pytest_plugin.items import MEASUREMENT, Measurement, experiment_of, report
from bench.pytest_plugin.replay import ReplayClock

if TYPE_CHECKING:
    from bench.domain.design.plan import Plan
    from bench.domain.panel import Cell, Panel

PARAMETERS = ("architecture", "layers", "call_mode", "arm", "phase")
"""What items are parametrised with, for ``--benchmark-group-by=param:NAME``."""

_UNUSED_FIXTURE = "ignore:Benchmark fixture was not used at all"


def is_scenario_file(path: Path) -> bool:
    """Whether the file at ``path`` is Python that declares a scenario; imports nothing."""
    if path.suffix != ".py":
        return False
    try:
        # Most files need not be parsed.
        text = path.read_text(encoding="utf-8")
        return Scenario.__name__ in text and "bench" in text and looks_like_scenarios(path)
    except InvalidScenario:
        # It says so itself when pytest imports it.
        return True
    except (OSError, ValueError):
        # Not readable, or not text: for others to complain about.
        return False


class ScenarioFile(pytest.Module):
    """A file that declares scenarios: their measurements, after the tests it may hold as well."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """The ordinary tests of the file, then an item for each cell and compared phase."""
        if not self.config.pluginmanager.hasplugin("benchmark"):
            raise self.CollectError("scenarios are reported by pytest-benchmark: do not disable it")
        experiment = experiment_of(self.config)
        try:
            found = scenarios_in(vars(self.obj))
            plans = {
                name: experiment.plan(name, scenario, self.path.parent)
                for name, scenario in found.items()
            }
        except (UnknownName, InvalidScenario) as error:
            raise self.CollectError(str(error)) from error
        yield from super().collect()
        yield from self._measurements(plans)

    def _measurements(self, plans: dict[str, Plan]) -> Iterable[pytest.Item | pytest.Collector]:
        """Let pytest parametrise a test function for each scenario, in a copy of its module.

        The file's own module stays as it is: others may have imported it.
        """
        own = self.obj
        copy = ModuleType(own.__name__)
        for name, plan in plans.items():
            setattr(copy, name, _test_function(name, plan, self.path, own.__name__))
        self.obj = copy
        try:
            items = list(super().collect())
        finally:
            self.obj = own
        measurements: dict[tuple[object, ...], Measurement] = {
            (name, *_parameters(cell, phase)): Measurement(cell, phase, ReplayClock())
            for name, plan in plans.items()
            for cell, phase in _phases(plan)
        }
        for item in items:
            assert isinstance(item, pytest.Function)
            parameters = item.callspec.params
            key = (item.originalname, *(parameters[name] for name in PARAMETERS))
            _equip(item, measurements[key], plans[item.originalname])
        return items


def _parameters(cell: Cell, phase: str) -> tuple[str | int | None, ...]:
    panel, arm, _ = cell
    return panel.architecture, panel.layers, panel.call_mode, arm, phase


def _phases(plan: Plan) -> list[tuple[Cell, str]]:
    """Every cell with every phase that is compared, the arms of a phase one after the other."""
    lifecycles = plan.lifecycles()
    return [
        (cell, phase)
        for panel in plan.panels
        for phase in lifecycles[panel.call_mode].compared
        for cell in plan.cells()
        if cell.panel == panel
    ]


def _test_function(name: str, plan: Plan, path: Path, module: str) -> FunctionType:
    """A test function called ``name``, located in the file at ``path``, with a case per item."""
    code = _measurement_test.__code__.replace(co_filename=str(path), co_firstlineno=1)
    function = FunctionType(code, _measurement_test.__globals__, name)
    function.__module__ = module
    function.__test__ = True  # type: ignore[attr-defined]
    cases = [
        pytest.param(
            *_parameters(cell, phase),
            id="-".join([*_place(plan, cell.panel), cell.arm, phase]),
        )
        for cell, phase in _phases(plan)
    ]
    parametrised: FunctionType = pytest.mark.parametrize(PARAMETERS, cases)(function)
    return parametrised


def _equip(item: pytest.Item, measurement: Measurement, plan: Plan) -> None:
    item.stash[MEASUREMENT] = measurement
    panel = measurement.cell.panel
    group = "/".join([panel.scenario, *_place(plan, panel), measurement.phase])
    item.add_marker(pytest.mark.benchmark(group=group, timer=measurement.clock.recorded_time))
    # A cell that could not be measured leaves the fixture alone, and says why by itself.
    item.add_marker(pytest.mark.filterwarnings(_UNUSED_FIXTURE))
    if item.config.pluginmanager.hasplugin("timeout"):
        # The first item waits for the whole experiment, which has limits of its own.
        item.add_marker(pytest.mark.timeout(0))


def _place(plan: Plan, panel: Panel) -> list[str]:
    """The parameters that name ``panel``, in every session alike: results are compared by name.

    The call mode is one of them only where there are several.
    """
    has_call_modes = len({other.call_mode for other in plan.panels}) > 1
    named = (panel.architecture, panel.layers, panel.call_mode if has_call_modes else None)
    return [str(part) for part in named if part is not None]


# The arguments after the fixtures are PARAMETERS, as pytest demands.
def _measurement_test(benchmark, request, architecture, layers, call_mode, arm, phase) -> None:  # type: ignore[no-untyped-def]
    report(benchmark, request.node)
