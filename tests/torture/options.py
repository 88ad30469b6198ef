"""Calls every command with hostile values: it is refused in one line, or does what was asked.

Nothing is measured: interpreters do not start. Options come from the commands themselves, so that
new ones are tried as they come.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import random
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from bench.cli import group
from bench.cli.errors import INTERNAL_ERROR
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from tests.torture.campaign import Trial, Wrong, limited

LONGEST_MESSAGE = 1500

NOWHERE = "/dev/null/nowhere"
"""A folder that nobody can make."""

NUMBERS = (
    *[
        "0",
        "-0",
        "-1",
        "1",
        "2",
        "007",
        "+3",
        "1_0",
        "0x10",
        "1e3",
        "1e400",
        "1.5",
        ".5",
        "nan",
        "inf",
        "-inf",
        "2147483648",
        "1e308",
        "0.0",
        "٣",
        "３",
        "²",
        "1,,2",
    ],
    *(" 4 ", "4\n", ",", "4;5", "9" * 400, "9" * 5000, "2,4,8", "10000000", "3000000000"),
)
QUANTITIES = (
    *[
        "0s",
        "1ms",
        "5S",
        "1e3s",
        "-5s",
        "10d",
        "1hh",
        "1h,1h",
        "5%%",
        "%",
        "500%",
        "0.0001%",
        "1000000%",
        "1K",
        "1KB",
        "0G",
        "99999T",
        "1P",
        "-1G",
        "٣s",
        "∞",
    ],
    *("1 h", "9" * 400 + "h", "9" * 400 + "%", "9" * 400 + "T", "10s", "5%", "2G"),
)
TEXTS = (
    *("", " ", "\t", "\n", "a\nb", "\r", "\x1b[31mred\x1b[0m", "\x07", "\u202eabc", "\u200b", "🔥"),
    *("é" * 150, "x" * 300, "x" * 100_000, "..", ".", "/", "../../../etc/passwd", "~", "-", "--"),
    *("$(id)", "; rm x", "'", '"', "\\", "%s%n", "{}", "[red]x[/red]", "[/]", "<b>x</b>", "a|b"),
    *("*", "[", "**/*", "null", "None", "placebo", "latest", "default", "=", "a=", "=b", "a=b"),
    *("a=b:c", "a=b:c(", "a=b:c(x=1", "a=b:c(1)", "a=b:c(x=1e999)", "a=b:c(x={1,2})", "a=os:_exit"),
    *(
        "a=b:c(x=" + "(" * 300 + ")" * 300 + ")",
        "a=b:c(x=" + "-" * 5000 + "1)",
        "a=..b:c",
        "a=b c:d",
    ),
    *("a=b:c(x=" + "1+" * 9000 + "1)", "a=b:c(x='\\ud800')", "a/b=m:a", "../x=m:a", "\udcff=m:a"),
    *("mlp", "mlp(depth=1e999)", "mlp(features='x')", "mlp(", "MLP", "mlp,mlp", "m:f(x='../../x')"),
    *("float32[]", "float32[0,2]", "float32[2,3]", "float33[2]", "float32[2,9999999999999999999]"),
    *("float32[" + ",".join("9" * 3000) + "]", "string[2]", "a=float32[2,3]", "\x01", "a\x01b"),
    *("predict,predict", "fit,", "xla,train,eager", "gpu", "cpu,gpu", "fork", "png", "svg,pdf"),
)
PATHS = (
    *(
        "/dev/full",
        "/dev/null",
        "/proc/1/x",
        "",
        ".",
        "x" * 300,
        "x/" * 3000,
        "a\nb",
        "/",
        "/sys/x",
    ),
    *("\u202eout", "2026", "../x", "~root", "run.json", "/etc", "*", "x" * 100_000, "latest"),
)
HARMLESS = {
    "calibrate": ["--out", NOWHERE],
    "run": ["--out", NOWHERE],
    "profile": ["--out", NOWHERE],
}
NEVER = {"doctor", "tensorboard", "watch"}
"""Commands that would measure, or serve, whatever they are given."""

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


USED = (
    "bench.api.claims",
    "bench.api.explain",
    "bench.cli.publish",
    "bench.report.charts.call_growth",
    "bench.report.html.report",
    "bench.runs.tensorboard",
    *(f"bench.cli.commands.{name}" for name in group.COMMANDS),
)
"""What commands import when they are called, which takes longer than to refuse them."""


def trial_in(folder: Path) -> Trial:
    """The same in ``folder``, where ``bench new`` may write its file."""
    for name in USED:
        importlib.import_module(name)

    def there(generator: random.Random) -> str:
        before = Path.cwd()
        os.chdir(folder)
        try:
            return trial(generator)
        finally:
            os.chdir(before)

    return there


def trial(generator: random.Random) -> str:
    """One call of a command with up to five hostile values."""
    name = generator.choice([each for each in group.COMMANDS if each not in NEVER])
    words = _words(name, generator)
    shown = f"bench {' '.join(map(ascii, words))}"[:600]
    out, err = io.StringIO(), io.StringIO()
    silent = contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)
    with limited(shown), _nothing_measured(), silent[0], silent[1]:
        code = _call(words)
    _judge(shown, code, out.getvalue(), err.getvalue())
    return f"exit {code}"


def _call(words: Sequence[str]) -> int:
    before = sys.argv
    sys.argv = ["bench", *words]
    try:
        group.run()
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    finally:
        sys.argv = before
    return 0


def _judge(shown: str, code: int, out: str, err: str) -> None:
    if code == INTERNAL_ERROR or "Traceback (most recent call last)" in err:
        raise Wrong(f"{shown}: {err[-900:]}")
    if code not in (0, 1, 2, 3):
        raise Wrong(f"{shown}: exit code {code}: {err[-300:]!r}")
    if _CONTROL.search(err):
        raise Wrong(f"{shown}: a control character in {err[-300:]!r}")
    if code == 2:
        if out:
            raise Wrong(f"{shown}: refused, and printed {out[:200]!r}")
        if not err.strip().split("\n")[-1].startswith("bench: "):
            raise Wrong(f"{shown}: refused in other words than a line: {err[-300:]!r}")
        if len(err) > LONGEST_MESSAGE:
            raise Wrong(f"{shown}: a message of {len(err)} characters")


def _words(name: str, generator: random.Random) -> list[str]:
    command = group._bench.get_command(click.Context(group._bench), name)
    assert command is not None
    parameters = [each for each in command.params if each.name != "help"]
    options = [each for each in parameters if isinstance(each, click.Option)]
    words = [name]
    for option in generator.sample(options, min(len(options), generator.randrange(5))):
        words.append(generator.choice(option.opts))
        if not option.is_flag and generator.random() > 0.03:
            words.append(_value(option, generator))
    arguments = [each for each in parameters if isinstance(each, click.Argument)]
    for _ in range(generator.randrange(3) if arguments else generator.random() < 0.05):
        words.append(generator.choice((*PATHS, *TEXTS)))
    return [*words, *HARMLESS.get(name, [])]


def _value(option: click.Option, generator: random.Random) -> str:
    if isinstance(option.type, click.Choice) and generator.random() < 0.5:
        return str(generator.choice(list(option.type.choices)))
    if isinstance(option.type, click.Path):
        return generator.choice(PATHS)
    return generator.choice((*NUMBERS, *QUANTITIES, *TEXTS))


@contextmanager
def _nothing_measured() -> Iterator[None]:
    def refuses(self: Interpreter, launch: LaunchSpec) -> None:
        raise InterpreterFailed("cannot start an interpreter here")

    started = Interpreter.__init__
    Interpreter.__init__ = refuses  # type: ignore[method-assign]
    try:
        yield
    finally:
        Interpreter.__init__ = started  # type: ignore[method-assign]
