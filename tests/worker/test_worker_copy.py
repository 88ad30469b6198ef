"""An installation of the suite measures another one: neither sees the packages of the other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import venv
from pathlib import Path
from typing import Any

import pytest

from bench.cli.commands.new import TEMPLATE
from bench.worker import references
from tests.fakes.interpreters import INSTALLED_PYTHON, MEASURED_PYTHON

ROOT = Path(__file__).parents[2]

ADAPTER = """
import os, sys
import marker
from tests.fakes.framework import FakeFramework

class Marked(FakeFramework):
    def versions(self):
        return {"marker": marker.VERSION, "path": os.pathsep.join(sys.path)}

framework = Marked
"""

CONTROLLER = """
import dataclasses, json, sys
from bench.execution.processes.interpreter import Interpreter, Limits
from bench.execution.processes.launch import LaunchSpec
from bench.execution.processes.worker_copy import worker_copy
from bench.worker.wire.requests import EnvironmentRequest

python, *references = sys.argv[1:]
with Interpreter(LaunchSpec(python, "marked.adapter", "fork", seed=1)) as interpreter:
    interpreter.wait_until_ready()
    interpreter.send(EnvironmentRequest(tuple(references)), Limits(20.0, 1 << 30))
    (ended,) = interpreter.receive(timeout_s=30)
found = dataclasses.asdict(ended.outcome)
print(json.dumps({**found, "copy": str(worker_copy())}))
"""


def virtual_environment(folder: Path, version: str, python: str | None = None) -> Path:
    """A virtual environment whose ``marker`` has ``version``; returns its site-packages."""
    if python is None:
        venv.create(folder, symlinks=True)
    else:
        subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python3*/site-packages")
    (packages / "marker.py").write_text(f"VERSION = {version!r}\n")
    return packages


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has the fake framework, and an empty Keras, but not the suite."""
    folder = tmp_path_factory.mktemp("measured")
    packages = virtual_environment(folder, "measured", MEASURED_PYTHON)
    (packages / "keras.py").touch()
    (packages / "marked").mkdir()
    (packages / "marked" / "adapter.py").write_text(ADAPTER)
    shutil.copytree(ROOT / "tests" / "fakes", packages / "tests" / "fakes")
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with the suite in its site-packages, as a wheel puts it there."""
    if INSTALLED_PYTHON is not None:
        (packages,) = Path(INSTALLED_PYTHON).parents[1].glob("lib/python3*/site-packages")
        (packages / "marker.py").write_text("VERSION = 'suite'\n")
        return Path(INSTALLED_PYTHON)
    folder = tmp_path_factory.mktemp("suite")
    packages = virtual_environment(folder, "suite")
    for package in ("bench", "scenarios"):
        shutil.copytree(ROOT / package, packages / package)
    return folder / "bin" / "python"


@pytest.fixture
def outcome(suite: Path, measured: Path, tmp_path: Path) -> dict[str, Any]:
    """What the measured interpreter is and has, and where its worker was."""
    (tmp_path / "temporary").mkdir()
    (tmp_path / "mine.py").write_text(TEMPLATE.format(name="mine.py", module="mine"))
    named = (
        "mine:narrow",
        "scenarios.builders:inline",
        "scenarios.injected:slowed_4",
        "scenarios.patches:postponed_rebuild",
        "scenarios.claims.same_model:check",
        "tests.fakes.builders:good",
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [suite, "-c", CONTROLLER, measured, *named],
        cwd=tmp_path,
        env={**environment, "TMPDIR": str(tmp_path / "temporary")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_measured_interpreter_imports_its_own_packages(outcome: dict[str, Any]) -> None:
    assert outcome["versions"]["marker"] == "measured"


def test_suite_is_not_on_the_path_of_what_it_measures(outcome: dict[str, Any], suite: Path) -> None:
    path = outcome["versions"]["path"].split(os.pathsep)
    assert path[0] == outcome["copy"]
    within = (str(suite.parents[1]), str(ROOT))
    assert not [folder for folder in path if folder.startswith(within)]


def test_measured_code_of_suite_and_user_imports_without_the_suite(
    outcome: dict[str, Any],
) -> None:
    assert outcome["bad"] == {}


def test_copy_goes_with_the_process_that_made_it(outcome: dict[str, Any], tmp_path: Path) -> None:
    assert Path(outcome["copy"]).name.startswith("worker-")
    assert list((tmp_path / "temporary").iterdir()) == []


def test_file_of_the_copy_has_the_same_name_in_every_run() -> None:
    assert references.source_name(references.__file__) == "bench/worker/references.py"
    assert references.source_name("/elsewhere/layers.py") == "/elsewhere/layers.py"
