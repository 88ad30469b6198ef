"""What a phase is about, as it follows 'takes twice as long' in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

_ABOUT: Mapping[str, str] = {
    "construct": "to construct",
    "ready": "until ready",
    "build": "to build",
    "compile": "to compile",
    "trace": "to trace",
    "xla_compile": "to compile with XLA",
    "torch_compile": "to compile with torch.compile",
    "first_call": "for the first call",
    "first_step": "for the first step",
    "first_epoch": "for the first epoch",
    "inference": "for each call",
    "step": "for each step",
    "epoch": "for each epoch",
    "time_to_first_inference": "until the first inference",
    "time_to_first_step": "until the first step",
    "time_to_first_epoch": "until the first epoch",
}


def about(phase: str) -> str:
    """``to construct``; ``in NAME`` for a phase of a lifecycle of its own."""
    return _ABOUT.get(phase, f"in {phase}")
