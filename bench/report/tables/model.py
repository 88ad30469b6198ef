"""Tables and text without a medium: terminal and Markdown render the same values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Emphasis = Literal[
    "none",
    "strong",
    "heading",
    "quote",
    "dim",
    "good",
    "good_strong",
    "bad",
    "bad_strong",
    "doubtful",
    "doubtful_strong",
]
Align = Literal["left", "right"]
Wrap = Literal["words", "anywhere", "never"]


@dataclass(frozen=True)
class TextSpan:
    """A piece of text; ``is_name`` marks a name that a user chose, as of an arm."""

    text: str
    emphasis: Emphasis = "none"
    is_name: bool = False


@dataclass(frozen=True)
class TableCell:
    """What stands in one cell, as pieces that follow each other without a space."""

    spans: tuple[TextSpan, ...]

    @property
    def text(self) -> str:
        """The cell without emphasis."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Column:
    """The head of a column.

    ``joins_previous`` marks a column that only continues the one before it, such as an interval
    that has a column so that brackets stand below each other.
    """

    name: str
    align: Align = "left"
    wrap: Wrap = "words"
    emphasis: Emphasis = "none"
    joins_previous: bool = False


@dataclass(frozen=True)
class Row:
    """One cell for each column; ``emphasis`` is that of the whole row."""

    cells: tuple[TableCell, ...]
    emphasis: Emphasis = "none"


@dataclass(frozen=True)
class Table:
    """A table; ``title`` is empty where the text above says what it shows.

    Raises ``ValueError`` if a row has more or fewer cells than there are columns.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        for each in self.rows:
            if len(each.cells) != len(self.columns):
                raise ValueError(
                    f"a row of {self.title or 'a table'} has {len(each.cells)} cells "
                    f"for {len(self.columns)} columns"
                )


@dataclass(frozen=True)
class ResponsiveTable:
    """One content in several layouts, the fullest first; a layout is one or more tables.

    A medium of limited width shows the first layout that fits, else the last.
    """

    layouts: tuple[tuple[Table, ...], ...]

    @property
    def fullest(self) -> tuple[Table, ...]:
        """The layout for a medium without a limit."""
        return self.layouts[0]


@dataclass(frozen=True)
class Paragraph:
    """Text between tables; without a span it is a blank line.

    A ``clipped`` paragraph stays on one line and is cut where it is too long.
    """

    spans: tuple[TextSpan, ...] = ()
    clipped: bool = False


@dataclass(frozen=True)
class LabelledList:
    """Paragraphs, each right of its label, below an optional title.

    ``label_width`` is the number of characters that the labels take; by default the widest label's.
    ``gap`` is the number of spaces after them.
    """

    items: tuple[tuple[str, str], ...]
    title: str = ""
    label_width: int | None = None
    gap: int = 2


Block: TypeAlias = Table | ResponsiveTable | Paragraph | LabelledList
"""What a page is made of, from top to bottom."""

BLANK = Paragraph()


def cell(text: str, emphasis: Emphasis = "none") -> TableCell:
    """A cell of one piece."""
    return TableCell((TextSpan(text, emphasis),))


def name(text: str) -> TableCell:
    """A cell that holds a name that a user chose."""
    return TableCell((TextSpan(text, is_name=True),))


def row(cells: Iterable[TableCell | str], emphasis: Emphasis = "none") -> Row:
    """A row of ``cells``, of which a string is one without emphasis."""
    made = (each if isinstance(each, TableCell) else cell(each) for each in cells)
    return Row(tuple(made), emphasis)


def paragraph(text: str, emphasis: Emphasis = "none") -> Paragraph:
    """A paragraph of one piece."""
    return Paragraph((TextSpan(text, emphasis),))


def right(*names: str) -> tuple[Column, ...]:
    """Columns of numbers."""
    return tuple(Column(each, "right") for each in names)
