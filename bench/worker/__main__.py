"""Starts a process of the worker: ``python bench/worker/__main__.py ROLE JSON``."""

from __future__ import annotations

import os
import sys


def _main() -> None:
    # The folder of this copy takes the place of the script's own folder.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    role, argument = sys.argv[1:]
    if role == "invocation":
        from bench.worker.process.invocation import start

        start(argument)
    if role == "probe":
        from bench.worker.instruments.core_speed import watch

        watch(argument)
    from bench.worker.process.zygote import serve

    serve(argument)


_main()
