"""Who has compiled the models of a run, and with what, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.domain.findings.costs import COMPILED_FACT
from bench.domain.findings.run import Findings
from bench.domain.words import listing

_USUAL = "by the suite"
"""How the fact begins that a model is compiled as models are that come without."""


def compiled_text(findings: Findings) -> str:
    """``own by the builder (SGD, mse); other by the suite (Adam, mse)``; empty if unknown."""
    return by_value_text(_by_value(findings))


def by_value_text(values: Mapping[str, Sequence[str]]) -> str:
    """The same of the arms of each value."""
    if len(values) == 1:
        return next(iter(values))
    return "; ".join(f"{listing(arms)} {value}" for value, arms in values.items())


def is_usual(findings: Findings) -> bool:
    """Whether the suite has compiled all models."""
    return all(value.startswith(_USUAL) for value in _by_value(findings))


def _by_value(findings: Findings) -> dict[str, list[str]]:
    arms: dict[str, list[str]] = {}
    for fact in findings.facts:
        if fact.name == COMPILED_FACT:
            of_value = arms.setdefault(str(fact.value), [])
            if fact.arm not in of_value:
                of_value.append(fact.arm)
    return arms
