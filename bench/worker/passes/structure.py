"""The structure pass: what a built model is, at every level, in a canonical form."""

from __future__ import annotations

from bench.worker import protocol
from bench.worker.frameworks.base import Framework, structure_of
from bench.worker.lifecycle.observer import NullObserver
from bench.worker.lifecycle.standard import live
from bench.worker.request import Request


def run(framework: Framework, request: Request) -> protocol.Message:
    """Build the requested cell and describe what came of it.

    Returns ``levels``: name → lines of text, from what the model says of itself to what it
    computes, and ``missing``: name → why the model does not have the level. Two models are the same
    at a level when its lines are.
    """
    # What a call mode repeats has been called once, and changes nothing more that is looked at.
    iterate = request["lifecycle"] is not None
    life = live(framework, request, NullObserver(request.announce, iterate))
    signature, inputs = life.data()
    levels, missing = structure_of(framework, life.model, signature, request["batch"], inputs)
    return {"levels": levels, "missing": missing}
