"""Passes: what an invocation does with its one lifecycle. Each is a module with ``run``."""

from __future__ import annotations

import importlib

from bench.worker import protocol
from bench.worker.frameworks.base import Framework
from bench.worker.lifecycle import patches
from bench.worker.request import Request


def run(framework: Framework, request: Request) -> protocol.Message:
    """Run the pass that ``request`` names, with its patch; raises what the pass raises."""
    module = importlib.import_module(f"{__name__}.{request['pass']}")
    with patches.applied(request.get("patch")):
        outcome: protocol.Message = module.run(framework, request)
    return outcome
