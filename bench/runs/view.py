"""Reads a run folder for the outputs."""

from __future__ import annotations

import shlex

from bench.domain.findings.run import Findings
from bench.report.run_view import RunView
from bench.runs.findings import current_findings
from bench.store.run_folder import RunFolder, RunRecord


def run_view(folder: RunFolder, findings: Findings | None = None) -> RunView:
    """The run in ``folder`` with ``findings``, by default those that its stored rounds say.

    Raises ``InvalidRun`` when the samples, an explanation or a claim cannot be read.
    """
    return RunView(
        findings=current_findings(folder) if findings is None else findings,
        explanations=tuple(folder.explanations()),
        plan=folder.record.plan,
        path=folder.path,
        command=_again(folder.record),
        claims=tuple(folder.claims()),
    )


def _again(record: RunRecord) -> str:
    """The command of a run, with its seed where that was drawn."""
    words = record.command
    if not words:
        return ""
    has_seed = any(word == "--seed" or word.startswith("--seed=") for word in words)
    return shlex.join([*words, *([] if has_seed else ["--seed", str(record.plan.seed)])])
