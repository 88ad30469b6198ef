"""The panel: one combination of the factors of a run. And what all values of the suite share."""

from __future__ import annotations

from bench.domain.values import Frozen


class Panel(Frozen):
    """One combination of all factors other than the arm.

    ``batch`` is None where batch sizes are not swept, which is then the plan's.
    """

    scenario: str
    architecture: str | None
    layers: int | None
    batch: int | None = None
    call_mode: str
    device: str
    backend: str
    environment: str


FACTORS = tuple(Panel.model_fields)
"""The factor columns of the table of samples, in order."""
