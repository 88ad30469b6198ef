"""What befalls people's runs, on real TensorFlow: imports, surroundings, names, signals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.cli.command import start
from tests.fakes.waiting import eventually

INPUTS = Path(__file__).parent / "inputs"

QUICK = ("--quick", "--rounds", "2", "--replicates", "1", "--no-evidence", "--layers", "2")

WORDS = {
    "raises_at_import.py": "import keras\n\nraise OSError('no licence file')\n",
    "exits_at_import.py": (
        "import os, sys\n\nprint('need a GPU, bye', file=sys.stderr)\nos._exit(3)\n"
    ),
    "hangs_at_import.py": "import time\n\ntime.sleep(600)\n",
    "spawns.py": """
import multiprocessing

import failing_baseline


def root(number):
    return number**0.5


def works(depth):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(root, [4, 9]) == [2, 3]
    return failing_baseline.works(depth)
""",
    "flags_at_import.py": """
import argparse

from absl import flags

import failing_baseline

flags.DEFINE_integer("units", 8, "units")
flags.FLAGS(__import__("sys").argv)
parser = argparse.ArgumentParser()
parser.add_argument("--units", type=int, default=8)
assert parser.parse_args().units == flags.FLAGS.units == 8
works = failing_baseline.works
""",
    "takes_long.py": """
import time

import failing_baseline


def works(depth):
    time.sleep(2)
    return failing_baseline.works(depth)
""",
    "utils.py": "import failing_baseline\n\nworks = failing_baseline.works\n",
    "tests/models.py": "import failing_baseline\n\nworks = failing_baseline.works\n",
    "scenarios/mine.py": "import failing_baseline\n\nworks = failing_baseline.works\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the modules that people have."""
    for path in INPUTS.glob("*.py"):
        shutil.copy(path, tmp_path)
    for name, text in WORDS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


class Finished:
    """What a command printed, and its exit code."""

    def __init__(self, code: int, output: str, errors: str) -> None:
        self.code = code
        self.output = output
        self.errors = errors

    @property
    def document(self) -> Any:
        return json.loads(self.output)

    def reasons(self, arm: str) -> set[tuple[str, str]]:
        """The kinds and reasons of the failures of ``arm``."""
        found = (each for each in self.document["failures"] if each["arm"] == arm)
        return {(each["kind"], each["reason"]) for each in found}

    def measured(self) -> set[str]:
        """The arms with measured calls."""
        return {each["arm"] for each in self.document["cells"] if each["phase"] == "inference"}


def bench(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Finished:
    with start(arguments, folder, environment) as process:
        output, errors = process.communicate(timeout=500)
    assert "Traceback" not in errors, errors
    return Finished(process.returncode, output, errors)


def arms(**builders: str) -> list[str]:
    return [word for name, builder in builders.items() for word in ("--arm", f"{name}={builder}")]


def test_each_arm_fails_for_its_own_reason_and_the_others_are_measured(folder: Path) -> None:
    found = bench(
        folder,
        *("run", *QUICK, "--json", "--call-mode", "eager,function", "--timeout", "20s"),
        *arms(
            plain="threads_in_builder:plain",
            threads="threads_in_builder:sets_threads",
            usual="scope_names:usual",
            brackets="scope_names:bracketed",
            raises="raises_at_import:works",
            exits="exits_at_import:works",
            spawns="spawns:works",
            flags="flags_at_import:works",
            utils="utils:works",
            tests="tests.models:works",
            scenarios="scenarios.mine:works",
        ),
    )
    assert found.code == 3, found.errors
    measured = {"plain", "placebo", "usual", "spawns", "flags", "utils", "tests", "scenarios"}
    assert found.measured() == {*measured, "brackets"}
    ((kind, reason),) = found.reasons("threads")
    assert kind == "builder_error"
    assert "the suite has started the runtime before construct" in reason
    assert "--threads" in reason
    assert "(threads_in_builder.py, line 8)" in reason
    assert found.reasons("raises") == {
        (
            "builder_error",
            "module 'raises_at_import' does not import: OSError: no licence file "
            "(raises_at_import.py, line 3)",
        )
    }
    assert found.reasons("exits") == {
        ("crashed", "the process ended itself with exit status 3 in import: need a GPU, bye")
    }
    ((_, reason),) = found.reasons("brackets")
    assert "is not a valid " in reason
    assert "scope name" in reason
    assert "(built by scope_names.py, line " in reason
    failed_modes = {
        each["call_mode"] for each in found.document["failures"] if each["arm"] == "brackets"
    }
    assert failed_modes == {"function"}
    logs = {each["log"] for each in found.document["failures"] if each["arm"] == "raises"}
    (run,) = (folder / "results" / "runs").iterdir()
    assert all("no licence file" in (run / log).read_text() for log in logs)
    shown = bench(folder, "show", "latest").output
    assert shown.count("no licence file") <= 2, "once in the answer, once with its log"
    assert "(eager, function)" in shown


@pytest.mark.parametrize("name", ["random", "code"])
def test_name_that_is_loaded_already_is_refused_with_both_files(folder: Path, name: str) -> None:
    (folder / f"{name}.py").write_text(f"def works(depth):\n    return {name!r}\n")
    found = bench(folder, "run", *QUICK, *arms(a=f"{name}:works"))
    assert found.code == 2
    last = found.errors.splitlines()[-1]
    assert f"the name {name!r} is taken" in last
    assert str(folder / f"{name}.py") in last
    assert f"{os.sep}{name}.py before" in last


def test_arm_that_hangs_at_import_is_timed_out(folder: Path) -> None:
    found = bench(
        folder,
        *("run", *QUICK, "--json", "--timeout", "8s"),
        *arms(good="failing_baseline:works", hangs="hangs_at_import:works"),
    )
    assert found.code == 3, found.errors
    assert found.measured() == {"good", "placebo"}
    assert {kind for kind, _ in found.reasons("hangs")} == {"timed_out"}


def test_settings_of_keras_and_variables_are_told(folder: Path) -> None:
    home = folder / "keras_home"
    home.mkdir()
    (home / "keras.json").write_text('{"floatx": "float64"}')
    found = bench(
        folder,
        *("run", *QUICK, "--json", "--threads", "2"),
        *arms(one="threads_at_import:build"),
        environment={"KERAS_HOME": str(home), "TF_ENABLE_ONEDNN_OPTS": "0"},
    )
    assert found.code == 0, found.errors
    document = found.document
    assert document["environment"]["floatx"] == "float64"
    assert document["environment"]["TF_ENABLE_ONEDNN_OPTS"] == "0"
    answer = "\n".join(document["answer"])
    assert "floatx is float64" in answer
    assert "TF_ENABLE_ONEDNN_OPTS is 0" in answer
    assert "threads_at_import sets intra_op_threads to 1 and inter_op_threads to 1" in answer
    assert "--threads 2 is what was used" in answer


def test_threads_that_a_module_sets_are_told(folder: Path) -> None:
    found = bench(folder, "run", *QUICK, "--json", *arms(one="threads_at_import:build"))
    assert found.code == 0, found.errors
    assert found.measured() == {"one", "placebo"}
    answer = "\n".join(found.document["answer"])
    assert "threads_at_import sets intra_op_threads to 1 and inter_op_threads to 1" in answer


@pytest.mark.parametrize("variable", ["XLA_FLAGS", "TF_XLA_FLAGS"])
def test_environment_that_breaks_the_framework_is_told_once(folder: Path, variable: str) -> None:
    found = bench(
        folder,
        *("run", *QUICK, "--call-mode", "function,xla"),
        *arms(good="failing_baseline:works", other="failing_baseline:works"),
        environment={variable: "--no_such_flag=1"},
    )
    said = found.output + found.errors
    assert found.code in (2, 3), said
    assert "no_such_flag" in said
    assert len([line for line in found.output.splitlines() if line.startswith("failed: ")]) <= 2


def test_ascii_terminal_is_no_obstacle(folder: Path) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONCOERCECLOCALE": "0"}
    good = arms(good="failing_baseline:works")
    found = bench(folder, "run", *QUICK, *good, environment=ascii_only)
    assert found.code == 0, found.errors
    shown = bench(folder, "show", "latest", environment=ascii_only)
    assert shown.code == 0, shown.errors
    for text in (found.output, found.errors, shown.output):
        assert text.isascii()
    assert "good" in shown.output
    in_c = {"LC_ALL": "C", "PYTHONUTF8": "0"}
    for surroundings in (ascii_only, in_c, {**in_c, "PYTHONCOERCECLOCALE": "0"}):
        listed = bench(folder, "list", environment=surroundings)
        assert listed.code == 0, listed.errors
        assert "build_style" in listed.output


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_signal_from_outside_costs_a_round_at_most(folder: Path, number: signal.Signals) -> None:
    """Killed is the interpreter that waits for the next round; stopped is an invocation."""
    arguments = [
        *("run", "--quick", "--rounds", "4", "--replicates", "1", "--no-evidence", "--json"),
        *("--layers", "2", "--timeout", "15", *arms(good="takes_long:works")),
    ]
    with start(arguments, folder) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("round 1:"):
                break
        if number == signal.SIGKILL:
            for zygote in zygotes(process.pid):
                zygote.kill()
        else:
            assert eventually(lambda: stop_an_invocation(process.pid), timeout_s=60)
        output = process.stdout.read() if process.stdout else ""
        errors = process.stderr.read()
        process.wait(timeout=200)
    found = Finished(process.returncode, output, errors)
    assert "Traceback" not in errors
    assert found.document["rounds"] == 4
    assert found.measured() == {"good", "placebo"}
    assert all(
        kind == "crashed" and "SIGKILL" in reason
        if number == signal.SIGKILL
        else kind == "timed_out"
        for arm in ("good", "placebo")
        for kind, reason in found.reasons(arm)
    )
    assert found.code == (3 if found.document["failures"] else 0)
    if number == signal.SIGSTOP:
        assert found.document["failures"]


@pytest.mark.parametrize("command", [["explain"], ["run", "--quick", "--dry-run"]])
def test_interpreter_killed_before_a_run_or_instead_of_one_is_replaced(
    folder: Path, command: list[str]
) -> None:
    """It is killed while it imports, and its successor once it is at work."""
    arguments = [*command, "--layers", "2,4", *arms(good="failing_baseline:works")]
    with start(arguments, folder) as process:
        assert eventually(lambda: kill_a_zygote(process.pid, is_at_work=False), timeout_s=60)
        assert eventually(lambda: kill_a_zygote(process.pid, is_at_work=True), timeout_s=60)
        output, errors = process.communicate(timeout=200)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert "failed" not in output


@pytest.mark.parametrize("command", [["explain"], ["run", "--quick", "--dry-run"]])
def test_what_breaks_the_preparation_is_one_line(folder: Path, command: list[str]) -> None:
    broken = folder / "broken"
    broken.mkdir()
    (broken / "tensorflow.py").write_text("raise ImportError('libcudart.so.99 is not there')\n")
    two = arms(good="failing_baseline:works", other="failing_baseline:works")
    found = bench(
        folder, *command, "--layers", "2,4", *two, environment={"PYTHONPATH": str(broken)}
    )
    assert found.code == 2
    said = [line for line in (found.output + found.errors).splitlines() if "libcudart" in line]
    assert len(said) == 1, found.output + found.errors
    assert said[0].startswith("bench: the measured interpreter ended with exit status 1: ")


def kill_a_zygote(controller: int, is_at_work: bool) -> bool:
    """Whether one could be killed: one that has invocations, or one that has none."""
    with suppress(psutil.NoSuchProcess):
        for zygote in zygotes(controller):
            if bool(invocations(zygote)) == is_at_work:
                zygote.kill()
                return True
    return False


def zygotes(controller: int) -> list[psutil.Process]:
    children = psutil.Process(controller).children()
    return [each for each in children if "zygote" in each.cmdline()]


def stop_an_invocation(controller: int) -> bool:
    """Stop one of ``takes_long`` that cannot have ended its work yet."""
    for zygote in zygotes(controller):
        for invocation in invocations(zygote):
            if time.time() - invocation.create_time() < 1:
                invocation.suspend()
                return True
    return False


def invocations(zygote: psutil.Process) -> list[psutil.Process]:
    """What it has forked; other programs run under it too while the framework is imported."""
    return [each for each in zygote.children() if each.cmdline() == zygote.cmdline()]
