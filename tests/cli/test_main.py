"""How the command line ends: the documented exit codes, and what it must not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli.main import COMMANDS, main
from bench.domain.errors import BenchError
from tests.cli.command import ROOT

HEAVY = ("keras", "matplotlib", "numpy", "pandas", "pyarrow", "scipy", "seaborn", "tensorflow")


def ended(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """The exit code of a command in which ``error`` is raised."""

    def broken() -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["bench", "list"])
    monkeypatch.setattr("bench.planning.registry.scenarios", broken)
    with pytest.raises(SystemExit) as left:
        main()
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


def test_interrupted_command_is_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended(monkeypatch, KeyboardInterrupt()) == 130


@pytest.mark.parametrize(
    "arguments", ["--help", "--version", "list", *(f"{name} --help" for name in COMMANDS)]
)
def test_what_measures_nothing_imports_nothing_heavy(tmp_path: Path, arguments: str) -> None:
    code = (
        "import sys\n"
        "from bench.cli.main import main\n"
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
    run = ROOT / "results" / "published" / "build_style"
    code = (
        "import sys\n"
        "from bench.cli.main import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    heavy = {'keras', 'matplotlib', 'pandas', 'scipy', 'seaborn', 'tensorflow'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    command = [sys.executable, "-c", code, "show", str(run), "--json"]
    ran = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert ran.returncode == 0, ran.stderr.decode()
