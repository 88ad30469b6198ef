"""Answers a measured run: profiles it if that was asked for, prints, draws, fills TensorBoard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.cli.errors import FAILED_CELLS
from bench.cli.output import echo
from bench.cli.printing import every_tenth, print_run
from bench.cli.session import SessionActions, command_for
from bench.domain.design.profiling import Profiling
from bench.domain.findings.run import Findings
from bench.execution.passes.profile import profile
from bench.execution.processes.ending import InterpreterFailed
from bench.report.run_view import RunView
from bench.runs.conclude import conclude
from bench.runs.tensorboard import update_tensorboard
from bench.runs.view import run_view
from bench.store.run_folder import RunFolder


def run_actions(
    as_json: bool, profiling: Profiling | None, *, report: bool = True
) -> SessionActions:
    """What a run is carried out and answered by; it is profiled where ``profiling`` is given.

    Without ``report`` its findings are printed, and nothing is drawn.
    """

    def answer(folder: RunFolder, findings: Findings) -> int:
        if profiling is not None:
            return profile_and_publish(folder, findings, profiling, as_json, report=report)
        publish(folder, findings, as_json, report=report)
        return FAILED_CELLS if findings.failures else 0

    words = {"--profile": profiling is not None, "--no-report": not report}
    return SessionActions(("run", *(word for word, is_said in words.items() if is_said)), answer)


def profile_and_publish(
    folder: RunFolder,
    findings: Findings,
    profiling: Profiling,
    as_json: bool,
    *,
    report: bool = True,
) -> int:
    """Profile every cell of a measured run, and publish it; returns the exit code.

    Where profiles cannot be captured, what was measured is published without. Without ``report``
    nothing is drawn.
    """
    echo("profiling, every cell in processes of its own ...", err=True)
    try:
        failed = profile(folder, profiling, every_tenth("profiles"))
    except (OSError, InterpreterFailed) as error:
        echo(f"bench: no profiles: {error}; what was measured is stored", err=True)
        failed = len(folder.record.plan.cells())
    else:
        findings = conclude(folder)
        folder.write_findings(findings)
    publish(folder, findings, as_json, report=report)
    return FAILED_CELLS if failed or findings.failures else 0


def publish(folder: RunFolder, findings: Findings, as_json: bool, *, report: bool = True) -> None:
    """Print the findings, draw the charts, and write the ``report`` and what TensorBoard shows.

    The run is complete and stored: what goes wrong with a view of it costs that view. Raises
    ``OSError`` at the end when the findings could not be printed.
    """
    view = run_view(folder, findings)
    unprinted: OSError | None = None
    try:
        print_run(view, as_json)
    except OSError as error:
        unprinted = error
    if report:
        _draw(folder, view)
    echo(f"run folder: {folder.path}", err=True)
    if unprinted is not None:
        raise unprinted


def _draw(folder: RunFolder, view: RunView) -> None:
    from bench.report.charts.draw import draw_charts
    from bench.report.html.report import render_report, write_report

    charts: list[Path] = []
    with _costing("charts", command_for(folder, "charts")):
        charts = draw_charts(view.findings, folder.path / "charts")
        if charts:
            echo(f"charts: {folder.path / 'charts'}", err=True)
    with _costing("report", command_for(folder, "report")):
        page = render_report(view, charts, in_run_folder=True)
        echo(f"report: {write_report(folder.path, page)}", err=True)
    if view.findings.rounds:
        with _costing("events for TensorBoard", command_for(folder, "tensorboard")):
            update_tensorboard(folder, view.findings)


@contextmanager
def _costing(what: str, command: str) -> Iterator[None]:
    """What is raised while this is open costs ``what``, which ``command`` makes later."""
    try:
        yield
    except Exception as error:
        why = error.strerror if isinstance(error, OSError) else None
        reason = why or f"{type(error).__name__}: {error}"
        echo(f"bench: no {what}: {reason}; make them with: {command}", err=True)
