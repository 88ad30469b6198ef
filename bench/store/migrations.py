"""Older formats of stored runs, read as the newest: one function for each step.

A step takes what one version wrote and returns what the next one would have written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION = 2
"""The version of ``run.json`` that is written."""

Document = dict[str, Any]


class UnknownVersion(ValueError):
    """A document of a version that this suite does not know; the message names it."""


def migrated(document: Document) -> Document:
    """``document``, the contents of a ``run.json`` of any known version, in the newest.

    Raises ``UnknownVersion``.
    """
    version = document.get("schema", document.get("schema_version"))
    if not isinstance(version, int) or not 1 <= version <= SCHEMA_VERSION:
        raise UnknownVersion(
            f"it has schema {version!r}, and this suite reads 1 to {SCHEMA_VERSION}"
        )
    for number in range(version, SCHEMA_VERSION):
        document = _STEPS[number](document)
    return document


def migrated_part(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A part of any version in the columns of ``schema``; what it lacks is null."""
    import pyarrow as pa

    table = table.rename_columns([_COLUMNS.get(name, name) for name in table.column_names])
    for field in schema:
        if field.name not in table.column_names:
            table = table.append_column(field.name, pa.nulls(len(table), field.type))
    return table.select(schema.names).cast(schema)


def _call_modes_have_their_name(document: Document) -> Document:
    """1 to 2: ``entry`` became ``call_mode``, and injected slowdowns moved to their module."""
    text = json.dumps(document).replace('"scenarios.planted:', '"scenarios.injected:')
    changed: Document = json.loads(text)
    del changed["schema_version"]
    plan = changed["plan"]
    plan.pop("schema_version", None)
    for panel in plan["panels"]:
        panel["call_mode"] = panel.pop("entry")
    for scenario in plan["scenarios"]:
        if scenario.get("lifecycle"):
            lifecycle = scenario["lifecycle"]
            lifecycle["time_to_first_output"] = lifecycle.pop("first_answer")
    return {"schema": 2, **changed}


_STEPS: Mapping[int, Callable[[Document], Document]] = {1: _call_modes_have_their_name}

_COLUMNS = {"entry": "call_mode"}
