"""The notes pass: what a scenario's own lifecycle has to say beside its times."""

from __future__ import annotations

from typing import Any

from bench.worker import protocol
from bench.worker.frameworks.base import Framework
from bench.worker.lifecycle.observer import NullObserver
from bench.worker.lifecycle.standard import live
from bench.worker.request import Request


def run(framework: Framework, request: Request) -> protocol.Message:
    """Live one lifecycle of the requested cell; returns its ``notes``, name → value."""
    notes: dict[str, Any] = {}
    live(framework, request, NullObserver(request.announce, iterate=True), notes)
    return {"notes": notes}
