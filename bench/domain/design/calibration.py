"""What a calibration measures: many small experiments of known truth, two ways each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Block(NamedTuple):
    """One comparison made in sequence: one process, first all of ``first``, then of ``second``."""

    first: str
    second: str


class Calibration(BaseModel):
    """Stored next to the plan of the run that measures it, before the first measurement.

    The run's replicates are dealt to ``experiments`` of ``replicates`` each: each experiment is a
    whole run of the scenario's arms, which shares nothing with the others but zygotes. ``injected``
    is the truth: arm → part of the baseline's ``construct`` that its own takes longer.
    ``blocks`` are measured after the rounds with ``samples`` of each arm.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    experiments: int
    replicates: int
    injected: Mapping[str, float]
    blocks: tuple[Block, ...]
    samples: int
