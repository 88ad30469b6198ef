"""What surrounds the measurement and is not as installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bench.domain.findings.run import Findings
from bench.domain.surroundings import (
    OWN_SLICES,
    Environment,
    backends_not_measured,
    changed_at_import,
    not_default,
    set_too_late,
)
from bench.domain.words import listing
from bench.report.text.formatting import VERSIONS

BACKENDS = ("tensorflow", "jax", "torch")
"""The backends of Keras, of which an environment has the version of the one that is measured."""

LONGEST = 60
"""Characters of a value that are shown."""


def versions(findings: Findings) -> Iterator[str]:
    """A sentence about what each of several environments has: what all have alike comes last."""
    every = findings.environments
    known = {name: it for name, it in every.items() if VERSIONS.keys() & it.keys()}
    if not known:
        return
    names = {key: name for key, name in VERSIONS.items() if any(key in it for it in known.values())}
    alike = {key for key in names if len({it.get(key) for it in known.values()}) == 1}

    def told(environment: Mapping[str, object], keys: Iterable[str]) -> str:
        found = [f"{names[key]} {environment[key]}" for key in keys if key in environment]
        return listing(found) if found else ""

    first = next(iter(known.values()))
    own = {name: told(it, (key for key in names if key not in alike)) for name, it in known.items()}
    shared = told(first, (key for key in names if key in alike))
    unknown = [name for name in every if name not in known]
    rest = f"; what {listing(unknown)} has is not known" if unknown else ""
    if len(known) == 1:
        yield f"Environments: {listing(known)} has {shared}{rest}."
    elif any(own.values()):
        apart = "; ".join(f"{name} has {text or 'none of these'}" for name, text in own.items())
        yield f"Environments: {apart}{f'; all have {shared}' if shared else ''}{rest}."
    else:
        yield f"Environments: {listing(own)} have the same versions, {shared}{rest}."


def surroundings(findings: Findings) -> Iterator[str]:
    """Sentences about settings and variables, and about what modules change of them.

    Of further environments, those about settings that the first does not have.
    """
    first = list(_surroundings(findings.environment))
    yield from first
    of_run = {key: findings.environment[key] for key in ("threads",) if key in findings.environment}
    for name, environment in list(findings.environments.items())[1:]:
        for text in _surroundings({**of_run, **environment}):
            if text not in first:
                yield f"In environment {name}: {text[0].lower()}{text[1:]}"


def _surroundings(environment: Environment) -> Iterator[str]:
    found = [f"{name} is {_short(value)}" for name, value in not_default(environment).items()]
    if found:
        yield f"Not the default: {listing(found)}."
    if OWN_SLICES in environment:
        yield (
            "This kernel shares cores in slices of its own length, so that arms share less of the "
            "noise. Linux 6.12 or newer takes the length that is asked for."
        )
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
