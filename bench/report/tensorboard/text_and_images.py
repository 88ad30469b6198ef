"""Pages: the verdicts and the environment as text, the charts as images."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.image import metadata as image
from tensorboard.plugins.text.summary_v2 import text_pb

from bench.domain.findings.run import Findings
from bench.report.markdown import verdicts
from bench.report.markdown_tables import escaped, markdown_table
from bench.report.tables.model import Column, Table, row
from bench.report.tensorboard.event_files import event_file, strings


def write_pages(findings: Findings, charts: Sequence[Path], directory: Path) -> None:
    """Write the run ``report``."""
    with event_file(directory / "report", findings) as file:
        file.summary(text_pb("verdicts", verdicts(findings)))
        file.summary(text_pb("environment", _environment(findings)))
        if findings.warnings:
            file.summary(text_pb("warnings", _list(each.text for each in findings.warnings)))
        for chart in charts:
            if chart.suffix == ".png":
                file.summary(_image(f"charts/{chart.stem}", chart.read_bytes()))


def _environment(findings: Findings) -> str:
    facts = [("run", findings.run), ("status", findings.status), ("rounds", findings.rounds)]
    others = [
        (f"{name} of {environment}", value)
        for environment, installed in findings.environments.items()
        for name, value in installed.items()
    ]
    known = [*facts, *findings.environment.items(), *others]
    rows = (row((name, str(value))) for name, value in known)
    return markdown_table(Table("", (Column("what"), Column("value")), tuple(rows)))


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {escaped(line)}" for line in lines)


def _image(tag: str, png: bytes) -> Summary:
    """A picture as it is: the plugin's own functions take pixels, and TensorFlow, to make one."""
    width, height = struct.unpack(">II", png[16:24])
    summary = Summary()
    summary.value.add(
        tag=tag,
        metadata=image.create_summary_metadata(display_name=None, description=""),
        tensor=strings(str(width), str(height), png),
    )
    return summary
