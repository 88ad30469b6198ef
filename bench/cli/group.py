"""The command group: imports a command's file when it is asked for, and exits as promised."""

from __future__ import annotations

import importlib
import os
import platform
import shlex
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from bench import __version__
from bench.cli import INTERRUPTED
from bench.cli.errors import CLOSED_PIPE, INTERNAL_ERROR, WRONG_REQUEST
from bench.cli.output import echo, leave_unwritten, prepare_streams
from bench.cli.signals import request_is_heard
from bench.domain.errors import BenchError
from bench.domain.names import LONGEST_LOCATION, shortened
from bench.domain.words import printable

COMMANDS = {
    "list": "List scenarios and architectures.",
    "new": "Write a commented scenario file to start from.",
    "run": "Measure scenarios, analyse them, draw charts.",
    "show": "Print the findings of a run.",
    "report": "Write the report of a run, a page for a browser.",
    "watch": "Serve the growing report of a run that goes on.",
    "charts": "Draw the charts of a run again.",
    "export": "Write the findings of a run for other programs.",
    "explain": "Explain a difference: structure, work, growth and its cause.",
    "claims": "Check common claims about build styles.",
    "profile": "Capture TensorBoard profiles, phase by phase.",
    "tensorboard": "Open a run in TensorBoard.",
    "bisect": "Find the release or commit that changed a count.",
    "calibrate": "Test the instrument on work whose cost is known.",
    "doctor": "Check whether this machine is fit to measure.",
}
"""What each command does, in the order of a user's work."""


LONGEST_MESSAGE = 1000
"""Characters of what is told of a wrong request."""


class _PipeClosed(Exception):
    """Whoever reads the output has left; click would take it for a failure."""


@contextmanager
def _told_of_closed_pipes() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise _PipeClosed from error


class _Commands(click.Group):
    """Imports a command's own file when that command is asked for, and for nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"bench.cli.commands.{cmd_name}").command
        return command

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        with _told_of_closed_pipes():
            return super().make_context(*arguments, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _told_of_closed_pipes():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bench")
def _bench() -> None:
    """Measure what Keras models cost to build, compile, trace, call and train, and compare ways to
    build and call them.

    Example: bench run --quick
    """


def run() -> None:
    """Run the command line and exit with the documented code."""
    prepare_streams()
    try:
        code = _bench.main(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (_PipeClosed, BrokenPipeError):
        leave_unwritten()
        sys.exit(CLOSED_PIPE)
    except click.exceptions.Abort:
        request_is_heard()
        again = shlex.join([os.environ.get("BENCH_COMMAND", "bench"), *sys.argv[1:]])
        again = shortened(again, LONGEST_LOCATION)
        echo(f"bench: interrupted; run it again with: {again}", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        _tell(printable(error.format_message()))
        sys.exit(error.exit_code)
    except BenchError as error:
        _tell(str(error))
        sys.exit(WRONG_REQUEST)
    except Exception as error:
        if isinstance(error, OSError) and error.strerror:
            file = "" if error.filename is None else f": {error.filename}"
            echo(f"bench: {error.strerror}{shortened(file, LONGEST_LOCATION)}", err=True)
            leave_unwritten()
            sys.exit(WRONG_REQUEST)
        echo(_report(), err=True)
        sys.exit(INTERNAL_ERROR)
    sys.exit(code if isinstance(code, int) else 0)


def _tell(message: str) -> None:
    """Print why a request was wrong; a message that repeats what is long is cut."""
    is_long = len(message) > LONGEST_MESSAGE
    echo(f"bench: {message[:LONGEST_MESSAGE]} ..." if is_long else f"bench: {message}", err=True)


def _report() -> str:
    """The error that is being handled, and how to report it."""
    where = f"keras-bench {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return (
        f"{traceback.format_exc()}\n"
        "bench: this is an error of the suite, not of your request; what was measured is stored.\n"
        f"bench: please report it with the lines above, the command and this: {where}"
    )
