"""Renders tables and text as HTML; no name can break a page or become markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby, zip_longest

from markupsafe import Markup, escape

from bench.domain.words import without_controls
from bench.report.tables.model import (
    Block,
    Column,
    LabelledList,
    Paragraph,
    ResponsiveTable,
    Row,
    Table,
    TextSpan,
)
from bench.report.text.formatting import tied

_OPTION = re.compile(r"((?<![\w-])--[a-z][a-z-]*(?:[ =]\d\w*)?)")
"""An option in a sentence, with a number that it is given."""


def render_html(blocks: Iterable[Block]) -> Markup:
    """``blocks`` from top to bottom, tables in their fullest layout."""
    return Markup("\n").join(part for block in _joined(blocks) if (part := _block(block)))


def text(value: str) -> Markup:
    """``value`` as text, without control characters."""
    return escape(without_controls(value))


def prose(value: str) -> Markup:
    """``value`` as a sentence: numbers stay with their units, and options are code in one piece."""
    plain = tied(without_controls(value))
    parts = _OPTION.split(plain)
    options = (Markup('<code class="option">{}</code>').format(each) for each in parts[1::2])
    texts = map(escape, parts[::2])
    return Markup().join(
        each for pair in zip_longest(texts, options, fillvalue="") for each in pair
    )


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """``blocks`` with lists that follow each other as one, so that their texts begin alike."""
    for is_list, group in groupby(blocks, lambda each: isinstance(each, LabelledList)):
        if not is_list:
            yield from group
            continue
        lists = [each for each in group if isinstance(each, LabelledList)]
        starts = [at for at, each in enumerate(lists) if each.title or not at]
        for start, end in zip(starts, [*starts[1:], len(lists)], strict=True):
            items = chain.from_iterable(each.items for each in lists[start:end])
            yield LabelledList(tuple(items), lists[start].title)


def _block(block: Block) -> Markup:
    if isinstance(block, Paragraph):
        return _paragraph(block)
    if isinstance(block, LabelledList):
        return _labelled(block)
    tables = block.fullest if isinstance(block, ResponsiveTable) else (block,)
    return Markup("\n").join(_table(each) for each in tables if each.rows)


def _paragraph(block: Paragraph) -> Markup:
    content = Markup().join(_span(span, prose) for span in block.spans)
    if not content:
        return Markup()
    emphases = {span.emphasis for span in block.spans}
    if emphases == {"heading"}:
        return Markup("<h3>{}</h3>").format(content)
    return Markup("<p>{}</p>").format(content)


def _labelled(block: LabelledList) -> Markup:
    items = Markup().join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(text(label), prose(value))
        for label, value in block.items
    )
    title = Markup("<h4>{}</h4>").format(text(block.title)) if block.title else Markup()
    return title + Markup("<dl>{}</dl>").format(items) if items else Markup()


def _table(table: Table) -> Markup:
    """A table that scrolls in itself; one head stands above columns that continue each other."""
    places = [at for at, column in enumerate(table.columns) if not column.joins_previous]
    head = Markup().join(
        _head(table.columns[at], end - at)
        for at, end in zip(places, [*places[1:], len(table.columns)], strict=True)
    )
    rows = Markup().join(_row(each, table) for each in table.rows)
    title = Markup("<caption><span>{}</span></caption>").format(text(table.title))
    caption = title if table.title else Markup()
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table>{}'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(text(table.title or "table"), caption, head, rows)


def _head(column: Column, columns: int) -> Markup:
    if not column.name:
        return Markup("<td></td>")
    return Markup('<th scope="col"{}{}>{}</th>').format(
        _aligned(column.align),
        Markup(' colspan="{}"').format(columns) if columns > 1 else Markup(),
        text(column.name),
    )


def _row(row: Row, table: Table) -> Markup:
    cells = []
    for at, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
        form = "<td{}>{}</td>" if at else '<th scope="row"{}>{}</th>'
        content = Markup().join(_span(span, text) for span in cell.spans)
        cells.append(Markup(form).format(_aligned(column.align), content))
    dim = Markup(' class="dim"') if row.emphasis == "dim" else Markup()
    return Markup("<tr{}>{}</tr>").format(dim, Markup().join(cells))


def _aligned(align: str) -> Markup:
    return Markup(' class="number"') if align == "right" else Markup()


def _span(span: TextSpan, written: Callable[[str], Markup]) -> Markup:
    """``span``, which is ``written`` as one or other kind of text where it is no name."""
    if span.is_name:
        content = Markup("<code>{}</code>").format(text(span.text))
    else:
        content = written(span.text)
    if span.emphasis in ("none", "heading"):
        return content
    return Markup('<span class="{}">{}</span>').format(span.emphasis.replace("_", " "), content)
