"""A scenario file that cannot be read, or imported, costs one line that says why."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.domain.errors import InvalidScenario
from bench.planning.scenario_files import scenarios_of

DECLARED = "from bench import Arm, Scenario\nmine = Scenario('What?', {'a': Arm('m:a')}, 'a')\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = " + "+".join(["1"] * 100_000), "RecursionError"),
        ("x = " + "(" * 300 + ")" * 300, "SyntaxError: too many nested parentheses"),
        ("def f(): f()\nf()", "RecursionError: maximum recursion depth exceeded"),
        ("raise GeneratorExit('bye')", "GeneratorExit: bye"),
        ("import sys\nsys.exit(0)", "SystemExit: 0"),
        ("raise ValueError('one\\ntwo \\x1b[31mred')", "ValueError: one two red"),
        ("raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})", "Odd: its message"),
        ("x = '\0'", "null bytes"),
        ("from bench import Arm\nArm('no reference')", "mine.py: 'no reference' does not name a"),
    ],
    ids=["deep", "nested", "endless", "generator", "exit", "lines", "unspeakable", "null", "own"],
)
def test_file_that_does_not_import_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InvalidScenario) as raised:
        scenarios_of(written(tmp_path, text))
    assert str(raised.value).startswith("mine.py: ")
    assert words in str(raised.value)
    assert str(raised.value).isprintable()


def test_interrupt_while_a_file_is_imported_stays_one(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        scenarios_of(written(tmp_path, "raise KeyboardInterrupt"))


PRINTS = """
import os, subprocess
print("by print")
os.write(1, b"by a descriptor\\n")
subprocess.run(["echo", "by a child"], check=True)
"""


@pytest.mark.parametrize("last", ["", "raise ValueError('no')"])
def test_what_a_file_prints_is_no_part_of_the_answer(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], last: str
) -> None:
    path = written(tmp_path, f"{DECLARED}{PRINTS}{last}\n")
    if last:
        with pytest.raises(InvalidScenario):
            scenarios_of(path)
    else:
        assert set(scenarios_of(path)) == {"mine"}
    sys.stdout.write("the answer\n")
    printed = capfd.readouterr()
    assert printed.out == "the answer\n"
    assert {"by print", "by a descriptor", "by a child"} <= set(printed.err.splitlines())
