"""What all values of the suite have in common, and those that findings are made of."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

DIGITS = 9
"""Significant digits of a number in findings: more than any measurement has."""


class Frozen(BaseModel):
    """A value that does not change, and has no fields but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rounded(Frozen):
    """A value whose numbers have nine significant digits.

    The digits beyond are not measured, and differ between processors.
    """

    @field_validator("*", mode="after")
    @classmethod
    def _rounded(cls, value: Any) -> Any:
        if isinstance(value, float):
            return float(f"{value:.{DIGITS}g}")
        if isinstance(value, tuple):
            return tuple(cls._rounded(each) for each in value)
        return value


def first_problem(error: ValidationError) -> str:
    """The first thing that ``error`` complains of, in one line, with its place."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    what = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
