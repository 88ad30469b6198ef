"""Temporary folders: removed with their process, or by the next one; those of others are not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.execution.processes.scratch import PREFIX, remove_abandoned

HOLDS = (
    "import sys\n"
    "from bench.execution.processes.scratch import new_folder\n"
    "print(new_folder('x').parent, flush=True)\n"
    "sys.stdin.read()\n"
)


def holder(where: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process with a folder below ``where``, and that folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(where)},
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def make_old(folder: Path) -> None:
    os.utime(folder, (0, 0))


def test_folder_goes_with_its_process(tmp_path: Path) -> None:
    process, folder = holder(tmp_path)
    assert folder.parent == tmp_path
    process.communicate()
    assert process.returncode == 0
    assert not list(tmp_path.iterdir())


def test_folder_of_a_killed_process_is_removed_by_the_next_one(tmp_path: Path) -> None:
    killed, abandoned = holder(tmp_path)
    killed.kill()
    killed.communicate()
    make_old(abandoned)
    process, folder = holder(tmp_path)
    assert list(tmp_path.iterdir()) == [folder]
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGSTOP, None])
def test_folder_of_a_living_process_stays(tmp_path: Path, number: signal.Signals | None) -> None:
    process, folder = holder(tmp_path)
    if number is not None:
        process.send_signal(number)
    make_old(folder)
    remove_abandoned(tmp_path)
    assert (folder / "..").is_dir()
    assert list(folder.iterdir())
    process.kill()
    process.communicate()


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{PREFIX}file").touch()
    (tmp_path / f"{PREFIX}young").mkdir()
    (tmp_path / "other").mkdir()
    make_old(tmp_path / f"{PREFIX}file")
    make_old(tmp_path / "other")
    before = sorted(tmp_path.rglob("*"))
    remove_abandoned(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


INTERRUPTED = (
    "import os, signal, threading, time\n"
    "from bench.execution.processes.scratch import new_folder\n"
    "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    "opened = os.open\n"
    "def interrupted(*arguments):\n"
    "    file = opened(*arguments)\n"
    "    os.kill(os.getpid(), signal.SIGINT)\n"
    "    time.sleep(0.1)\n"
    "    return file\n"
    "os.open = interrupted\n"
    "try:\n"
    "    new_folder('x')\n"
    "except KeyboardInterrupt:\n"
    "    print('interrupted')\n"
)


def test_request_to_end_waits_for_what_is_being_made_even_beside_other_threads(
    tmp_path: Path,
) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", INTERRUPTED]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == "interrupted\n", done.stderr
    assert not list(tmp_path.iterdir())
