"""Starts a process of the worker: ``python bench/worker/__main__.py ROLE JSON``.

Pythons that are too old for the worker run this file too, and say that they are.
"""

import os
import sys
from types import ModuleType

_PROGRAM = "keras-bench"
_OLDEST = (3, 9)


def _main() -> None:
    if sys.version_info < _OLDEST:
        told = "it is Python {}.{}, and {}.{} is the oldest that can be measured"
        sys.exit(told.format(*sys.version_info[:2], *_OLDEST))
    # The folder of this copy takes the place of the script's own folder.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    role, argument = sys.argv[1:]
    _hide_this_program()
    if role == "invocation":
        from bench.worker.process.invocation import start

        start(argument)
    if role == "probe":
        from bench.worker.instruments.core_speed import watch

        watch(argument)
    from bench.worker.process.zygote import serve

    serve(argument)


def _hide_this_program() -> None:
    """Show measured code an empty main program without arguments.

    Else a process that it spawns would run this file again, and what reads the command line when it
    is imported would read the worker's.
    """
    sys.argv[:] = [_PROGRAM]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[1:] = []
    sys.modules["__main__"] = ModuleType("__main__")


_main()
