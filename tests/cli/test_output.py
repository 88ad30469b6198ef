"""What is printed reaches any terminal or pipe, and nothing in it is obeyed."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bench.domain.words import printable, without_controls
from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.report.tables.model import Block, LabelledList, paragraph
from bench.report.terminal import render_terminal
from tests.cli.command import ROOT
from tests.execution.test_accidents import plan_of
from tests.fakes.plan import fake_folder

SIGNS = "3.6 × as long, ±5 %, 10 µs … größe → ² ≤ 漢"

SCRIPT = """
import sys
from bench.cli.output import console, echo, prepare_streams
prepare_streams()
echo(sys.argv[1])
console(width=200).print(sys.argv[1])
"""

ASCII = {"PYTHONIOENCODING": "ascii", "PYTHONCOERCECLOCALE": "0"}
PLAIN_C = {"LC_ALL": "C", "PYTHONUTF8": "0"}
LATIN = {"PYTHONIOENCODING": "latin-1"}


def python(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    kept = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": "/nowhere"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={**kept, **environment}, capture_output=True
    )


@pytest.mark.parametrize("environment", [ASCII, PLAIN_C])
def test_signs_that_the_terminal_lacks_are_replaced(environment: dict[str, str]) -> None:
    # Under an ASCII locale, arguments could not hold them.
    script = SCRIPT.replace("sys.argv[1]", ascii(SIGNS))
    done = python("-c", script, environment=environment)
    assert done.returncode == 0, done.stderr
    line = b"3.6 x as long, +-5 %, 10 us ... grosse -> ^2 <= ?\n"
    assert done.stdout == line + line


def test_terminal_with_some_of_the_signs_shows_those() -> None:
    done = python("-c", SCRIPT, "größe ± … 漢", environment=LATIN)
    assert done.stdout.decode("latin-1").splitlines()[0] == "größe ± ... ?"


def test_unicode_terminal_shows_all_signs() -> None:
    done = python("-c", SCRIPT, SIGNS, environment={"PYTHONUTF8": "1"})
    assert done.stdout.decode().splitlines() == [SIGNS, SIGNS]


@pytest.mark.parametrize("environment", [ASCII, PLAIN_C])
@pytest.mark.parametrize("arguments", ["list", "list --json", "--help", "run --help", "run größe"])
def test_no_command_dies_of_an_ascii_terminal(environment: dict[str, str], arguments: str) -> None:
    done = python("-m", "bench", *arguments.split(), environment=environment)
    assert done.returncode == (2 if "größe" in arguments else 0), done.stderr
    assert (done.stdout + done.stderr).isascii()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [bold]text[/] :smile:", "plain [bold]text[/] :smile:"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("bell\x07 back\x08", "bell back"),
        ("two\nlines", "two\nlines"),
        ("right\u202eleft", "rightleft"),
        ("4\u00a0layers", "4\u00a0layers"),
    ],
)
def test_controls_and_markup_are_not_obeyed(text: str, shown: str) -> None:
    assert without_controls(text) == shown


def test_message_is_told_in_one_line() -> None:
    assert printable("a\r\nb\t\x1b[1mc\x1b[0m  d") == "a b c d"


def test_tables_show_no_controls() -> None:
    output = StringIO()
    blocks: list[Block] = [
        paragraph("a\x1b[31mb [/b]"),
        LabelledList((("x", "c\x1b[0md [/]"),), gap=1),
    ]
    Console(file=output, width=80, force_terminal=True, color_system=None).print(
        render_terminal(blocks)
    )
    assert "\x1b[31m" not in output.getvalue()
    assert "ab [/b]" in output.getvalue()
    assert "cd [/]" in output.getvalue()


@pytest.mark.parametrize("name", ["a [/b]", "[/]", "[bold]", ":smile:"])
def test_names_are_not_taken_for_markup(tmp_path: Path, name: str) -> None:
    arms = {
        "good": "tests.fakes.builders:by_depth",
        name: "tests.fakes.builders:by_depth",
        f"bad {name}": "tests.fakes.colours:raises",
    }
    folder = fake_folder(tmp_path / "runs" / "run", plan_of(arms))
    execute_run(folder, Listener())
    out = str(folder.path)
    for arguments in (("show", out), ("explain", out, "--trust"), ("show", out, "--json")):
        done = python("-m", "bench", *arguments, environment={"PYTHONUTF8": "1"})
        assert done.returncode in (0, 3), done.stderr
        assert b"Traceback" not in done.stderr
        assert b"\x1b" not in done.stdout + done.stderr
        assert name.encode() in done.stdout
