"""``bench run`` end to end on real TensorFlow, in small."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.cli.command import run, start
from tests.uncovered import UNCOVERED

BUILDERS = """
import ctypes, os, subprocess, sys, time
import keras

def good(depth):
    return keras.Sequential([keras.Input((4,)), *(keras.layers.Dense(4) for _ in range(depth))])

def raises(depth):
    raise RuntimeError("not today")

def no_model(depth):
    return [depth]

def exits(depth):
    os._exit(3)

def reads_null(depth):
    ctypes.string_at(0)

def loops(depth):
    while True:
        pass

def allocates(depth):
    kept = []
    while True:
        kept.append(bytearray(b"x" * (1 << 24)))

def prints(depth):
    print("p" * (1 << 20))
    return good(depth)

def closes(depth):
    os.closerange(3, 4096)
    return good(depth)

def leaves_child(depth):
    code = "import time; time.sleep(600)"
    subprocess.Popen([sys.executable, "-c", code, "left-by-real-builder"], start_new_session=True)
    return good(depth)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(BUILDERS)
    return tmp_path


def arms(*names: str) -> list[str]:
    return [word for name in names for word in ("--arm", f"{name}=mine:{name}")]


def test_bad_builders_are_recorded_and_the_others_measured(folder: Path) -> None:
    bad = ("raises", "no_model", "exits", "reads_null", "loops", "allocates")
    odd = ("prints", "closes", "leaves_child")
    result = run(
        [
            *("run", *arms("good", *odd, *bad)),
            *("--layers", "2", "--rounds", "1", "--timeout", "15s", "--memory", "1500M", "--json"),
        ],
        folder,
    )
    assert result.returncode == 3, result.stderr
    document = json.loads(result.stdout)
    assert {failure["arm"]: failure["kind"] for failure in document["failures"]} == {
        "raises": "builder_error",
        "no_model": "not_a_model",
        "exits": "crashed",
        "reads_null": "crashed",
        "loops": "timed_out",
        "allocates": "out_of_memory",
    }
    reasons = {failure["arm"]: failure["reason"] for failure in document["failures"]}
    assert "RuntimeError: not today (mine.py, line 9)" in reasons["raises"]
    assert "SIGSEGV" in reasons["reads_null"]
    measured = {cell["arm"] for cell in document["cells"] if cell["phase"] == "inference"}
    assert measured == {"good", "placebo", *odd}
    left = [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if "left-by-real-builder" in (process.info["cmdline"] or [])
    ]
    assert not left


@pytest.mark.parametrize("isolation", ["start", "none"])
def test_own_builders_are_found_whatever_the_isolation(folder: Path, isolation: str) -> None:
    arguments = [*("run", *arms("good")), "--layers", "2", "--rounds", "1"]
    result = run([*arguments, "--isolation", isolation, "--json"], folder)
    assert result.returncode == 0, result.stderr
    cells = json.loads(result.stdout)["cells"]
    assert {"good", "placebo"} == {cell["arm"] for cell in cells if cell["phase"] == "construct"}


def test_missing_gpu_is_unavailable_in_tensorflow_s_words(folder: Path) -> None:
    if list(Path("/dev").glob("nvidia[0-9]*")):
        pytest.skip("this machine has a GPU")
    result = run(
        [*("run", *arms("good")), "--layers", "2", "--rounds", "1", "--device", "gpu", "--json"],
        folder,
    )
    assert result.returncode == 3, result.stderr
    failures = json.loads(result.stdout)["failures"]
    assert {failure["kind"] for failure in failures} == {"unavailable"}
    assert all("device:GPU" in failure["reason"] for failure in failures)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_stops_at_once_and_resumes(folder: Path, number: int) -> None:
    arguments = [*("run", *arms("good")), "--layers", "2", "--rounds", "3"]
    with start(arguments, folder, UNCOVERED) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("round 1:"):
                break
        family = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, number)
        errors = process.stderr.read()
        process.wait(timeout=20)
    assert process.returncode == 130
    assert "1 round stored" in errors
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    command = errors.rstrip().splitlines()[-1].partition("resume with: bench ")[2]
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (run_folder,) = (folder / "results" / "runs").iterdir()
    lost = run(["run", "--resume", str(run_folder)], elsewhere)
    assert lost.returncode == 2
    assert "there is no module 'mine'" in lost.stderr
    assert "resume in the folder in which the run was begun" in lost.stderr
    resumed = run([*command.split(), "--json"], folder)
    assert resumed.returncode == 0, resumed.stderr
    document = json.loads(resumed.stdout)
    assert (document["rounds"], document["status"]) == (3, "complete")


def test_dry_run_tells_the_time_and_makes_nothing(tmp_path: Path) -> None:
    arms = ["--arm", "inline=scenarios.builders:inline", "--architecture", "mlp", "--layers", "2"]
    result = run(["run", *arms, "--rounds", "3", "--dry-run", "--json"], tmp_path)
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert (document["schema"], document["cells"], document["rounds"]) == (1, 2, 3)
    assert document["seconds"] > 0
    assert not list(tmp_path.rglob("run.json"))
