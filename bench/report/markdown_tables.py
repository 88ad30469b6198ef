"""Renders tables and text as Markdown; no name can break a table or become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bench.report.tables.model import Block, Emphasis, LabelledList, Paragraph, Row, Table, TextSpan
from bench.report.text.formatting import NBSP

_MARKUP = re.compile(r"[\\`*|~]|<|&(?=[#\w]+;)|(?<![^\W_])_|_(?![^\W_])|(?<=\])(?=\()")
_UNSAFE_IN_CODE = re.compile(r"[`|\\]")
_PUNCTUATION = re.compile(r"[^\w\s]|_")

_AROUND: dict[Emphasis, tuple[str, str]] = {
    "heading": ("## ", ""),
    "strong": ("**", "**"),
    "quote": ("*", "*"),
}


def render_markdown(blocks: Iterable[Block]) -> str:
    """``blocks`` from top to bottom, tables in their fullest layout, with a blank line between."""
    return "\n\n".join(part for block in blocks if (part := _block(block)))


def markdown_table(table: Table) -> str:
    """``table`` as a pipe table, below its title."""
    places = [at for at, column in enumerate(table.columns) if not column.joins_previous]
    columns = [table.columns[at] for at in places]
    lines = [
        _line(escaped(column.name) for column in columns),
        _line("---:" if column.align == "right" else "---" for column in columns),
        *(_line(_cells(row, places)) for row in table.rows),
    ]
    return "\n".join([*_title(table.title), *lines])


def escaped(text: str) -> str:
    """``text`` on one line, with every character escaped that Markdown would read as markup."""
    return _MARKUP.sub(lambda match: f"\\{match[0]}", _on_one_line(text))


def code(text: str) -> str:
    """``text`` as a name in code; as HTML where it has what a code span of a table cannot hold."""
    text = _on_one_line(text)
    if not _UNSAFE_IN_CODE.search(text):
        return f"`{text}`"
    entities = _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", text)
    return f"<code>{entities}</code>"


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _paragraph(block)
    if isinstance(block, LabelledList):
        items = (": ".join(escaped(part) for part in each if part) for each in block.items)
        return "\n".join([*_title(block.title), *(f"- {item}" for item in items)])
    if isinstance(block, Table):
        return markdown_table(block)
    return "\n\n".join(map(markdown_table, block.fullest))


def _title(title: str) -> list[str]:
    return [f"{escaped(title)}:", ""] if title else []


def _paragraph(block: Paragraph) -> str:
    if block.clipped:
        return code("".join(span.text for span in block.spans).strip())
    marked = ((_span(span), _AROUND.get(span.emphasis, ("", ""))) for span in block.spans)
    return "".join(f"{before}{text}{after}" for text, (before, after) in marked)


def _cells(row: Row, places: list[int]) -> Iterable[str]:
    """The cells of ``row``; one that continues the cell before it is joined to that."""
    for start, end in zip(places, [*places[1:], len(row.cells)], strict=True):
        parts = ("".join(map(_span, cell.spans)) for cell in row.cells[start:end])
        yield " ".join(part for part in parts if part)


def _span(span: TextSpan) -> str:
    return code(span.text) if span.is_name else escaped(span.text)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _on_one_line(text: str) -> str:
    return " ".join(text.replace(NBSP, " ").splitlines())
