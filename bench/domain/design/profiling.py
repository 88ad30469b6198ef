"""How cells are profiled."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Profiling(BaseModel):
    """What a profile holds, and its bounds.

    ``steps`` calls are made in each phase that iterates; the viewer's overview leaves out the first
    and the last of them, and so it shows twenty. Each cell is profiled a second time with
    its Python calls marked: those of functions in ``modules`` and in the module of the arm's
    builder, nested in each other up to ``depth`` deep, and no more than ``most``. About 50,000
    calls make a megabyte.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(default=22, ge=2)
    modules: tuple[str, ...] = ("keras",)
    depth: int = Field(default=5, ge=1)
    most: int = Field(default=200_000, ge=1)
