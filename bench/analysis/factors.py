"""The panel that a finding belongs to, and what all types of findings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that does not change."""

    model_config = ConfigDict(frozen=True)


class Factors(Frozen):
    """The panel that a finding belongs to; ``batch`` is None where batch sizes are not swept."""

    scenario: str
    architecture: str | None
    layers: int | None
    batch: int | None = None
    entry: str
    device: str
    backend: str
    environment: str


FACTORS = tuple(Factors.model_fields)
"""The factor columns of the table of samples, in order."""
