"""What a run was measured with: versions, in one line for all of its environments, and machine."""

from __future__ import annotations

from collections.abc import Mapping

from bench.domain.findings.run import Findings
from bench.domain.words import pluralise
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


def machine(known: Mapping[str, object]) -> str:
    """The machine of an environment: ``2 cores (AMD EPYC), Linux x86_64``."""
    count = known.get("cpu_count")
    cores = pluralise(count, "core") if isinstance(count, int) else "unknown cores"
    return f"{cores} ({known.get('cpu')}), {known.get('platform')}"


def made_with(findings: Findings) -> str:
    """How many rounds a run has, of which versions, on which machine, and when: in one line."""
    known = known_environment(findings)
    rounds = pluralise(findings.rounds, "round")
    if findings.status != "complete":
        rounds += f" ({findings.status})"
    versions = [f"{title} {known[key]}" for key, title in VERSIONS.items() if key in known]
    gpu = [f"{known['gpu']} (driver {known.get('gpu_driver')})"] if known.get("gpu") else []
    return ", ".join((rounds, *versions, *gpu, machine(known), str(known.get("date"))))
