"""A controller to be killed: measures every round that is missing in the run folder it is given.

It is asked to end as the command is. It writes a byte to its standard output once it can be asked,
and whenever it is about to open, rename or delete a file below that folder, or to start a process,
so that whoever kills it can choose a moment.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench.cli.signals import end_on_request, request_is_heard

_FILES = ("open", "os.rename", "os.remove")


def _announce_moments(folder: str) -> None:
    def announce(event: str, arguments: tuple[object, ...]) -> None:
        touches = event in _FILES and str(arguments[0]).startswith(folder)
        if touches or event == "subprocess.Popen":
            _announce()

    _announce()
    sys.addaudithook(announce)


def _announce() -> None:
    os.write(sys.stdout.fileno(), b".")


def _measure(folder: str) -> None:
    from bench.execution.listener import Listener
    from bench.execution.rounds.run import execute_run
    from bench.store.run_folder import RunFolder

    # Whatever the clock says: a run that is resolved ends early otherwise.
    execute_run(RunFolder(Path(folder)), Listener(), enough=lambda _: False)


if __name__ == "__main__":
    end_on_request()
    _announce_moments(sys.argv[1])
    try:
        _measure(sys.argv[1])
    except KeyboardInterrupt:
        request_is_heard()
        sys.exit(130)
