"""The command ``bench``: one file per command."""

from __future__ import annotations

import os
import sys

from bench.cli.signals import end_on_request, request_is_heard

INTERRUPTED = 130
"""Exit code of a command that was asked to end."""


def main() -> None:
    """Run the command line and exit with the documented code."""
    end_on_request()
    _open_standard_streams()
    try:
        from bench.cli.group import run

        run()
    except KeyboardInterrupt:
        request_is_heard()
        sys.exit(INTERRUPTED)


def _open_standard_streams() -> None:
    """Open what is closed of them on nothing, as daemons have it.

    Otherwise the next file would be taken for one, and lost where a process is started.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free number, which is this one, is given to what is opened next.
            os.open(os.devnull, os.O_RDWR)
