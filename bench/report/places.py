"""Places: what one table shows, which findings belong to it, and under which name."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.comparisons import ComparisonFinding, ScalingFinding
from bench.domain.findings.costs import BreakEvenFinding, CellFinding, FailureFinding
from bench.domain.findings.run import Findings
from bench.domain.labels import label
from bench.domain.panel import Cell, OfCell, Setting


class Place(Setting):
    """What one table shows: a setting in one environment, or of one arm in all.

    ``of_arm`` is the arm whose environments are compared with each other.
    """

    environment: str | None
    of_arm: str | None = None

    @property
    def setting(self) -> Setting:
        """It without its environment."""
        return Setting(**{name: getattr(self, name) for name in Setting.model_fields})

    @property
    def everywhere(self) -> Place:
        """Its setting, in all environments."""
        return Place(**dict(self.setting), environment=None)

    def text(self) -> str:
        """The factors in a line, ``build_style · mlp · function · cpu · tensorflow``."""
        return label(self)


def place_of(item: OfCell | ScalingFinding | Cell) -> Place:
    """The place that a finding or a cell belongs to."""
    factors = item.panel if isinstance(item, Cell) else item
    names = Setting.model_fields
    return Place(**{name: getattr(factors, name) for name in names}, environment=item.environment)


Shown = ComparisonFinding | CellFinding | FailureFinding | ScalingFinding | BreakEvenFinding
"""What has a place in a sweep."""

_COMPARED = (ComparisonFinding, BreakEvenFinding)
"""What has a baseline."""


class Places:
    """Where the findings of a run are shown, and under which name.

    An arm belongs to the environment of the baseline that it is compared with; one of another is
    named with its own, ``new@keras3``. An arm that is compared across environments is shown a
    second time, under their names.
    """

    def __init__(self, findings: Findings) -> None:
        self._homes = {
            (_setting_of(each), each.arm, each.environment): each.baseline_environment
            for each in findings.timings
            if not each.across and each.environment != each.baseline_environment
        }
        self._across = {(_setting_of(each), each.arm) for each in findings.timings if each.across}

    def of(self, item: Shown) -> Iterator[tuple[Place, Shown]]:
        """Where ``item`` is shown, each time with the name that its arm has there."""
        setting = _setting_of(item)
        is_across = isinstance(item, _COMPARED) and item.across
        if not is_across:
            home = self._homes.get((setting, item.arm, item.environment), item.environment)
            place = Place(**dict(setting), environment=home)
            name = item.arm if home == item.environment else f"{item.arm}@{item.environment}"
            yield place, item if name == item.arm else item.model_copy(update={"arm": name})
        if (setting, item.arm) in self._across:
            place = Place(**dict(setting), environment=None, of_arm=item.arm)
            changes: dict[str, object] = {"arm": item.environment}
            if isinstance(item, _COMPARED):
                if not is_across:
                    return
                changes["baseline"] = item.baseline_environment
            if isinstance(item, ScalingFinding):
                changes["difference"] = None
            yield place, item.model_copy(update=changes)


def _setting_of(item: Shown) -> Setting:
    return Setting(**{name: getattr(item, name) for name in Setting.model_fields})
