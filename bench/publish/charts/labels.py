"""Labels at the right end of lines: arms that end in one place share a label, none overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from bench.publish.charts.sheet import line_height
from bench.publish.charts.style import INK, NOTE, SMALL, ArmStyles

MANY = 3
"""From this many arms on, a group is called ``the other arms`` where only one group is."""


@dataclass(frozen=True)
class _Group:
    arms: tuple[str, ...]
    at: float
    lines: tuple[tuple[str, str], ...]

    @property
    def half(self) -> float:
        return line_height(SMALL) * len(self.lines) / 2


def label_ends(
    axes: Axes, ends: Mapping[str, float], styles: ArmStyles, height: float, left: float
) -> None:
    """Write each arm's name right of the panel at the height where its line ends.

    ``ends`` maps arms to inches above the panel's bottom, ``height`` is the panel's in inches, and
    ``left`` where lines end, in fractions of the panel's width.
    """
    groups = [_Group(arms, at, _lines(arms, ends, styles)) for arms, at in _coinciding(ends)]
    place = blended_transform_factory(axes.transAxes, axes.transAxes)
    for group, center in zip(groups, _spread(groups, height), strict=True):
        axes.plot(
            (left + 0.01, 1.02, 1.05),
            (group.at / height, group.at / height, center / height),
            color=NOTE,
            linewidth=0.5,
            transform=place,
            clip_on=False,
        )
        for number, (text, color) in enumerate(group.lines):
            below_top = line_height(SMALL) * (number + 0.5)
            axes.text(
                1.065,
                (center + group.half - below_top) / height,
                text,
                color=color,
                size=SMALL,
                va="center_baseline",
                transform=place,
            )


def _coinciding(ends: Mapping[str, float]) -> list[tuple[tuple[str, ...], float]]:
    """Arms whose ends are closer than a line of text, with the middle of each group, upwards."""
    groups: list[list[str]] = []
    for arm in sorted(ends, key=lambda arm: ends[arm]):
        if groups and ends[arm] - ends[groups[-1][-1]] < 0.8 * line_height(SMALL):
            groups[-1].append(arm)
        else:
            groups.append([arm])
    return [
        (tuple(arm for arm in ends if arm in group), (ends[group[0]] + ends[group[-1]]) / 2)
        for group in groups
    ]


def _lines(
    arms: Sequence[str], ends: Mapping[str, float], styles: ArmStyles
) -> tuple[tuple[str, str], ...]:
    if len(arms) == len(ends) > 1:
        return (("all arms", INK),)
    if len(arms) >= MANY and 2 * len(arms) > len(ends):
        return (("the other arms", INK),)
    return tuple((styles[arm].name, styles[arm].look.color) for arm in arms)


def _spread(groups: Sequence[_Group], height: float) -> list[float]:
    """Centers of the labels: as near to their lines as fits, from the bottom up."""
    centers: list[float] = []
    floor = -0.1
    for group in groups:
        centers.append(max(group.at, floor + group.half))
        floor = centers[-1] + group.half
    ceiling = height + 0.1
    for position in reversed(range(len(groups))):
        centers[position] = min(centers[position], ceiling - groups[position].half)
        ceiling = centers[position] - groups[position].half
    return centers
