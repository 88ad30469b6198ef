"""Panels and cells: what is compared with each other, and what is measured."""

from __future__ import annotations

from typing import Any, NamedTuple

from bench.domain.names import PLACEBO
from bench.domain.values import Frozen, Rounded


class Setting(Frozen):
    """The factors of a panel other than its depth.

    ``batch`` is None where batch sizes are not swept, which is then the plan's. ``device`` and
    ``backend`` are None where each environment has its own.
    """

    scenario: str
    architecture: str | None
    batch: int | None = None
    call_mode: str
    device: str | None
    backend: str | None


class Panel(Setting):
    """One combination of all factors other than the arm and its environment."""

    layers: int | None

    @property
    def setting(self) -> Setting:
        """What it shares with the panels of other depths."""
        return Setting(**{name: getattr(self, name) for name in Setting.model_fields})


FACTORS = ("scenario", "architecture", "layers", *tuple(Setting.model_fields)[2:])
"""The factors of a panel, in the order in which they are shown."""


DEFAULT_ENVIRONMENT = "default"
"""The environment of a run that names none."""


class Cell(NamedTuple):
    """One arm in one panel, measured in one environment; all by name."""

    panel: Panel
    arm: str
    environment: str = DEFAULT_ENVIRONMENT

    @property
    def placebo(self) -> bool:
        """Whether it is the second copy of the baseline."""
        return self.arm == PLACEBO

    def fields(self) -> dict[str, Any]:
        """Its factors, environment and arm, by the names of ``CELL_FIELDS``."""
        return {**dict(self.panel), "environment": self.environment, "arm": self.arm}


CELL_FIELDS = (*FACTORS, "environment", "arm")
"""What identifies a cell: columns of the table of samples, and fields of findings."""


class OfCell(Panel, Rounded):
    """A finding about one cell."""

    environment: str
    arm: str

    @property
    def panel(self) -> Panel:
        """The panel of the cell."""
        return Panel(**{name: getattr(self, name) for name in FACTORS})

    @property
    def cell(self) -> Cell:
        """The cell."""
        return Cell(self.panel, self.arm, self.environment)
