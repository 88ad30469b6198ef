"""The survey pass: versions of what will be measured, and whether every reference resolves."""

from __future__ import annotations

import platform

from bench.worker import protocol
from bench.worker.frameworks.base import Framework
from bench.worker.linux import fork_memory
from bench.worker.references import UnresolvedReference, resolve
from bench.worker.request import Request


def run(framework: Framework, request: Request) -> protocol.Message:
    """Returns ``versions``, ``populate`` (can forks be populated) and ``bad``: reference → why."""
    bad = {}
    for reference in request["references"]:
        try:
            resolve(reference)
        except UnresolvedReference as error:
            bad[reference] = str(error)
    return {
        "versions": {"python": platform.python_version(), **framework.versions()},
        "populate": fork_memory.populate_is_supported(),
        "bad": bad,
    }
