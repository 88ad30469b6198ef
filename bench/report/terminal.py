"""Renders tables and text for a terminal, with rich, at any width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich import table as rich_table
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.text import Text

from bench.domain.words import without_controls
from bench.report.tables.model import (
    Block,
    Emphasis,
    LabelledList,
    Paragraph,
    Table,
    TextSpan,
)
from bench.report.text.formatting import wrapped

UNLIMITED = 10_000
NAME_WIDTH = 32
"""Columns that a name may take before it continues on a second line."""

STYLES: dict[Emphasis, str] = {
    "none": "",
    "strong": "bold",
    "heading": "bold underline",
    "quote": "italic",
    "dim": "dim",
    "good": "green",
    "good_strong": "bold green",
    "bad": "red",
    "bad_strong": "bold red",
    "doubtful": "yellow",
    "doubtful_strong": "bold yellow",
}


def render_terminal(blocks: Iterable[Block]) -> RenderableType:
    """``blocks`` from top to bottom, as wide as the console that prints them at most."""
    return Group(*(_block(each) for each in blocks))


def _block(block: Block) -> RenderableType:
    if isinstance(block, Paragraph):
        return _text(block.spans, clipped=block.clipped)
    if isinstance(block, LabelledList):
        return _Labelled(block)
    if isinstance(block, Table):
        return _Layout(((block,),))
    return _Layout(block.layouts)


def _text(spans: Iterable[TextSpan], *, clipped: bool = False) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis") if clipped else Text()
    for span in spans:
        text.append(without_controls(span.text), STYLES[span.emphasis])
    return text


class _Labelled:
    """Labelled paragraphs whose lines all begin right of the labels."""

    def __init__(self, block: LabelledList) -> None:
        self.block = block
        widest = max((len(label) for label, _ in block.items), default=0)
        self.indent = block.gap + (widest if block.label_width is None else block.label_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self.block.title:
            yield Text(self.block.title, style=STYLES["strong"])
        for label, text in self.block.items:
            begin = label.ljust(self.indent)
            for line in wrapped(without_controls(text), max(options.max_width - self.indent, 20)):
                yield Text.assemble((begin, STYLES["strong"]), line)
                begin = " " * self.indent


class _Layout:
    """Tables in the first of several layouts that fits the width, else in the last."""

    def __init__(self, layouts: tuple[tuple[Table, ...], ...]) -> None:
        self.layouts = layouts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        unlimited = options.update_width(UNLIMITED)
        chosen = self.layouts[-1]
        for layout in self.layouts[:-1]:
            grids = (_grid(table) for table in layout)
            widths = (Measurement.get(console, unlimited, grid).maximum for grid in grids)
            if max(widths) <= options.max_width:
                chosen = layout
                break
        for position, table in enumerate(chosen):
            if position:
                yield Text()
            yield from _titled(table)


def _titled(table: Table) -> Iterator[RenderableType]:
    if table.title:
        yield Text(table.title, style=STYLES["strong"])
    yield _grid(table)


def _grid(table: Table) -> rich_table.Table:
    """The table without its title and without rules."""
    grid = rich_table.Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in table.columns:
        grid.add_column(
            Text(broken_after_underscores(column.name)),
            justify=column.align,
            style=STYLES[column.emphasis],
            no_wrap=column.wrap == "never",
            overflow="fold" if column.wrap == "anywhere" else "ellipsis",
            max_width=NAME_WIDTH if column.wrap == "anywhere" else None,
        )
    for row in table.rows:
        grid.add_row(*(_text(cell.spans) for cell in row.cells), style=STYLES[row.emphasis])
    return grid


def broken_after_underscores(name: str, width: int = 12) -> str:
    """``name`` in lines of at most about ``width`` characters, each broken after an underscore."""
    lines = [""]
    *pieces, last = name.split("_")
    for part in (*(f"{piece}_" for piece in pieces), last):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
