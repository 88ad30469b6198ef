"""The same scenarios as pytest-benchmark tests: the suite measures, pytest-benchmark reports.

This module is loaded in every pytest run of its environment. It stays light, and does nothing where
no scenario file is collected.
"""

from __future__ import annotations

import argparse
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from bench.planning.presets import PRESETS
from bench.pytest_plugin import options
from bench.pytest_plugin.items import summary
from bench.pytest_plugin.scenario_file import ScenarioFile, is_scenario_file


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a measurement, as ``bench run`` has them."""
    group = parser.getgroup("bench", "what scenarios are made to measure (see also --benchmark-*)")
    add = group.addoption
    add(
        "--bench-preset",
        choices=tuple(PRESETS),
        default="quick",
        help="How many rounds and panels. Default: %(default)s",
    )
    add(
        "--bench-rounds",
        type=options.whole_number,
        metavar="N",
        help="Rounds at most. Default: the preset's",
    )
    add(
        "--bench-budget",
        type=options.seconds,
        metavar="TIME",
        help="Time to measure, all cells together: 90s, 10m, 1h. Default: the preset's",
    )
    add(
        "--bench-layers",
        type=options.layer_counts,
        metavar="N,N",
        help="Depths to sweep, of scenarios that have a depth. Default: the scenario's",
    )
    add(
        "--bench-architecture",
        type=options.names,
        metavar="NAME,NAME",
        help="Architectures, by name or MODULE:FUNCTION, of scenarios that have a depth. "
        "Default: the scenario's first ones, as many as the preset takes",
    )
    add(
        "--bench-out",
        type=Path,
        metavar="DIR",
        help="Folder of runs. Default: results/runs",
    )
    # For tests that must not need a framework.
    add("--bench-backend", default="tensorflow", help=argparse.SUPPRESS)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect a scenario file whatever its name is."""
    collected = yield
    is_collected = any(isinstance(node, ScenarioFile) for node in collected)
    if is_collected or not is_scenario_file(file_path):
        return collected
    return [*collected, ScenarioFile.from_parent(parent, path=file_path)]


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> pytest.Module | None:
    """Collect a scenario file that is a test module too in one go."""
    if not is_scenario_file(module_path):
        return None
    return ScenarioFile.from_parent(parent, path=module_path)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say below the tables where the run is and how to read its verdicts."""
    for line in summary(config):
        terminalreporter.write_line(line)
