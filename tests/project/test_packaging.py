"""What is installed: the wheel, its commands, and what importing it costs."""

from __future__ import annotations

import configparser
import json
import os
import re
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
HEAVY = ("jax", "keras", "matplotlib", "numpy", "pandas", "pyarrow", "tensorflow", "torch")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.iterdir()
    return zipfile.ZipFile(path)


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    (path,) = (each for each in wheel.namelist() if each.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode()


def test_wheel_holds_the_suite_and_nothing_of_its_tests(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"bench", "scenarios"}
    assert {"bench/py.typed", "bench/worker/__main__.py", "scenarios/build_style.py"} <= set(names)
    sources = {str(path.relative_to(ROOT)) for path in (ROOT / "bench").rglob("*.py")}
    assert sources <= set(names)


def test_both_commands_and_the_plugin_are_installed(wheel: zipfile.ZipFile) -> None:
    points = configparser.ConfigParser()
    points.read_string(metadata(wheel, "entry_points.txt"))
    assert dict(points["console_scripts"]) == {
        "bench": "bench.cli:main",
        "keras-bench": "bench.cli:main",
    }
    assert dict(points["pytest11"]) == {"bench": "bench.pytest_plugin.plugin"}


def test_types_are_declared(wheel: zipfile.ZipFile) -> None:
    told = Parser().parsestr(metadata(wheel, "METADATA"))
    assert "Typing :: Typed" in told.get_all("Classifier", [])


def test_frameworks_are_extras(wheel: zipfile.ZipFile) -> None:
    told = Parser().parsestr(metadata(wheel, "METADATA"))
    needed = [Requirement(each) for each in told.get_all("Requires-Dist", [])]
    always = {each.name for each in needed if each.marker is None}
    assert {"click", "pydantic", "pytest", "tensorboard"} <= always
    assert not always & {"keras", "tensorflow", "jax", "torch"}
    extras = {"dev", "environments", "jax", "tensorflow", "test", "torch", "viewer"}
    assert extras == set(told.get_all("Provides-Extra", []))
    assert all(each.specifier for each in needed if each.name != "keras-bench")


@pytest.mark.parametrize("path", sorted((ROOT / "constraints").glob("python*.txt")), ids=str)
def test_every_dependency_is_pinned_within_its_bounds(path: Path, wheel: zipfile.ZipFile) -> None:
    of_backends = (ROOT / "constraints" / "backends.txt").read_text()
    pinned = {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", path.read_text() + of_backends, re.M)
    }
    told = Parser().parsestr(metadata(wheel, "METADATA"))
    for needed in map(Requirement, told.get_all("Requires-Dist", [])):
        if needed.name != "keras-bench":
            assert needed.specifier.contains(pinned[canonicalize_name(needed.name)]), needed


@pytest.mark.parametrize("module", ["bench", "bench.domain.scenario", "bench.cli.group"])
def test_importing_it_imports_nothing_heavy(module: str) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(HEAVY) & set(json.loads(done.stdout))


def test_command_is_a_module_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--version"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("bench, version ")
