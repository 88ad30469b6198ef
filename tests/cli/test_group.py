"""How the command line ends: the documented exit codes, and what it must not import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli.group import COMMANDS, run
from bench.domain.errors import BenchError
from bench.runs.findings import current_findings
from bench.store.run_folder import RunFolder
from tests.cli.command import ROOT
from tests.uncovered import UNCOVERED

HEAVY = ("keras", "matplotlib", "numpy", "pandas", "pyarrow", "scipy", "seaborn", "tensorflow")


def ended(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """The exit code of a command in which ``error`` is raised."""

    def broken() -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["bench", "list"])
    monkeypatch.setattr("bench.planning.registry.scenarios", broken)
    with pytest.raises(SystemExit) as left:
        run()
    assert isinstance(left.value.code, int)
    return left.value.code


def test_what_a_user_can_act_on_is_one_line_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, BenchError("do this instead")) == 2
    assert capsys.readouterr().err == "bench: do this instead\n"


def test_file_that_cannot_be_used_is_one_line_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, OSError(28, "No space left on device", "/full/file")) == 2
    assert capsys.readouterr().err == "bench: No space left on device: /full/file\n"


def test_error_of_the_suite_says_how_to_report_it_and_is_code_70(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, RuntimeError("surprise")) == 70
    said = capsys.readouterr().err
    assert "RuntimeError: surprise" in said
    assert "please report it" in said.splitlines()[-1]


def test_interrupted_command_is_code_130_and_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, KeyboardInterrupt()) == 130
    assert "bench: interrupted; run it again with: bench list\n" in capsys.readouterr().err


ENDED_EARLY = (
    "import os, signal, sys\n"
    "class Finder:\n"
    "    def find_spec(self, name, path, target=None):\n"
    "        if name == {module!r}:\n"
    "            for number in {signals}:\n"
    "                os.kill(os.getpid(), number)\n"
    "sys.meta_path.insert(0, Finder())\n"
    "sys.argv = ['bench', 'show', 'latest']\n"
    "from bench.cli import main\n"
    "main()\n"
)
"""Ends the process itself at the moment in which a module is imported."""


@pytest.mark.parametrize("module", ["click", "bench.cli.commands.show", "bench.store.run_folder"])
@pytest.mark.parametrize("signals", [(2,), (15,), (1,), (2, 2, 15, 1)])
def test_command_that_is_ended_at_any_moment_ends_in_words(
    module: str, signals: tuple[int, ...]
) -> None:
    source = ENDED_EARLY.format(module=module, signals=signals)
    # Below nohup the signal would be ignored, and bench leaves it so.
    source = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL)\n{source}"
    ended = subprocess.run(
        [sys.executable, "-c", source],
        cwd=ROOT,
        env={**os.environ, **UNCOVERED},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 130, ended.stderr
    assert "Traceback" not in ended.stderr


DROPPED = (
    "import os, signal, sys, time, weakref\n"
    "from bench.cli.signals import end_on_request, request_is_heard\n"
    "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
    "class Thing:\n"
    "    pass\n"
    "def ask(_):\n"
    "    for _ in range({times}):\n"
    "        os.kill(os.getpid(), {signal})\n"
    "end_on_request()\n"
    "thing = Thing()\n"
    "kept = weakref.ref(thing, ask)\n"
    "try:\n"
    "    del thing\n"
    "    time.sleep(30)\n"
    "except KeyboardInterrupt:\n"
    "    request_is_heard()\n"
    "    sys.exit(130)\n"
)
"""Is asked to end in a callback, where Python drops whatever is raised."""


@pytest.mark.parametrize("signal", [1, 2, 15])
@pytest.mark.parametrize("times", [1, 3])
def test_request_to_end_is_made_again_where_python_drops_it(signal: int, times: int) -> None:
    source = DROPPED.format(signal=signal, times=times)
    environment = {**os.environ, **UNCOVERED}
    ended = subprocess.run([sys.executable, "-c", source], cwd=ROOT, env=environment, check=False)
    assert ended.returncode == 130


STORING = (
    "import os, time\n"
    "from bench.cli.signals import end_on_request, request_is_heard\n"
    "end_on_request()\n"
    "def store():\n"
    "    try:\n"
    "        raise OSError\n"
    "    except OSError:\n"
    "        time.sleep(0.3)\n"
    "    os.kill(os.getpid(), 2)\n"
    "    time.sleep(0.3)\n"
    "    print('stored', flush=True)\n"
    "try:\n"
    "    try:\n"
    "        os.kill(os.getpid(), 2)\n"
    "    finally:\n"
    "        store()\n"
    "except KeyboardInterrupt:\n"
    "    request_is_heard()\n"
    "time.sleep(0.3)\n"
    "print('told', flush=True)\n"
)
"""Takes longer to end than it takes for a request to be made again, and is asked again."""


def test_what_is_ending_is_not_interrupted_again() -> None:
    command = [sys.executable, "-c", STORING]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("stored\ntold\n", "")


def test_command_without_standard_streams_starts_processes_all_the_same(tmp_path: Path) -> None:
    """As cron and daemons have it: the socket to a measured interpreter is none of them."""
    arms = "--arm one=scenarios.builders:inline --architecture mlp --layers 2 --rounds 1 --json"
    source = f"exec {sys.executable} -m bench run {arms} --no-evidence <&- >&- 2>&-"
    ended = subprocess.run(
        ["sh", "-c", source], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert ended.returncode == 0
    (folder,) = (tmp_path / "results" / "runs").iterdir()
    assert list((folder / "rounds").iterdir())


BENCH = f"{sys.executable} -m bench"
PUBLISHED = ROOT / "results" / "published" / "build_style"


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """``command`` in bash; the code is that of ``bench``, whoever reads from it."""
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", ["list", f"show {PUBLISHED}", f"show {PUBLISHED} --json"])
def test_reader_that_leaves_ends_a_command_quietly(tmp_path: Path, arguments: str) -> None:
    ended = shell(f"{BENCH} {arguments} | true", tmp_path)
    assert (ended.returncode, ended.stderr) == (141, "")


@pytest.mark.parametrize("arguments", ["list", f"show {PUBLISHED}", f"show {PUBLISHED} --json"])
def test_output_without_room_is_one_line(tmp_path: Path, arguments: str) -> None:
    ended = shell(f"{BENCH} {arguments} >/dev/full", tmp_path)
    assert (ended.returncode, ended.stderr) == (2, "bench: No space left on device\n")


def test_errors_that_nobody_reads_end_nothing(tmp_path: Path) -> None:
    ended = shell(f"{BENCH} list 2>/dev/full", tmp_path)
    assert ended.returncode == 0
    assert ended.stdout


@pytest.mark.parametrize(
    "arguments", ["--help", "--version", "list", *(f"{name} --help" for name in COMMANDS)]
)
def test_what_measures_nothing_imports_nothing_heavy(tmp_path: Path, arguments: str) -> None:
    code = (
        "import sys\n"
        "from bench.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        f"    loaded = sorted(set({HEAVY!r}) & set(sys.modules))\n"
        "    assert not loaded, loaded\n"
    )
    command = [sys.executable, "-c", code, *arguments.split(" ")]
    ran = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert ran.returncode == 0, ran.stderr.decode()


def test_findings_that_are_stored_are_shown_without_the_analysis(tmp_path: Path) -> None:
    current_findings(RunFolder(PUBLISHED))
    code = (
        "import sys\n"
        "from bench.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    heavy = {'keras', 'matplotlib', 'pandas', 'scipy', 'seaborn', 'tensorflow'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    command = [sys.executable, "-c", code, "show", str(PUBLISHED), "--json"]
    ran = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert ran.returncode == 0, ran.stderr.decode()
