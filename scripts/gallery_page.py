"""What was measured of the models of the gallery, and the tables of docs/gallery.md."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from bench.domain.phases import call_modes_of
from bench.domain.values import Rounded
from bench.report.markdown import with_block
from bench.report.markdown_tables import code, escaped, markdown_table
from bench.report.tables.model import Column, Table, name, right, row
from bench.report.text.formatting import approximate_duration, duration
from scenarios.gallery.models import APPLICATIONS, KINDS, MODELS

ROOT = Path(__file__).resolve().parents[1]
PAGE, STORED = ROOT / "docs" / "gallery.md", ROOT / "results" / "gallery.json"
CALL_MODES = tuple(call_modes_of())


class Cell(Rounded):
    """What came of a model in a call mode, in seconds, or the ``kind`` of failure and its reason.

    ``first`` is from nothing to the first output, ``later`` each call after it; medians of
    ``rounds``. A call mode that fails late has the first of them.
    """

    rounds: int = 0
    first: float | None = None
    later: float | None = None
    kind: str | None = None
    reason: str | None = None


class Measured(Rounded):
    """A model of a run: that run's id, when and where it was made, its own part of the time, cells.

    ``invented`` is what the suite made up of the model's inputs.
    """

    model: str
    run: str
    setting: str
    seconds: float
    invented: tuple[str, ...]
    cells: Mapping[str, Cell]


_RUNS = TypeAdapter(tuple[Measured, ...])


def read() -> tuple[Measured, ...]:
    """The runs that are stored."""
    return _RUNS.validate_json(STORED.read_bytes()) if STORED.exists() else ()


def write(stored: tuple[Measured, ...]) -> None:
    """Store runs, and write the page."""
    STORED.write_bytes(_RUNS.dump_json(stored, indent=1, exclude_none=True) + b"\n")
    PAGE.write_text(page(PAGE.read_text(), stored))


def replacing(stored: Iterable[Measured], new: Measured) -> tuple[Measured, ...]:
    """``stored`` with ``new``, whose cells replace those of earlier runs of its model."""
    kept = []
    for each in stored:
        cells = {mode: cell for mode, cell in each.cells.items() if mode not in new.cells}
        kept.append(each.model_copy(update={"cells": cells}) if each.model == new.model else each)
    places = list(MODELS)
    return tuple(
        sorted((each for each in (*kept, new) if each.cells), key=lambda it: places.index(it.model))
    )


def cells_of(stored: Iterable[Measured], model: str) -> dict[str, Cell]:
    """The cells of ``model``, by call mode."""
    return {mode: cell for run in stored if run.model == model for mode, cell in run.cells.items()}


class Notes(dict[str, int]):
    """Why something failed → the number by which tables name it."""

    def number(self, reason: str) -> int:
        """The number of ``reason``, the next one where it is new."""
        return self.setdefault(reason, len(self) + 1)


def page(text: str, stored: Sequence[Measured]) -> str:
    """``text``, the page, with its blocks made from what is ``stored``."""
    notes = Notes()
    blocks = {
        "kinds": kinds(stored),
        "times_of_kinds": times(stored, KINDS, notes),
        "times_of_applications": times(stored, APPLICATIONS, notes),
    }
    blocks["reasons"] = "\n".join(f"{number}. {escaped(why)}" for why, number in notes.items())
    blocks["settings"] = _settings(stored)
    for block, content in blocks.items():
        text = with_block(text, block, f"{content}\n")
    return text


def times(stored: Sequence[Measured], models: Iterable[str], notes: Notes) -> str:
    """A table of those of ``models`` that are ``stored``; ``notes`` get the reasons it names."""
    known = {each.model for each in stored}
    rows = []
    for model in models:
        if model in known:
            cells = cells_of(stored, model)
            shown = [_shown(cells[mode], notes) if mode in cells else "" for mode in CALL_MODES]
            rows.append(row((name(model), *shown)))
    return markdown_table(Table("", (Column("model"), *right(*CALL_MODES)), tuple(rows)))


def _shown(cell: Cell, notes: Notes) -> str:
    parts = [duration(each) for each in (cell.first, cell.later) if each is not None]
    if cell.kind is not None:
        words = cell.kind.replace("_", " ")
        parts.append(f"{words} ({notes.number(' '.join((cell.reason or '').split()))})")
    return " / ".join(parts) or "?"


def kinds(stored: Iterable[Measured]) -> str:
    """A line on each model of a kind of its own: what was said of its inputs, and what made up."""
    lines = []
    for model, arm in KINDS.items():
        invented = dict.fromkeys(
            text for each in stored if each.model == model for text in each.invented
        )
        said = " ".join(f'--input "{each}"' for each in arm.inputs)
        parts = [
            _description(arm.builder),
            f"Measured with {code(said)}." if said else "",
            f"Made up: {escaped('; '.join(invented))}." if invented else "",
        ]
        lines.append(f"- {code(model)}: {' '.join(filter(None, parts))}")
    return "\n".join(lines)


def _description(builder: str) -> str:
    """What the docstring of ``builder`` says, which is not imported: its module needs Keras."""
    module, _, function = builder.partition(":")
    path = (ROOT / module.replace(".", "/")).with_suffix(".py")
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return " ".join((ast.get_docstring(node) or "").replace("``", "`").split())
    raise LookupError(f"{builder} is not there")


def _settings(stored: Sequence[Measured]) -> str:
    """When and where it was measured, in how many rounds, and how long that took."""
    settings = "; ".join(dict.fromkeys(each.setting for each in stored))
    rounds = {cell.rounds for each in stored for cell in each.cells.values() if cell.later}
    ends = dict.fromkeys((min(rounds, default=0), max(rounds, default=0)))
    total = approximate_duration(sum(each.seconds for each in stored))
    return f"{settings}; rounds: {' to '.join(map(str, ends))}; {total} in all."
