"""What is run by itself: .ci/run and the workflow name environments that tox.ini has."""

from __future__ import annotations

import configparser
import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.planning.requirements import requirement_set

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

BY_HAND = {
    "bench": "the command; tests/cli and the workflow's small run",
    "quick": "the command; tests/cli and the workflow's small run",
    "charts": "what charts-check runs",
    "constraints": "asks the package index for newer versions",
    "schedules-study": "minutes; tests/project/test_scripts.py runs it in small",
    "co-scheduling-study": "minutes; tests/project/test_scripts.py runs it in small",
    "format": "what lint checks",
    "publish": "two hours of measuring; tests/cli/test_small_run.py publishes a small run",
    "simulate": "minutes; tests/project/test_scripts.py runs it in small",
    "speed": "minutes; tests/project/test_scripts.py runs it in small",
    "study": "minutes; tests/project/test_scripts.py runs it in small",
    "suite": "what every other environment makes first",
    "test": "what coverage runs",
    "versions": "minutes, and installs releases; tests/execution/environments makes environments",
    **dict.fromkeys(
        ("tf215", "tf216", "tf219", "tf221", "keras30"), "bench run in another release"
    ),
}
"""Environment of tox.ini that no check names → why."""


def tox() -> configparser.ConfigParser:
    """The configuration of tox."""
    found = configparser.ConfigParser(interpolation=None)
    found.read(ROOT / "tox.ini")
    return found


def environments() -> set[str]:
    """The environments that tox.ini has."""
    sections = (name.removeprefix("testenv:") for name in tox() if name.startswith("testenv:"))
    return {name for section in sections for name in section.strip("{}").split(",")}


def workflow(path: Path) -> dict[str, Any]:
    """A workflow as YAML reads it."""
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def of_workflow(path: Path) -> Iterator[str]:
    """The environments that the commands of a workflow name, those of a matrix too."""
    for job in workflow(path)["jobs"].values():
        matrix = job.get("strategy", {}).get("matrix", {})
        for step in job["steps"]:
            for names in re.findall(
                r"scripts/tox run .*-e (\S+|\$\{\{.*?\}\})", step.get("run", "")
            ):
                if names.startswith("$"):
                    yield from matrix["environment"]
                else:
                    yield from names.split(",")


def of_ci_run() -> set[str]:
    """The environments that .ci/run runs one after the other."""
    (names,) = re.findall(r"^for check in (.*); do$", (ROOT / ".ci" / "run").read_text(), re.M)
    return set(names.split())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_names_environments_that_exist(path: Path) -> None:
    named = set(of_workflow(path))
    assert named
    assert named <= environments()


def test_every_environment_is_checked_or_has_a_reason_not_to_be() -> None:
    checked = of_ci_run().union(*map(of_workflow, WORKFLOWS))
    assert of_ci_run() <= set(of_workflow(ROOT / ".github" / "workflows" / "ci.yml"))
    assert environments() == checked | set(BY_HAND)
    assert not checked & set(BY_HAND)


def test_scripts_that_environments_run_exist() -> None:
    for name, section in tox().items():
        for script in re.findall(r"scripts/\w+\.py", section.get("commands", "")):
            assert (ROOT / script).is_file(), (name, script)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_pins_actions_and_has_no_secrets(path: Path) -> None:
    used = re.findall(r"uses: (\S+)", path.read_text())
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", action) for action in used)
    assert "secrets." not in path.read_text()
    assert workflow(path)["permissions"] == {"contents": "read"}


def test_every_supported_python_is_tested_and_has_constraints() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    classified = set(re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project))
    tested = workflow(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["tests"]
    assert set(tested["strategy"]["matrix"]["python"]) == classified
    pinned = {
        path.stem.removeprefix("python") for path in (ROOT / "constraints").glob("python*.txt")
    }
    assert pinned == classified


def test_releases_that_tox_measures_name_a_python_that_all_of_them_have() -> None:
    found = [
        word.partition("=")[2]
        for section in tox().values()
        for line in section.get("commands", "").splitlines()
        for option, word in pairwise(shlex.split(line))
        if option == "--interpreter"
    ]
    assert len(found) == 9
    assert {requirement_set(each).python for each in found} == {"3.11"}
