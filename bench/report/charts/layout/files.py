"""Writes a finished chart to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngImageFile, PngInfo

from bench.report.charts.layout.page import Chart
from bench.report.charts.layout.style import drawing
from bench.report.replaced import replaced

FORMATS = ("png", "svg")

COLOURS = 256
"""Colours in the palette of a PNG, which needs a third of the bytes of one without a palette.

Charts have a dozen colours, and shades at the edges of lines.
"""


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
                if ending == "png":
                    _give_palette(temporary)
    return paths


def _give_palette(path: Path) -> None:
    """Have the PNG at ``path`` hold numbers of colours instead of the colours themselves."""
    with PngImageFile(path) as image:
        image.load()
        told, resolution = PngInfo(), image.info["dpi"]
        for name, text in image.text.items():
            told.add_text(name, text)
        # Charts are opaque. Without dithering, areas of one colour stay so.
        reduced = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    reduced.save(path, format="png", optimize=True, dpi=resolution, pnginfo=told)
