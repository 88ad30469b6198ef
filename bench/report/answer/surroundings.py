"""What surrounds the measurement and is not as installed."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.run import Findings
from bench.domain.surroundings import (
    backends_not_measured,
    changed_at_import,
    not_default,
    set_too_late,
)
from bench.report.text.formatting import listing

BACKENDS = ("tensorflow", "jax", "torch")
"""The backends of Keras, of which an environment has the version of the one that is measured."""

LONGEST = 60
"""Characters of a value that are shown."""


def surroundings(findings: Findings) -> Iterator[str]:
    """Sentences about settings and variables, and about what modules change of them."""
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
    for module, names in set_too_late(environment).items():
        told = listing(f"{name} to {_short(value)}" for name, value in names.items())
        yield (
            f"When it is imported, {module} sets {told}: the framework is loaded before, and may "
            "not see it. Set it for bench itself."
        )
    measured = next((name for name in BACKENDS if name in environment), "another backend")
    for module, backend in backends_not_measured(environment).items():
        who = module or "The environment"
        asked = f"{who} asks for Keras on {_short(backend)}"
        yield f"{asked}, and what was measured is Keras on {measured}."


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]} …"
