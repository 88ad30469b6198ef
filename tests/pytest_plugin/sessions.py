"""Sessions of pytest over scenario files of the fake framework, each in a process of its own."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

from bench.domain.phases import call_modes_of
from bench.store.run_folder import RunFolder

ROOT = Path(__file__).parents[2]
PHASES = call_modes_of()["function"].plan().compared
STACK = "tests.fakes.builders:stack"

HEAD = "from bench.domain.scenario import Arm, Scenario\n"


def declaration(name: str, *builders: str, layers: tuple[int, ...] = (2, 4)) -> str:
    """The source of a scenario that compares ``builders``, the first one the baseline."""
    arms = {builder.split(":")[-1]: builder for builder in map(_reference, builders)}
    return (
        f"{name} = Scenario(\n"
        f"    question='Which fake is fastest?',\n"
        f"    arms={{name: Arm(builder) for name, builder in {arms!r}.items()}},\n"
        f"    baseline={next(iter(arms))!r},\n"
        f"    architectures=({STACK!r},),\n"
        f"    layers={layers!r},\n"
        f")\n"
    )


def _reference(builder: str) -> str:
    return builder if ":" in builder else f"tests.fakes.builders:{builder}"


class Sessions:
    """A directory in which to run pytest over scenario files."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.path = pytester.path

    def write(self, name: str, source: str) -> None:
        (self.path / name).write_text(source)

    def run(self, *arguments: str, rounds: int = 2) -> pytest.RunResult:
        return self._pytester.runpytest_subprocess(*plugin(), *_fake(rounds), *arguments)

    def start(self, *arguments: str, rounds: int) -> subprocess.Popen[str]:
        """A session that goes on by itself."""
        command = [sys.executable, "-m", "pytest", *plugin(), *_fake(rounds), *arguments]
        return subprocess.Popen(command, cwd=self.path, stdout=subprocess.PIPE, text=True)

    def runs(self) -> list[RunFolder]:
        """Every run that was begun."""
        found = sorted((self.path / "results" / "runs").glob("*/run.json"))
        return [RunFolder(record.parent) for record in found]


def plugin() -> list[str]:
    """What loads the plugin where it is not installed."""
    entry_points = importlib.metadata.entry_points(group="pytest11")
    is_installed = any(point.value == "bench.pytest_plugin.plugin" for point in entry_points)
    return [] if is_installed else ["-p", "bench.pytest_plugin.plugin"]


def _fake(rounds: int) -> list[str]:
    without_slow_plugins = ["-p", "no:hypothesispytest"]
    return [
        *without_slow_plugins,
        "--bench-backend=tests.fakes.framework",
        f"--bench-rounds={rounds}",
    ]
