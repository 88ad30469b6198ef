"""Under which conditions work was counted: what models were called with, and how compiled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.analysis.evidence.work import Worked
from bench.analysis.summaries.outputs import compiled_text
from bench.domain.findings.costs import InventedFinding


def invented_inputs(
    worked: Sequence[Worked], arms: Sequence[str], scenario: str
) -> Iterator[InventedFinding]:
    """Each thing that the suite made up, with those of ``arms`` whose models were given it."""
    whose: dict[str, set[str]] = {}
    for each in worked:
        for text in each.outcome.invented:
            whose.setdefault(text, set()).add(each.arm)
    for text, given in whose.items():
        named = tuple(arm for arm in arms if arm in given)
        yield InventedFinding(scenario=scenario, text=text, arms=named)


def compiled_by(worked: Sequence[Worked], arms: Sequence[str]) -> dict[str, str]:
    """By whom the model of each of ``arms`` is compiled, with what; without those unknown."""
    known = {
        each.arm: compiled_text(each.outcome.compiled_with, each.outcome.by_builder)
        for each in worked
        if each.outcome.compiled_with is not None
    }
    return {arm: known[arm] for arm in arms if arm in known}
