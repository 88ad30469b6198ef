"""What arms cost relative to the baseline in each of several environments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.domain.findings.comparisons import ComparisonFinding
from bench.report.answer.differences import place_prefix
from bench.report.text.formatting import at_layers, listing, ratio, takes
from bench.report.text.phases import about
from bench.report.text.sentences import is_claim
from bench.report.views import Sweep

MOST = 3
"""Arms that are told of in each phase: those whose ratios are furthest apart."""


def in_each_environment(groups: Sequence[Sequence[Sweep]]) -> Iterator[str]:
    """A sentence for each headline phase and arm that differs from the baseline in any environment.

    Each of ``groups`` is one setting in several environments.
    """
    firsts = [group[0] for group in groups]
    for group in groups:
        first = group[0]
        for phase in first.headline_phases:
            found = {arm: _compared(group, arm, phase) for arm in first.arms[1:]}
            differing = [arm for arm, items in found.items() if any(map(is_claim, items.values()))]
            differing.sort(key=lambda arm: -_apart(found[arm]))
            setting = place_prefix(first, firsts)
            for arm in differing[:MOST]:
                yield f"{setting}{_sentence(first, arm, phase, found[arm])}"
            if len(differing) > MOST:
                more = listing(differing[MOST:])
                yield f"{setting}{more} differ from {first.baseline} {about(phase)}: see the table."


def _compared(group: Sequence[Sweep], arm: str, phase: str) -> dict[str, ComparisonFinding]:
    """``arm`` against the baseline at the deepest, by environment; placebos are left out."""
    found = {}
    for sweep in group:
        item = sweep.comparison(arm, sweep.deepest_compared(phase), phase)
        if item is not None and item.ratio is not None and item.headline and not item.placebo:
            found[sweep.place.environment or ""] = item
    return found


def _apart(items: dict[str, ComparisonFinding]) -> float:
    """How many times as large the largest ratio is as the smallest."""
    ratios = [item.ratio for item in items.values() if item.ratio]
    return max(ratios) / min(ratios) if ratios else 1.0


def _sentence(sweep: Sweep, arm: str, phase: str, items: dict[str, ComparisonFinding]) -> str:
    depth = next(iter(items.values())).layers
    parts = [f"{_takes(item)} in {name}" for name, item in items.items()]
    what = f"{about(phase).capitalize()}{at_layers(depth)}, relative to {sweep.baseline}"
    return f"{what}, {arm} takes {listing(parts)}."


def _takes(item: ComparisonFinding) -> str:
    if is_claim(item):
        amount, _, bounds = takes(item)
        return f"{amount} {bounds}"
    if item.verdict == "equivalent" or item.within_margin:
        return "as long"
    return f"{ratio(item.ratio or 1.0)} times as long (unresolved)"
