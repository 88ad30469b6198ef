"""Ends what is under way as Ctrl-C does, however the end is asked for, and only once.

Needs the standard library only: it is called before anything else is imported.
"""

from __future__ import annotations

import signal

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, the usual request to end, and a terminal that is closed."""


def end_on_request() -> None:
    """From now on a request to end raises ``KeyboardInterrupt``, once; further ones are ignored.

    What is ending then can store what it has and say how to go on. A request that whoever started
    this process has it ignore, as ``nohup`` does, stays ignored.
    """
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(*_: object) -> None:
    for number in ENDING:
        # Python complains of one that it has noticed already, if it finds it ignored by the system.
        signal.signal(number, _ignore)
    raise KeyboardInterrupt


def _ignore(*_: object) -> None:
    """Do nothing."""
