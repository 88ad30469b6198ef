"""The claim pass: tries on the installed version what people say of it."""

from __future__ import annotations

import importlib
import tempfile
from typing import Any, Callable

from bench.domain.findings.evidence import ClaimOutcome
from bench.worker.frameworks.base import Framework, structure_of
from bench.worker.hooks import PREPARING, ProcessHooks
from bench.worker.instruments.call_counter import CallCounter
from bench.worker.references import resolve
from bench.worker.wire.requests import ClaimRequest

_BATCH = 4


def run(framework: Framework, request: ClaimRequest, hooks: ProcessHooks) -> ClaimOutcome:
    """Check the claim that the module ``request.claim`` holds."""
    hooks.announce(PREPARING)
    framework.prepare(request.device, request.threads)
    framework.set_seed(request.seed)
    framework.first_operation()
    check = importlib.import_module(request.claim).check
    with tempfile.TemporaryDirectory() as folder:
        verdict, evidence = check(ClaimTools(framework, request.architecture, folder))
    return ClaimOutcome(verdict, tuple(evidence))


class ClaimTools:
    """What a claim may use (see ``scenarios.claims``)."""

    def __init__(self, framework: Framework, architecture: str, folder: str) -> None:
        self._framework = framework
        self._architecture = resolve(architecture)
        self.keras = importlib.import_module("keras")
        self.folder = folder

    def layers(self, depth: int) -> list[Any]:
        return list(self._architecture(depth))

    def calls(self, action: Callable[..., object], *arguments: Any) -> int:
        counter = CallCounter()
        counter.run(lambda: action(*arguments))
        return counter.total

    def batch(self, model: Any) -> Any:
        return self._framework.batch(self._signature(model), _BATCH, 1)

    def structure(self, model: Any) -> dict[str, list[str]]:
        signature, inputs = self._signature(model), self.batch(model)
        return structure_of(self._framework, model, signature, inputs)[0]

    def _signature(self, model: Any) -> Any:
        return self._framework.signature(model, None)
