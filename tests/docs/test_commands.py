"""The commands of the README run, and those of every page are commands that exist."""

from __future__ import annotations

import configparser
import importlib
from pathlib import Path

import click
import pytest

from bench.cli.group import COMMANDS
from tests.cli.command import run
from tests.docs.markdown import (
    ROOT,
    bench_arguments,
    code_spans,
    named_files,
    pages,
    read,
    shell_lines,
)

README = Path("README.md")

SMALL = {"run": ["--layers", "2,3", "--rounds", "1"], "explain": ["--layers", "2,3,4"]}
"""What is added to a command of the README so that it ends within seconds."""


def command_of(name: str) -> click.Command:
    """The command ``bench NAME``."""
    command: click.Command = importlib.import_module(f"bench.cli.commands.{name}").command
    return command


def options_of(name: str) -> set[str]:
    """The options of ``bench NAME``, as they are typed."""
    parameters = command_of(name).params
    return {
        "--help",
        *(option for each in parameters for option in (*each.opts, *each.secondary_opts)),
    }


def test_commands_of_the_readme_run(tmp_path: Path) -> None:
    text = read(README)
    for name, content in named_files(text).items():
        (tmp_path / name).write_text(content)
    commands = [bench_arguments(words) for words in shell_lines(text)]
    assert len(commands) >= 4
    for arguments in commands:
        assert arguments is not None
        # No test opens a window on somebody's screen.
        arguments = [word for word in arguments if word != "--open"]
        result = run([*arguments, *SMALL.get(arguments[0], [])], tmp_path)
        assert result.returncode == 0, (arguments, result.stderr)
        assert result.stdout.strip()


@pytest.mark.parametrize("page", pages(), ids=str)
def test_commands_of_pages_can_be_parsed(page: Path) -> None:
    for words in shell_lines(read(page)):
        arguments = bench_arguments(words)
        if arguments is None:
            assert (ROOT / words[0]).is_file(), words
            continue
        assert arguments[0] in COMMANDS, words
        command_of(arguments[0]).make_context(arguments[0], arguments[1:])


# The changelog also names options of earlier versions.
@pytest.mark.parametrize("page", sorted({*pages()} - {Path("CHANGELOG.md")}), ids=str)
def test_options_in_code_spans_exist(page: Path) -> None:
    known = {name: options_of(name) for name in COMMANDS}
    anywhere = set().union(*known.values(), ["--version"])
    for span in code_spans(read(page)):
        words = span.split()
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        if words[0] in ("bench", "scripts/bench"):
            name = next((word for word in words[1:] if not word.startswith("-")), "run")
            if name != "COMMAND":
                assert name in COMMANDS, span
                assert options <= known[name], span
        elif words[0].startswith("--") and not words[0].startswith(("--bench-", "--benchmark-")):
            assert options <= anywhere, span


@pytest.mark.parametrize("page", pages(), ids=str)
def test_tox_environments_in_pages_exist(page: Path) -> None:
    configuration = configparser.ConfigParser(interpolation=None)
    configuration.read(ROOT / "tox.ini")
    spans = [span.split() for span in code_spans(read(page))]
    for words in [*shell_lines(read(page)), *spans]:
        if words[0] == "scripts/tox" and "-e" in words:
            for name in words[words.index("-e") + 1].split(","):
                assert f"testenv:{name}" in configuration, words
