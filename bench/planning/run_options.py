"""What a user asks for beyond a scenario and a preset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bench.domain.design.plan import Isolation
from bench.domain.inputs import Input
from bench.domain.phases import TENSORFLOW
from bench.domain.scenario import Arm

Schedule = Literal["auto", "solo"]


@dataclass(frozen=True)
class RunOptions:
    """What a user asks for beyond a scenario and a preset; ``None`` leaves it to them.

    ``name`` is that of the scenario that compares just ``arms``, by default theirs. ``headline``
    are the phases that the scenarios are about; a comparison of just ``arms`` whose ``call_modes``
    are given is about the calls. ``margin`` is relative, ``budget_s`` and ``timeout_s`` are
    seconds. Without ``evidence`` nothing is examined after the rounds. ``memory_bytes`` is what one
    invocation may take; where it is not given, those under way share ``free_memory_bytes``, which
    like ``cores`` is the machine's. ``interpreters`` maps names to the paths of Pythons. Each of
    them is measured on each of ``backends`` and ``devices``, and all are compared with the first.
    ``schedule`` says whether arms share cores where they can, or never do.
    """

    seed: int | None = None
    free_memory_bytes: int = 1 << 30
    memory_bytes: int | None = None
    cores: int = 1
    name: str | None = None
    arms: Mapping[str, Arm] = field(default_factory=dict)
    baseline: str | None = None
    headline: Sequence[str] | None = None
    architectures: Sequence[str] | None = None
    layers: Sequence[int] | None = None
    batches: Sequence[int] | None = None
    call_modes: Sequence[str] | None = None
    devices: Sequence[str] = ("cpu",)
    rounds: int | None = None
    replicates: int | None = None
    budget_s: float | None = None
    evidence: bool = True
    margin: float | None = None
    isolation: Isolation = "fork"
    timeout_s: float = 120.0
    threads: int | None = None
    pin: bool = True
    jobs: int | None = None
    schedule: Schedule = "auto"
    backends: Sequence[str] = (TENSORFLOW,)
    inputs: Sequence[Input] = ()
    folders: Sequence[str] = ()
    interpreters: Mapping[str, str] = field(default_factory=dict)
