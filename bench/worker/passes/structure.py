"""The structure pass: what a built model is, at every level, in a canonical form."""

from __future__ import annotations

from bench.domain.findings.evidence import StructureOutcome
from bench.worker.frameworks.base import Framework, structure_of
from bench.worker.hooks import ProcessHooks
from bench.worker.lifecycle.observer import NullObserver
from bench.worker.lifecycle.standard import live
from bench.worker.wire.requests import StructureRequest


def run(framework: Framework, request: StructureRequest, hooks: ProcessHooks) -> StructureOutcome:
    """Build the requested cell and describe it, from its configuration to what it computes.

    Two models are the same at a level when its lines are.
    """
    # What a call mode repeats has been called once, and changes nothing more that is looked at.
    cell = request.cell
    life = live(
        framework, cell, hooks, NullObserver(hooks.announce, iterate=cell.lifecycle is not None)
    )
    signature, inputs = life.data()
    levels, missing = structure_of(framework, life.model, signature, inputs)
    return StructureOutcome({level: tuple(lines) for level, lines in levels.items()}, missing)
