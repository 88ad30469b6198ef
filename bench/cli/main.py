"""The command group: imports a command's file when it is asked for, and exits as promised."""

from __future__ import annotations

import importlib
import sys

import click

from bench import __version__

COMMANDS = (
    *("list", "run", "show", "charts", "explain", "claims", "profile", "tensorboard"),
    *("calibrate", "doctor"),
)


class _Commands(click.Group):
    """Commands in the order of a user's work, each imported from its own file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"bench.cli.{cmd_name}_command").command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bench")
def _bench() -> None:
    """Measure what Keras models cost to build, compile, trace and call, and whether it matters how
    they are built.

    Example: bench run --quick
    """


def main() -> None:
    """Run the command line and exit with the documented code."""
    try:
        code = _bench.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        click.echo(f"bench: {error.format_message()}", err=True)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
