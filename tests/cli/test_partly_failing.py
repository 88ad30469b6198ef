"""Runs in which something fails, on real Keras: the rest is shown, and each failure once."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.cli.command import run

BUILDERS = """
import keras

from too_deep import functional, limited

def works(depth):
    return keras.Sequential([keras.Input((8,)), *(keras.layers.Dense(8) for _ in range(depth))])

def raises(depth):
    raise ValueError("no such depth")

class Refusing(keras.layers.Layer):
    def call(self, x):
        raise ValueError("no calls today")

def built_and_refusing(depth):
    layer = Refusing()
    layer.built = True
    model = keras.Sequential([layer])
    model.built = True
    return model

def rolled(depth):
    return keras.Sequential([keras.Input((depth, 8)), keras.layers.LSTM(16)])

def unrolled(depth):
    return keras.Sequential([keras.Input((depth, 8)), keras.layers.LSTM(16, unroll=True)])
"""

INPUTS = Path(__file__).parents[1] / "field" / "inputs"
"""What public reports describe."""

QUICK = ("--quick", "--rounds", "2", "--replicates", "1", "--no-evidence")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(BUILDERS)
    shutil.copy(INPUTS / "too_deep.py", tmp_path)
    return tmp_path


def ran(folder: Path, *words: str, code: int = 3, **arms: str) -> CompletedProcess[str]:
    named = [word for arm, builder in arms.items() for word in ("--arm", f"{arm}=mine:{builder}")]
    result = run(["run", *QUICK, *named, *words], folder)
    assert result.returncode == code, result.stderr
    for text in (result.stdout, result.stderr):
        assert "Traceback" not in text
        assert "after 0 rounds" not in text
    assert "is not drawn" not in result.stderr
    assert "no events for TensorBoard" not in result.stderr
    return result


def published(folder: Path) -> tuple[set[str], dict[str, object]]:
    """The kinds of charts that were drawn, and the findings; there are events for TensorBoard."""
    (made,) = (folder / "results" / "runs").iterdir()
    assert list((made / "tensorboard").rglob("events.out.tfevents.*"))
    charts = {path.stem.rpartition("-")[2] for path in (made / "charts").glob("*.png")}
    return charts, json.loads((made / "findings.json").read_text())


def line(text: str, *words: str) -> str:
    """The first line that has all of ``words``."""
    return next(each for each in text.splitlines() if all(word in each for word in words))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_times_are_shown_alone_where_the_baseline_fails(folder: Path) -> None:
    told = ran(
        folder, "--layers", "2", "--call-mode", "function,predict", bad="raises", good="works"
    )
    answer = flat(told.stdout)
    assert "bad failed, so nothing is compared with it: good takes" in answer
    assert "--baseline good" in answer
    assert answer.count("Failed: bad") == 1
    assert re.search(r"good +first_call +\d[\d.]* ms", told.stdout)
    assert re.search(r"bad +first_call +given up", told.stdout)
    charts, findings = published(folder)
    assert {"cost", "lifecycle", "memory"} <= charts
    assert "ratios" not in charts
    assert isinstance(findings["comparisons"], list)
    assert {each["verdict"] for each in findings["comparisons"]} == {"failed"}


def test_depths_that_worked_are_compared_where_the_deepest_fails(folder: Path) -> None:
    told = ran(folder, "--layers", "2,4,16", one="limited", two="limited")
    row = line(told.stdout[told.stdout.index("Time relative to one") :], "two ", "construct")
    assert re.fullmatch(r"two +construct +\d\.\d\d \? +\d\.\d\d \? +given up *", row)
    answer = flat(told.stdout)
    assert "two to construct" in answer
    assert "Resident memory retained after ready at 4 layers" in answer
    charts, _ = published(folder)
    assert {"cost", "ratios", "lifecycle", "memory"} <= charts


def test_real_limit_of_keras_costs_its_depth_alone(folder: Path) -> None:
    told = ran(folder, "--layers", "100,1200", "--input", "float32[2,1]", a="functional")
    answer = flat(told.stdout)
    assert "a takes" in answer
    assert "at 100 layers" in answer
    assert "RecursionError" in answer
    charts, _ = published(folder)
    assert "lifecycle" in charts


def test_phases_before_a_failing_call_are_compared(folder: Path) -> None:
    told = ran(
        folder,
        *("--layers", "2", "--call-mode", "eager", "--input", "float32[2,8]"),
        good="works",
        bad="built_and_refusing",
    )
    answer = flat(told.stdout)
    assert "first_call raised ValueError" in answer
    _, findings = published(folder)
    assert isinstance(findings["comparisons"], list)
    verdicts = {
        each["phase"]: each["verdict"]
        for each in findings["comparisons"]
        if each["arm"] == "bad" and each["metric"] == "seconds"
    }
    assert verdicts["construct"] != "failed"
    assert verdicts["first_call"] == "failed"


def test_growth_is_told_of_every_phase(folder: Path) -> None:
    told = ran(
        folder,
        *("--layers", "4,16,64", "--call-mode", "function,xla"),
        code=0,
        rolled="rolled",
        unrolled="unrolled",
    )
    answer = flat(told.stdout.partition("complete, 2")[0])
    for call_mode, phase in (("function", "trace"), ("xla", "xla_compile")):
        begin = f"{call_mode}: From 4 to 64 layers, "
        said = rf"{begin}.*{phase} takes [\d.]+ times as long with unrolled"
        assert re.search(said, answer), answer
    assert told.stdout.count("\ngrowth ") == 2
    _, findings = published(folder)
    assert isinstance(findings["scaling"], list)
    for fit in findings["scaling"]:
        assert fit["growth"] != "unresolved" or fit["forecast"] is None
        assert fit["forecast"] is None or fit["forecast"]["value"] > 0


def test_one_arm_that_works_is_shown_among_many_that_do_not(folder: Path) -> None:
    told = ran(
        folder,
        *("--layers", "16", "--input", "float32[2,8]"),
        raising="raises",
        limited="limited",
        good="works",
        refusing="built_and_refusing",
    )
    answer = flat(told.stdout)
    assert "good takes" in answer
    told_of = [each for each in answer.split("failed: ")[1:] if not each.startswith("placebo")]
    for reason in ("no such depth", "recursion depth exceeded", "trace raised ValueError"):
        assert len([each for each in told_of if reason in each]) == 1
