"""Passes: what an invocation does with its one lifecycle. Each is a module with ``run``."""

from __future__ import annotations

import importlib

from bench.worker.frameworks.base import Framework
from bench.worker.hooks import IMPORTING, ProcessHooks
from bench.worker.lifecycle import patches
from bench.worker.wire import requests
from bench.worker.wire.outcomes import Result

_MODULES: dict[type, str] = {
    requests.TimingRequest: "timing",
    requests.StructureRequest: "structure",
    requests.WorkRequest: "work",
    requests.GrowthRequest: "growth",
    requests.FactsRequest: "facts",
    requests.OutputsRequest: "outputs",
    requests.ProfileRequest: "profile",
    requests.ClaimRequest: "claim",
    requests.SequentialRequest: "sequential",
    requests.EnvironmentRequest: "environment",
}


def run(framework: Framework, request: requests.Request, hooks: ProcessHooks) -> Result:
    """Run the pass that ``request`` asks for, with its patch; raises what the pass raises."""
    module = importlib.import_module(f"{__name__}.{_MODULES[type(request)]}")
    cell = getattr(request, "cell", None)
    patch = None if cell is None else cell.patch
    if patch is not None:
        hooks.announce(IMPORTING)
    with patches.applied(patch):
        outcome: Result = module.run(framework, request, hooks)
    return outcome
