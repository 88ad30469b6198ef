"""Ends what is under way as Ctrl-C does, however the end is asked for, and only once.

Needs the standard library only: it is called before anything else is imported.
"""

from __future__ import annotations

import signal
import sys
from types import TracebackType
from typing import Protocol

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, the usual request to end, and a terminal that is closed."""

_AGAIN_S = 0.001
"""Seconds after which a request that was lost is made again."""


class _Unraisable(Protocol):
    """What ``sys.unraisablehook`` is given."""

    exc_type: type[BaseException]
    exc_value: BaseException | None
    exc_traceback: TracebackType | None
    err_msg: str | None
    object: object


def end_on_request() -> None:
    """From now on a request to end raises ``KeyboardInterrupt``, once; further ones are ignored.

    What is ending then can store what it has and say how to go on. A request that whoever started
    this process has it ignore, as ``nohup`` does, stays ignored.

    Python drops what is raised in a finalizer or in a callback of a weak reference, which every
    import makes. A request that comes at such a moment is made again.
    """
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    sys.unraisablehook = _make_again


def _interrupt(*_: object) -> None:
    for number in ENDING:
        # Python complains of one that it has noticed already, if it finds it ignored by the system.
        signal.signal(number, _ignore)
    raise KeyboardInterrupt


def _ignore(*_: object) -> None:
    """Do nothing."""


def _make_again(dropped: _Unraisable) -> None:
    """Have a request that Python has ``dropped`` made again, once its callback is over."""
    if issubclass(dropped.exc_type, KeyboardInterrupt):
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
    else:
        sys.__unraisablehook__(dropped)
