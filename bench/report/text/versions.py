"""The versions that a run was measured with, in one line for all of its environments."""

from __future__ import annotations

from collections.abc import Mapping

from bench.domain.findings.run import Findings
from bench.report.text.formatting import VERSIONS


def known_environment(findings: Findings) -> Mapping[str, object]:
    """The environment of a run; versions that differ between several: ``2.15.0 / 3.15.1``."""
    found: dict[str, object] = dict(findings.environment)
    for key in VERSIONS:
        versions = dict.fromkeys(
            str(each[key]) for each in findings.environments.values() if key in each
        )
        if versions:
            found[key] = " / ".join(versions)
    return found
