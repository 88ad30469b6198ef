"""The command group: imports a command's file when it is asked for, and exits as promised."""

from __future__ import annotations

import importlib
import platform
import sys
import traceback

import click

from bench import __version__
from bench.cli.errors import INTERNAL_ERROR, INTERRUPTED, WRONG_REQUEST
from bench.cli.output import echo, prepare_streams
from bench.domain.errors import BenchError

COMMANDS = {
    "list": "List scenarios and architectures.",
    "new": "Write a commented scenario file to start from.",
    "run": "Measure scenarios, analyse them, draw charts.",
    "show": "Print the findings of a run.",
    "charts": "Draw the charts of a run again.",
    "export": "Write the findings of a run for other programs.",
    "explain": "Explain a difference: structure, work, growth and its cause.",
    "claims": "Check common claims about build styles.",
    "profile": "Capture TensorBoard profiles, phase by phase.",
    "tensorboard": "Open a run in TensorBoard.",
    "calibrate": "Test the instrument on work whose cost is known.",
    "doctor": "Check whether this machine is fit to measure.",
}
"""What each command does, in the order of a user's work."""


class _Commands(click.Group):
    """Imports a command's own file when that command is asked for, and for nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"bench.cli.commands.{cmd_name}").command
        return command

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


def main() -> None:
    """Run the command line and exit with the documented code."""
    prepare_streams()
    try:
        code = _bench.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        echo(f"bench: {error.format_message()}", err=True)
        sys.exit(error.exit_code)
    except BenchError as error:
        echo(f"bench: {error}", err=True)
        sys.exit(WRONG_REQUEST)
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            echo(f"bench: {error.strerror}: {error.filename}", err=True)
            sys.exit(WRONG_REQUEST)
        echo(_report(), err=True)
        sys.exit(INTERNAL_ERROR)
    sys.exit(code if isinstance(code, int) else 0)


def _report() -> str:
    """The error that is being handled, and how to report it."""
    where = f"keras-bench {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return (
        f"{traceback.format_exc()}\n"
        "bench: this is an error of the suite, not of your request; what was measured is stored.\n"
        f"bench: please report it with the lines above, the command and this: {where}"
    )
