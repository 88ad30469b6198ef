"""The panel: one combination of the factors of a run. And what all values of the suite share."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

DIGITS = 9
"""Significant digits of a number in findings: more than any measurement has."""


class Frozen(BaseModel):
    """A value that does not change; its numbers have nine significant digits.

    The digits beyond are not measured, and differ between processors.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="after")
    @classmethod
    def _rounded(cls, value: Any) -> Any:
        if isinstance(value, float):
            return float(f"{value:.{DIGITS}g}")
        if isinstance(value, tuple):
            return tuple(cls._rounded(each) for each in value)
        return value


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
