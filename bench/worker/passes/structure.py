"""The structure pass: what a built model is, at every level, in a canonical form."""

from __future__ import annotations

from typing import Any, Callable

from bench.worker import protocol
from bench.worker.frameworks import Framework
from bench.worker.lifecycle import live
from bench.worker.request import Request


def run(framework: Framework, request: Request) -> protocol.Message:
    """Build the requested cell and describe what came of it.

    Returns ``levels``: name → lines of text, from what the model says of itself to what it
    computes. Two models are the same at a level when its lines are.
    """
    life = live(framework, request, _Untouched(request.announce))
    traced = framework.trace(life.model, life.signature, request["batch"])
    return {"levels": framework.structure(life.model, life.signature, life.inputs, traced)}


class _Untouched:
    """Stages that only run what they are given."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce

    def phase(self, name: str, action: Callable[[], Any]) -> Any:
        self._announce(name)
        return action()

    def iterations(self, name: str, action: Callable[[], object], count: int) -> None:
        """One call is enough to see what a model computes; it has been made."""

    def nothing_to_do(self, name: str) -> None:
        pass
