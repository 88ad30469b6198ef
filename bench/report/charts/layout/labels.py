"""Labels at the right end of lines: arms that end in one place share a label, none overlap."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from bench.report.charts.layout.page import line_height, text_width
from bench.report.charts.layout.style import INK, NOTE, SMALL, ArmStyles

MANY = 3
"""From this many arms on, a group is called ``the other arms`` where only one group is."""


@dataclass(frozen=True)
class _Group:
    arms: tuple[str, ...]
    at: float
    lines: tuple[tuple[str, str], ...]

    @property
    def half(self) -> float:
        return line_height(SMALL) * len(self.lines) / 2 + GAP / 2


GAP = 0.06
"""Inches between the labels of two groups."""

CONNECTOR = 0.25
"""Inches between a panel's right edge and its labels."""


def label_room(ends: Mapping[str, float], styles: ArmStyles, arms: Collection[str]) -> float:
    """Inches that ``label_ends`` takes right of the panel, for the same arguments."""
    lines = [line for group in _groups(ends, styles, arms) for line in group.lines]
    return CONNECTOR + max(text_width(text, SMALL) for text, _ in lines)


def label_ends(
    axes: Axes,
    ends: Mapping[str, float],
    styles: ArmStyles,
    arms: Collection[str],
    *,
    size: tuple[float, float],
    left: float,
) -> None:
    """Write each arm's name right of the panel at the height where its line ends.

    ``ends`` maps the panel's arms to inches above its bottom, ``arms`` are those of the whole
    chart, ``size`` is the panel's width and height in inches, and ``left`` where lines end, in
    fractions of the width.
    """
    width, height = size
    groups = _groups(ends, styles, arms)
    for group, center in zip(groups, _spread(groups, height), strict=True):
        axes.plot(
            (left + 0.01, 1 + 0.05 / width, 1 + 0.14 / width),
            (group.at / height, group.at / height, center / height),
            color=NOTE,
            linewidth=0.5,
            transform=axes.transAxes,
            clip_on=False,
        )
        for number, (text, color) in enumerate(group.lines):
            below_top = line_height(SMALL) * (number + 0.5)
            axes.text(
                1 + 0.18 / width,
                (center + group.half - GAP / 2 - below_top) / height,
                text,
                color=color,
                size=SMALL,
                va="center_baseline",
                transform=axes.transAxes,
            )


def _groups(ends: Mapping[str, float], styles: ArmStyles, arms: Collection[str]) -> list[_Group]:
    whole = len(ends) == len(arms) > 1
    return [
        _Group(together, at, _lines(together, len(ends) if whole else None, styles))
        for together, at in _coinciding(ends)
    ]


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
    arms: Sequence[str], count: int | None, styles: ArmStyles
) -> tuple[tuple[str, str], ...]:
    """Text and colour; ``count`` is how many arms there are, None where the panel lacks some."""
    if len(arms) == count:
        return (("all arms", INK),)
    if count and len(arms) >= MANY and 2 * len(arms) > count:
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
