"""Layouts that fit the terminal: the first of several that is narrow enough."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from bench.report.text.formatting import wrapped

UNLIMITED = 10_000
ARM_WIDTH = 32
"""Columns that a name may take before it continues on a second line."""


class ResponsiveLayout:
    """Renders the first of ``layouts`` that fits the width it is given, else the last."""

    def __init__(self, *layouts: RenderableType) -> None:
        self.layouts = layouts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        unlimited = options.update_width(UNLIMITED)
        for layout in self.layouts[:-1]:
            if Measurement.get(console, unlimited, layout).maximum <= options.max_width:
                yield layout
                return
        yield self.layouts[-1]


def plain_table(title: str | None = None) -> Table:
    """An empty table without rules, its title, if any, at the left."""
    return Table(
        title=None if title is None else Text(title, style="bold"),
        title_justify="left",
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
        header_style="dim",
    )


class LabelledParagraph:
    """A labelled paragraph whose lines all begin right of the label."""

    def __init__(self, label: str, text: str, label_width: int) -> None:
        self.label = label
        self.text = text
        self.indent = label_width + 2

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        label = self.label.ljust(self.indent)
        for line in wrapped(self.text, max(options.max_width - self.indent, 20)):
            yield Text.assemble((label, "bold"), line)
            label = " " * self.indent


def header(name: str, width: int = 12) -> str:
    """``name`` broken after underscores so that its lines stay within about ``width`` columns."""
    lines = [""]
    for part in _parts(name):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _parts(name: str) -> Iterable[str]:
    pieces = name.split("_")
    return [f"{piece}_" for piece in pieces[:-1]] + pieces[-1:]
