"""Reads a run folder for the outputs."""

from __future__ import annotations

from bench.domain.findings.run import Findings
from bench.report.run_view import RunView
from bench.runs.findings import current_findings
from bench.store.run_folder import RunFolder


def run_view(folder: RunFolder, findings: Findings | None = None) -> RunView:
    """The run in ``folder`` with ``findings``, by default those that its stored rounds say.

    Raises ``InvalidRun`` when the samples or an explanation cannot be read.
    """
    return RunView(
        findings=current_findings(folder) if findings is None else findings,
        explanations=tuple(folder.explanations()),
        plan=folder.record.plan,
        path=folder.path,
    )
