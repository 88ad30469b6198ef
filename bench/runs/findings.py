"""The findings of a run that is read: those that are stored, or concluded again."""

from __future__ import annotations

from contextlib import suppress

from bench.domain.findings.run import Findings
from bench.store.documents import UnusableFindings
from bench.store.run_folder import RunFolder


def current_findings(folder: RunFolder) -> Findings:
    """What is stored, where it says what the stored rounds say; else what is concluded again.

    Concluded again are findings that are absent, damaged, of another schema, or concluded from
    something else than the run holds by now; they are stored then, except in the place of a newer
    schema. Raises ``InvalidRun`` when the samples cannot be read.
    """
    is_newer = False
    try:
        stored = folder.findings()
    except UnusableFindings as error:
        stored, is_newer = None, error.reason == "newer"
    if stored is not None and _is_current(stored, folder):
        return stored

    # Findings that are stored are read without what concluding takes a second to import.
    from bench.runs.conclude import conclude

    findings = conclude(folder)
    if not is_newer:
        # A run that can only be read is read all the same.
        with suppress(OSError):
            folder.write_findings(findings)
    return findings


def _is_current(findings: Findings, folder: RunFolder) -> bool:
    known = (findings.status, findings.rounds, findings.sources)
    return known == (folder.record.status, len(folder.rounds()), folder.sources())
