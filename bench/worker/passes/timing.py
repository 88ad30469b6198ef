"""The timing pass: one lifecycle with clocks on."""

from __future__ import annotations

from bench.domain.findings.timing import TimingOutcome
from bench.worker.frameworks.base import Framework
from bench.worker.hooks import END, ProcessHooks
from bench.worker.instruments.recorder import Recorder
from bench.worker.lifecycle.standard import live
from bench.worker.wire.requests import TimingRequest


def run(framework: Framework, request: TimingRequest, hooks: ProcessHooks) -> TimingOutcome:
    """Run one lifecycle of the requested cell; returns its spans and when it began.

    Raises ``CannotMeasure`` when the builder returns no model, or one whose inputs are unknown.
    """
    recorder = Recorder(
        hooks,
        framework.wait,
        framework.device_meters,
        request.block_ns,
        framework.begin_device_meters,
    )
    life = live(framework, request.cell, hooks, recorder)
    recorder.whole("invocation", note="; ".join(life.invented) or None)
    hooks.align(END)
    return recorder.outcome()
