"""Every export format by the name that ``bench export --format`` takes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bench.report.exports.comma_separated import CsvExporter
from bench.report.exports.exporter import Exporter
from bench.report.exports.json_document import JsonExporter
from bench.report.exports.markdown_page import MarkdownExporter
from bench.report.html.report import HtmlExporter

EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
    {
        "csv": CsvExporter(),
        "html": HtmlExporter(),
        "json": JsonExporter(),
        "markdown": MarkdownExporter(),
    }
)
