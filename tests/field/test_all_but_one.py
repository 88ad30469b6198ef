"""One run in which every arm but one fails, each in a way of its own, on real TensorFlow."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.command import run, start

INPUTS = Path(__file__).parent / "inputs"

MODULES = {
    "raises_at_import.py": "raise OSError('no licence file')\n",
    "hangs_at_import.py": "import time\n\ntime.sleep(600)\n",
    "ends.py": """
import ctypes
import os
import sys
import time
from pathlib import Path

import failing_baseline


def exits(depth):
    print("need a GPU, bye", file=sys.stderr)
    os._exit(3)


def crashes(depth):
    ctypes.string_at(0)


def hangs_in_c(depth):
    ctypes.CDLL(None).pause()


def waits_to_be_killed(depth):
    Path("waiting").write_text(str(os.getpid()))
    time.sleep(600)


def allocates(depth):
    kept = []
    while True:
        kept.append(bytearray(b"x" * (1 << 26)))


def takes_others(depth):
    import keras

    return keras.Sequential([keras.Input((4,)), *(keras.layers.Dense(4) for _ in range(depth))])
""",
}

ARMS = {
    "raises": ("failing_baseline:raises", "builder_error", "ValueError: no such depth"),
    "exits": ("ends:exits", "crashed", "exit status 3 in construct: need a GPU, bye"),
    "hangs_at_import": ("hangs_at_import:works", "timed_out", "took more than 10 s, in import"),
    "crashes": ("ends:crashes", "crashed", "killed by SIGSEGV in construct"),
    "hangs_in_c": ("ends:hangs_in_c", "timed_out", "took more than 10 s, in construct"),
    "killed": ("ends:waits_to_be_killed", "crashed", "killed by SIGKILL in construct"),
    "out_of_memory": ("ends:allocates", "out_of_memory", "took more than 1500 MiB, in construct"),
    "not_imported": ("raises_at_import:works", "builder_error", "OSError: no licence file"),
    "bad_inputs": ("ends:takes_others", "generated_data", "and --input says float32[any,8]"),
    "own_compile": ("own_compile:not_compiled", "unavailable", "takes (maker_optimizer, judged"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("failing_baseline.py", "own_compile.py"):
        shutil.copy(INPUTS / name, tmp_path)
    for name, text in MODULES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def kill_whoever_waits(folder: Path) -> None:
    waiting = folder / "waiting"
    with suppress(FileNotFoundError, ValueError, ProcessLookupError):
        process = int(waiting.read_text())
        waiting.unlink()
        os.kill(process, signal.SIGKILL)


def test_the_one_that_works_is_shown_and_each_failure_told_once(folder: Path) -> None:
    arguments = [
        *("run", "--quick", "--rounds", "2", "--replicates", "1", "--jobs", "2", "--layers", "2"),
        *("--call-mode", "train", "--input", "float32[8,8]", "--memory", "1500M"),
        *("--timeout", "10", "--budget", "10m", "--arm", "good=failing_baseline:works"),
        *(word for arm, (builder, *_) in ARMS.items() for word in ("--arm", f"{arm}={builder}")),
    ]
    with start(arguments, folder) as process:
        while process.poll() is None:
            kill_whoever_waits(folder)
            time.sleep(0.1)
        output, errors = process.communicate()
    assert process.returncode == 3, errors
    assert "Traceback" not in output + errors
    assert re.search(r"^good +step +[\d.]+ [mµ]?s *$", output, re.MULTILINE), output
    told = " ".join(output.partition("\nfailed: ")[2].split()).split(" failed: ")
    assert len(told) == len(ARMS), told
    document = json.loads(run(["show", "latest", "--json"], folder).stdout)
    (made,) = (folder / "results" / "runs").iterdir()
    assert {each["arm"] for each in document["cells"] if each["phase"] == "step"} == {
        "good",
        "placebo",
    }
    for arm, (_, kind, reason) in ARMS.items():
        (line,) = [each for each in told if f": {arm} at 2 layers" in each]
        assert f": {kind} in " in line
        assert reason in line
        assert "given up after " in line or "not tried again, since all rounds are made" in line
        found = [each for each in document["failures"] if each["arm"] == arm]
        assert {each["kind"] for each in found} == {kind}
        assert all(each["log"] is None or (made / each["log"]).exists() for each in found)
    before = {each["phase"] for each in document["cells"] if each["arm"] == "own_compile"}
    assert "construct" in before, "what had ended before it failed counts"
