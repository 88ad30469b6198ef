"""The timing pass: one lifecycle with clocks on."""

from __future__ import annotations

from bench.worker import protocol
from bench.worker.frameworks.base import Framework
from bench.worker.instruments.recorder import Recorder
from bench.worker.lifecycle.standard import live
from bench.worker.request import Request


def run(framework: Framework, request: Request) -> protocol.Message:
    """Live one lifecycle of the requested cell; returns its spans and when it began.

    Raises ``CannotMeasure`` when the builder returns no model, or one whose inputs are unknown.
    """
    recorder = Recorder(request.announce, framework.wait, framework.device_meters)
    live(framework, request, recorder)
    recorder.whole("invocation")
    return {"began_ns": recorder.began_ns, "spans": recorder.spans}
