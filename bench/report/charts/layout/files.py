"""Writes a finished chart to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.report.charts.layout.page import Chart
from bench.report.charts.layout.style import drawing
from bench.report.replaced import replaced

FORMATS = ("png", "svg")


def save_chart(
    chart: Chart, directory: Path, name: str, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Write ``chart`` as ``directory/name.FORMAT`` for each of ``formats``, and return the files.

    ``directory`` is made if it is missing; each file is there as a whole or not at all. The files
    hold the chart's title, for readers that do not see it, and no date: the same chart gives the
    same bytes.
    """
    directory.mkdir(parents=True, exist_ok=True)
    paths = [directory / f"{name}.{ending}" for ending in formats]
    with drawing():
        for path, ending in zip(paths, formats, strict=True):
            date = {"Date": None} if ending == "svg" else {}
            with replaced(path) as temporary:
                chart.figure.savefig(
                    temporary, format=ending, metadata={"Title": chart.title, **date}
                )
    return paths
