"""Reads a run folder for the outputs."""

from __future__ import annotations

import shlex
from pathlib import Path

from bench.domain.findings.run import Findings
from bench.report.run_view import RunView
from bench.runs.findings import current_findings
from bench.store.locate import RUNS
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
        called=_called(folder),
        claims=tuple(folder.claims()),
    )


def _called(folder: RunFolder) -> str:
    """The name of the run where runs usually are, else its path, from here where it is below."""
    path, here = folder.path.resolve(), Path.cwd()
    if path.parent == RUNS.resolve():
        return shlex.quote(path.name)
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _again(record: RunRecord) -> str:
    """The command of a run, with its seed where that was drawn."""
    words = record.command
    if not words:
        return ""
    has_seed = any(word == "--seed" or word.startswith("--seed=") for word in words)
    return shlex.join([*words, *([] if has_seed else ["--seed", str(record.plan.seed)])])
