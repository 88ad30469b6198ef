"""The page on formats says what the code writes."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest
from pydantic import BaseModel

from bench.analysis.calibration.findings import CalibrationFindings
from bench.domain.design.calibration import Calibration
from bench.domain.findings.explanation import Explanation
from bench.domain.findings.run import Findings
from bench.domain.metrics import METRICS
from bench.store import migrations
from bench.store.run_folder import RunRecord
from bench.store.schema import SCHEMA

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "formats.md").read_text()
UNITS = {"ns": "ns", "bytes": "bytes", "mhz": "MHz", "mj": "mJ", "mw": "mW", "c": "°C"}


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below ``heading``, cell by cell."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = section[section.index("|") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def metrics() -> list[list[str]]:
    lines = PAGE.split("| metric |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


def document(name: str) -> tuple[int, list[str]]:
    """Schema and top-level keys of a document, as the page says."""
    (row,) = (row for row in table("What is stable") if row[0].startswith(f"`{name}`"))
    return int(row[1]), re.findall(r"`(\w+)`", row[2])


def column(field: pa.Field) -> tuple[str, str, str]:
    kind = "text" if pa.types.is_dictionary(field.type) else str(field.type)
    unit = UNITS.get(field.name.rpartition("_")[2], "")
    return f"`{field.name}`", kind if field.nullable else f"{kind}, required", unit


def test_every_column_of_the_samples_is_described_with_type_and_unit() -> None:
    rows = table("Columns of the samples")
    assert [tuple(row[:3]) for row in rows] == [column(field) for field in SCHEMA]
    assert all(row[3] for row in rows)


def test_every_metric_is_listed_with_unit_and_column() -> None:
    assert metrics() == [[each.name, each.unit, each.column] for each in METRICS.values()]


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("run.json", RunRecord),
        ("findings.json", Findings),
        ("explanations/*.json", Explanation),
        ("bench calibrate --json", CalibrationFindings),
    ],
)
def test_keys_and_version_of_a_document_are_listed(name: str, model: type[BaseModel]) -> None:
    version, keys = document(name)
    stored = [field.alias or key for key, field in model.model_fields.items()]
    assert keys == [*stored, *model.model_computed_fields]
    assert version == model.model_fields["schema_version"].default


def test_keys_of_the_design_of_a_calibration_are_listed() -> None:
    assert document("calibration.json")[1] == ["schema", *Calibration.model_fields]


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("run.json", migrations.RUN.newest),
        ("explanations/*.json", migrations.EXPLANATION.newest),
        ("calibration.json", migrations.CALIBRATION.newest),
        ("claims.json", migrations.CLAIMS.newest),
        ("observations/KIND-0003.json", migrations.OBSERVATION.newest),
        ("observations/KIND.json", migrations.OBSERVATIONS.newest),
        ("*.parquet", migrations.PARTS_SCHEMA),
    ],
)
def test_version_that_is_written_is_listed(name: str, version: int) -> None:
    assert document(name)[0] == version
