"""The facts pass: what a scenario's own lifecycle reports with its times, and what it ends with."""

from __future__ import annotations

from typing import Union

from bench.domain.findings.evidence import FactsOutcome
from bench.worker.frameworks.base import Framework
from bench.worker.hooks import ProcessHooks
from bench.worker.lifecycle.observer import NullObserver
from bench.worker.lifecycle.standard import live
from bench.worker.passes.outputs import outputs_of_lifecycle
from bench.worker.wire.requests import FactsRequest


def run(framework: Framework, request: FactsRequest, hooks: ProcessHooks) -> FactsOutcome:
    """Run one lifecycle of the requested cell; returns its facts, and what its model answers."""
    facts: dict[str, Union[bool, int, float, str]] = {}
    stages = NullObserver(hooks.announce, iterate=True)
    life = live(framework, request.cell, hooks, stages, facts)
    return FactsOutcome(facts, outputs_of_lifecycle(framework, request.cell, life, hooks))
