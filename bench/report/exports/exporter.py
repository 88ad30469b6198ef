"""What an export format provides."""

from __future__ import annotations

from typing import Protocol

from bench.report.run_view import RunView


class Exporter(Protocol):
    """One file format for a run."""

    @property
    def suffix(self) -> str:
        """The end of the file's name, with its dot."""

    def render(self, view: RunView) -> bytes:
        """The whole file; text is UTF-8. It computes nothing that the findings lack."""
