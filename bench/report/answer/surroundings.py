"""What surrounds the measurement and is not as installed."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.run import Findings
from bench.domain.surroundings import changed_at_import, not_default
from bench.report.text.formatting import listing

LONGEST = 60
"""Characters of a value that are shown."""


def surroundings(findings: Findings) -> Iterator[str]:
    """A sentence about settings and variables, and one about what modules change."""
    environment = findings.environment
    found = [f"{name} is {_short(value)}" for name, value in not_default(environment).items()]
    if found:
        yield f"Not the default: {listing(found)}."
    threads = environment.get("threads")
    for module, settings in changed_at_import(environment).items():
        told = listing(f"{name} to {_short(value)}" for name, value in settings.items())
        is_overruled = threads is not None and any(name.endswith("threads") for name in settings)
        used = f"; --threads {threads} is what was used" if is_overruled else ""
        yield f"When it is imported, {module} sets {told}{used}."


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]} …"
