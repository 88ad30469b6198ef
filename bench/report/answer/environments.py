"""What arms cost relative to the baseline in each of several environments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.labels import label
from bench.domain.panel import Cell
from bench.domain.words import listing
from bench.report.answer.differences import place_prefix
from bench.report.tables.break_even import Worth, worth
from bench.report.tables.call_modes import break_even_text
from bench.report.text.formatting import at_layers, ratio, takes
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
            differing = _differing(group, phase)
            setting = place_prefix(first, firsts)
            for arm, items in differing[:MOST]:
                yield f"{setting}{_sentence(first, arm, phase, items)}"
            if len(differing) > MOST:
                more = listing(arm for arm, _ in differing[MOST:])
                yield f"{setting}{more} differ from {first.baseline} {about(phase)}: see the table."


def told_in_each_environment(
    groups: Sequence[Sequence[Sweep]],
) -> frozenset[tuple[Cell, str]]:
    """What those sentences tell of, with a verdict or without: cells and phases."""
    return frozenset(
        (item.cell, phase)
        for group in groups
        for phase in group[0].headline_phases
        for _, items in _differing(group, phase)[:MOST]
        for item in items.values()
    )


def _differing(
    group: Sequence[Sweep], phase: str
) -> list[tuple[str, dict[str, ComparisonFinding]]]:
    """The arms that differ from the baseline anywhere, and how; the ratios furthest apart first."""
    found = ((arm, _compared(group, arm, phase)) for arm in group[0].arms[1:])
    differing = [(arm, items) for arm, items in found if any(map(is_claim, items.values()))]
    return sorted(differing, key=lambda each: -_apart(each[1]))


def break_even_of_devices(found: Sequence[Sweep]) -> Iterator[str]:
    """A sentence for each arm and device: after how many calls it has cost no more than the first.

    It is about the deepest models. Batch sizes of which the rounds show neither that nor that it
    never does are left out.
    """
    groups = worth(found)
    for each in groups:
        where = f"{label(each.place)}: " if len(groups) > 1 else ""
        for device in dict.fromkeys(device for device, _ in each.series):
            text = _break_even(each, device)
            if text:
                yield f"{where}{text}."


def _break_even(each: Worth, device: str) -> str:
    depth = each.depths[-1]
    after, never = [], []
    for other, batch in each.series:
        item = each.found.get((other, batch, depth))
        batches = "" if batch is None else f"in batches of {batch}"
        if item is None or other != device:
            continue
        if item.never:
            never.append(batches)
        elif item.calls_high == 0 or (item.calls_low and item.calls_high is not None):
            after.append(f"{break_even_text(item)} {batches}".rstrip())
    costs = f"{each.arm} costs no more than on {each.first}, its start included"
    if after:
        but = f"; {listing(never)} it never does" if never else ""
        return f"On {device}, {costs}, {listing(after)}{at_layers(depth)}{but}"
    if never:
        costs = f"{each.arm} never costs as little as on {each.first}"
        return f"On {device}, {costs} {listing(never)}".rstrip() + at_layers(depth)
    return ""


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
    """Differences one by one, then where it takes as long, then where that is not known."""
    depth = next(iter(items.values())).layers
    claims, alike, unresolved = [], [], []
    for name, item in items.items():
        if is_claim(item):
            amount, _, bounds = takes(item)
            claims.append(f"{amount} {bounds} in {name}")
        elif item.verdict == "equivalent" or item.within_margin:
            alike.append(name)
        else:
            unresolved.append(f"{name} ({ratio(item.ratio or 1.0)})")
    parts = [*claims, *([f"as long in {listing(alike)}"] if alike else [])]
    what = f"{about(phase).capitalize()}{at_layers(depth)}, relative to {sweep.baseline}"
    rest = f"; unresolved in {listing(unresolved)}" if unresolved else ""
    return f"{what}, {arm} takes {listing(parts)}{rest}."
