"""A sheet of paper in inches: title above, panels in the middle, notes and provenance below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.textpath import TextPath

from bench.report.charts.layout.style import BODY, INK, NOTE, SMALL, TITLE
from bench.report.text.formatting import wrapped

EDGE = 0.25
_LINE = 1.45
"""Height of a line of text, relative to its font size."""


@dataclass(frozen=True)
class Chart:
    """A finished chart: ``kind`` becomes part of its file's name, ``title`` is what it says."""

    kind: str
    title: str
    figure: Figure


class ChartPage:
    """A figure whose parts are placed in inches, from the top left corner of its body."""

    def __init__(
        self,
        width: float,
        body: float,
        *,
        title: str,
        subtitle: str,
        notes: Sequence[str],
        handles: Sequence[Line2D | Patch] = (),
    ) -> None:
        self.width = width
        self.title = title
        self._room = width - 2 * EDGE
        titles = _paragraph(title, TITLE, self._room)
        subtitles = _paragraph(subtitle, BODY, self._room)
        below = [line for note in notes for line in _paragraph(note, SMALL, self._room)]
        legend = _rows(handles, self._room)
        below_title = EDGE + line_height(TITLE) * len(titles)
        self._top = below_title + line_height(BODY) * len(subtitles)
        legend_top = self._top + 0.08
        if legend:
            self._top = legend_top + 1.15 * line_height(BODY) * len(legend)
        self._top += 0.12
        self.height = self._top + body + 0.1 + line_height(SMALL) * len(below) + EDGE / 2
        self.figure = Figure(figsize=(width, self.height), facecolor="white")
        self._write(titles, EDGE, TITLE, INK, weight="bold")
        self._write(subtitles, below_title, BODY, NOTE)
        for number, row in enumerate(legend):
            self._legend(row, legend_top + 1.15 * line_height(BODY) * number)
        self._write(below, self._top + body + 0.1, SMALL, NOTE)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """A panel whose left and top are inches from the body's top left corner."""
        bottom = self.height - self._top - top - height
        return self.figure.add_axes(
            (
                (EDGE + left) / self.width,
                bottom / self.height,
                width / self.width,
                height / self.height,
            )
        )

    def _write(
        self, lines: Sequence[str], top: float, size: float, color: str, weight: str = "normal"
    ) -> None:
        for number, line in enumerate(lines):
            self.figure.text(
                EDGE / self.width,
                1 - (top + number * line_height(size)) / self.height,
                line,
                size=size,
                color=color,
                weight=weight,
                va="top",
            )

    def _legend(self, row: Sequence[Line2D | Patch], top: float) -> None:
        self.figure.legend(
            handles=list(row),
            loc="upper left",
            bbox_to_anchor=(EDGE / self.width, 1 - top / self.height),
            borderaxespad=0,
            borderpad=0,
            ncols=len(row),
            columnspacing=1.6,
            handletextpad=0.5,
            handlelength=2.2,
        )


def line_height(size: float) -> float:
    """Inches from one line of text to the next."""
    return _LINE * size / 72


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Inches that ``text`` takes in the charts' font."""
    if not text.strip():
        return 0.0
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    return float(TextPath((0, 0), text, size=size, prop=font).get_extents().width) / 72


def _paragraph(text: str, size: float, room: float) -> list[str]:
    per_character = text_width(text, size, bold=size == TITLE) / max(len(text), 1)
    widest = max(int(room / max(per_character, 0.01) * 0.97), 20)
    lines = wrapped(text, widest)
    if size == TITLE and len(lines) > 1:
        shortest = math.ceil(len(text) / len(lines))
        tries = (wrapped(text, length) for length in range(shortest, widest))
        return next((even for even in tries if len(even) == len(lines)), lines)
    return lines


def _rows(handles: Sequence[Line2D | Patch], room: float) -> list[list[Line2D | Patch]]:
    """The legend's entries in as few rows as fit."""
    rows: list[list[Line2D | Patch]] = []
    used = room
    for handle in handles:
        entry = text_width(str(handle.get_label()), BODY) + 0.55
        if used + entry > room:
            rows.append([])
            used = 0.0
        rows[-1].append(handle)
        used += entry
    return rows
