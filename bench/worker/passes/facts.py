"""The facts pass: what a scenario's own lifecycle reports with its times."""

from __future__ import annotations

from typing import Union

from bench.domain.findings.evidence import FactsOutcome
from bench.worker.frameworks.base import Framework
from bench.worker.hooks import ProcessHooks
from bench.worker.lifecycle.observer import NullObserver
from bench.worker.lifecycle.standard import live
from bench.worker.wire.requests import FactsRequest


def run(framework: Framework, request: FactsRequest, hooks: ProcessHooks) -> FactsOutcome:
    """Run one lifecycle of the requested cell and return its facts."""
    facts: dict[str, Union[bool, int, float, str]] = {}
    live(framework, request.cell, hooks, NullObserver(hooks.announce, iterate=True), facts)
    return FactsOutcome(facts)
