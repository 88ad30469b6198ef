"""Ends what is under way as Ctrl-C does, however the end is asked for, and only once.

Needs the standard library only: it is called before anything else is imported.
"""

from __future__ import annotations

import signal
import sys

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, the usual request to end, and a terminal that is closed."""

_AGAIN_S = 0.1


def end_on_request() -> None:
    """From now on a request to end raises ``KeyboardInterrupt``, once; further ones are ignored.

    What is ending then can store what it has and say how to go on. A request that whoever started
    this process has it ignore, as ``nohup`` does, stays ignored.

    An exception that is raised at any moment can be lost: Python drops one in a callback of a weak
    reference, which every import makes, and so do libraries in C. So it is raised again until it is
    being handled. Whoever has handled it calls ``request_is_heard``.
    """
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def request_is_heard() -> None:
    """Do not raise ``KeyboardInterrupt`` again for a request that was made."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupt(*_: object) -> None:
    for number in ENDING:
        # Python complains of one that it has noticed already, if it finds it ignored by the system.
        signal.signal(number, _ignore)
    signal.signal(signal.SIGALRM, _interrupt_again)
    signal.setitimer(signal.ITIMER_REAL, _AGAIN_S, _AGAIN_S)
    raise KeyboardInterrupt


def _interrupt_again(*_: object) -> None:
    handled = sys.exc_info()[1]
    while handled is not None:
        if isinstance(handled, KeyboardInterrupt):
            return
        handled = handled.__context__
    raise KeyboardInterrupt


def _ignore(*_: object) -> None:
    """Do nothing."""
