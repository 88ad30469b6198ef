"""A run as a value: its findings, samples, tables, charts and explanations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from bench.domain.findings.explanation import Explanation
from bench.domain.findings.run import Findings
from bench.domain.words import pluralise
from bench.runs.findings import current_findings
from bench.store.locate import RUNS, locate
from bench.store.run_folder import RunFolder

if TYPE_CHECKING:
    import pandas as pd

    from bench.report.tables.model import Block

_WIDTH = 120
"""Characters of a line where tables are not printed to a terminal."""

_STYLE = (
    "<style>.keras-bench :is(th, td, caption) { text-align: left; vertical-align: top; } "
    ".keras-bench .number { text-align: right; white-space: pre; } "
    ".keras-bench dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1em; } "
    ".keras-bench dd { margin: 0; } "
    ".keras-bench .scroll { overflow-x: auto; }</style>"
)
"""What a notebook does not know of the tables of the report; colours are the notebook's."""


@dataclass(frozen=True)
class Tables:
    """Tables that show themselves: as text where they are printed, as HTML in a notebook."""

    content: tuple[Block, ...]

    def __str__(self) -> str:
        return self._printed().getvalue()

    def _repr_html_(self) -> str:
        from bench.report.html.markup import render_html

        return f'<div class="keras-bench">{_STYLE}{render_html(self.content)}</div>'

    def _printed(self) -> StringIO:
        from rich.console import Console

        from bench.report.terminal import render_terminal

        output = StringIO()
        Console(file=output, width=_WIDTH, color_system=None).print(render_terminal(self.content))
        return output


@dataclass(frozen=True)
class ChartFile:
    """A chart that was drawn into the file at ``path``, a PNG or an SVG; a notebook shows it."""

    path: Path

    def _repr_png_(self) -> bytes | None:
        return self.path.read_bytes() if self.path.suffix == ".png" else None

    def _repr_svg_(self) -> str | None:
        return self.path.read_text(encoding="utf-8") if self.path.suffix == ".svg" else None


@dataclass(frozen=True)
class Report:
    """The report at ``path``, an HTML page; a notebook shows it in a frame."""

    path: Path

    def _repr_html_(self) -> str:
        page = escape(self.path.read_text(encoding="utf-8"))
        return f'<iframe srcdoc="{page}" style="width:100%;height:40em;border:0"></iframe>'


class Run:
    """A run that was measured, complete or not. ``measure`` and ``open_run`` return one.

    ``path`` is its folder and ``name`` its id.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder

    @property
    def path(self) -> Path:
        """The run folder."""
        return self._folder.path

    @property
    def name(self) -> str:
        """The id of the run."""
        return self._folder.record.run

    @cached_property
    def findings(self) -> Findings:
        """What the stored rounds say: comparisons, costs, growth, failures, warnings.

        Raises ``InvalidRun`` when the samples cannot be read.
        """
        return current_findings(self._folder)

    def samples(self) -> pd.DataFrame:
        """Every measurement, one row for each phase of an invocation, or each of its iterations.

        Times are in nanoseconds, memory in bytes; the unit is in the name of the column. Raises
        ``InvalidRun`` when a part cannot be read.
        """
        return self._folder.samples()

    def table(self) -> Tables:
        """The findings as tables, as ``bench show`` prints them."""
        from bench.report.tables.run import findings_tables

        return Tables(tuple(findings_tables(self.findings)))

    def charts(self, formats: Sequence[str] = ("svg",)) -> list[ChartFile]:
        """Draw the charts into the run folder, in each of ``formats`` (``svg``, ``png``).

        A run without a finished round has none.
        """
        from bench.report.charts.draw import draw_charts

        drawn = draw_charts(self.findings, self.path / "charts", formats)
        return [ChartFile(path) for path in drawn]

    def report(self) -> Report:
        """Write the report into the run folder: one page that needs no other file.

        Raises ``InvalidRun`` when the samples, an explanation or a claim cannot be read.
        """
        from bench.report.html.report import report_in_run_folder, write_report
        from bench.runs.view import run_view

        page = report_in_run_folder(run_view(self._folder, self.findings))
        return Report(write_report(self.path, page))

    def explain(self, trust: bool = False) -> list[Explanation]:
        """Why its arms differ, for each scenario and architecture.

        What is stored with the run is returned. Where nothing is, or the run had no time for all of
        it, the arms are examined now, which takes a minute or so, and the answer is stored. Raises
        ``CannotStart`` when a builder does not resolve from the current folder,
        ``InterpreterFailed`` when the measured interpreter fails, ``CodeChanged`` when your code is
        not what the run has measured, and ``Untrusted`` for a run of somebody else, whose code is
        executed only with ``trust``.
        """
        stored = self._folder.explanations()
        if stored and not any(each.left_out for each in stored):
            return stored
        from bench.api.explain import explain, plan_explanation_of_run, store_explanations
        from bench.api.session import reopen
        from bench.planning.run_options import RunOptions
        from bench.store.code import check_files

        check_files(self._folder.record.code)
        reopen(self._folder, trust, lambda line: None)
        plan = plan_explanation_of_run(self._folder, RunOptions())
        found = explain(plan, lambda line: None, lambda done, passes: None)
        store_explanations(self._folder, found)
        self.__dict__.pop("findings", None)
        return found

    def __repr__(self) -> str:
        record = self._folder.record
        rounds = pluralise(len(self._folder.rounds()), "round")
        return f"Run({record.run!r}, {record.status}, {rounds})"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.table()._repr_html_()}"


def open_run(run: str | Path = "latest", runs: str | Path = RUNS) -> Run:
    """The run that ``run`` names: an id, a unique prefix of one, a path, or ``latest``.

    ``runs`` is the folder of runs. Raises ``InvalidRun`` when there is none, or more than one.
    """
    return Run(locate(str(run), Path(runs).resolve()))
