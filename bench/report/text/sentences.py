"""Sentences that answer a scenario's question, made of the findings of one sweep.

The terminal and the charts' titles speak with the same sentences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from bench.domain.findings.comparisons import ComparisonFinding, Growth
from bench.domain.metrics import RETAINED_BYTES
from bench.domain.words import listing
from bench.report.text.formatting import at_layers, duration, memory, takes
from bench.report.views import Sweep

MEMORY_PHASE = "ready"
"""The phase whose memory is reported: all that building a model leaves behind."""

HOW: dict[Growth, str] = {
    "quadratic": "with the square of the layers",
    "linear": "linearly",
    "sublinear": "more slowly than the layers",
    "constant": "not at all",
    "unresolved": "in a way that is unresolved",
}
"""How a time grows with the layers."""


def answer_title(sweep: Sweep, phase: str) -> str:
    """``answer`` in one clause, without intervals, for the top of a chart."""
    deepest = at_deepest(sweep, phase)
    claims = _claims(deepest)
    phrases = [_claim(sweep, claim, first=claim is claims[0]) for claim in claims[:2]]
    if deepest and not any(item.rounds for item in deepest):
        return _uncompared_title(sweep, phase)
    rest = [item for item in deepest if item not in claims[:2]]
    where = f"{sweep.baseline}{at_layers(sweep.deepest_compared(phase))}"
    equivalent = [item for item in rest if item.verdict == "equivalent" or item.within_margin]
    counts = (
        (sum(item.verdict == "slower" for item in claims[2:]), "slower"),
        (sum(item.verdict == "faster" for item in claims[2:]), "faster"),
        (len(equivalent), "equivalent"),
        (sum(item.verdict == "unresolved" for item in rest), "unresolved"),
        (sum(item.verdict == "failed" for item in rest), "failed"),
    )
    if deepest and all(item.verdict == "equivalent" for item in deepest):
        verb = "is" if len(deepest) == 1 else "are"
        arms = listing(item.arm for item in deepest)
        return f"{phase}: {arms} {verb} equivalent to {where}"
    others = [f"{count} {what}" for count, what in counts if count]
    if others:
        label = "other arms: " if phrases else f"against {where}: "
        phrases.append(label + ", ".join(others))
    if not phrases:
        if _is_of_no_arm(sweep, phase):
            return f"{phase} of {sweep.baseline}"
        return _uncompared_title(sweep, phase)
    return f"{phase}: {'; '.join(phrases)}"


def _uncompared_title(sweep: Sweep, phase: str) -> str:
    """What each arm takes where there is nothing to compare it with, and who failed."""
    deepest = sweep.deepest_measured(phase)
    arms = [arm for arm in sweep.arms if arm not in sweep.placebos]
    costs = {arm: sweep.cell(arm, deepest, phase) for arm in arms}
    taken = [f"{arm} {duration(cost.value)}" for arm, cost in costs.items() if cost]
    failed = [arm for arm, cost in costs.items() if not cost and sweep.has_failed(arm, deepest)]
    phrases = [f"{phase}{at_layers(deepest)}: {', '.join(taken)}"] if taken else []
    if failed:
        phrases.append(f"{'' if taken else f'{phase}: '}{listing(failed)} failed")
    return "; ".join(phrases) or f"{phase} was not measured"


def growth_title(sweep: Sweep, phase: str) -> str:
    """How the cost grows with the layers; empty where no growth was fitted.

    Of a headline phase, only arms whose headline it is are named.
    """
    groups: dict[Growth, list[str]] = {growth: [] for growth in HOW}
    sweep_arms = [arm for arm in sweep.arms if arm not in sweep.placebos]
    told_of = [
        arm
        for arm in sweep_arms
        if phase not in sweep.headline_phases or phase in sweep.headlines(arm)
    ]
    fits = {arm: fit for arm in told_of if (fit := sweep.growth(arm, phase)) is not None}
    for arm, fit in fits.items():
        groups[fit.growth].append(arm)
    is_everyone = list(fits) == sweep_arms
    groups = {growth: arms for growth, arms in groups.items() if arms}
    if not groups:
        return ""
    if set(groups) == {"unresolved"}:
        return f"How {phase} grows with the layers is unresolved"
    if len(groups) == 1:
        (growth, arms), *_ = groups.items()
        whose = f"every {sweep.compares}" if len(arms) > 1 and is_everyone else listing(arms)
        return f"{phase} grows {HOW[growth]} for {whose}"
    largest = max(groups, key=lambda growth: len(groups[growth]))
    phrases = [
        f"{HOW[growth]} for {listing(arms)}" for growth, arms in groups.items() if growth != largest
    ]
    rest = groups[largest]
    others = len(rest) > 1 and is_everyone
    phrases.append(
        f"{HOW[largest]} for {f'the other {sweep.compares}s' if others else listing(rest)}"
    )
    return f"{phase} grows {'; '.join(phrases)}"


def memory_answer(sweep: Sweep) -> str:
    """What each arm's model retains in memory at the deepest panel; empty where unmeasured."""
    retained: dict[str, list[str]] = {}
    deepest = sweep.deepest_measured(MEMORY_PHASE, metric=RETAINED_BYTES)
    for arm in sweep.arms:
        size = retained_at_deepest(sweep, arm)
        if size is not None and arm not in sweep.placebos:
            retained.setdefault(memory(size), []).append(arm)
    if not retained:
        return ""
    amounts = "; ".join(f"{listing(arms)} {amount}" for amount, arms in retained.items())
    return f"Resident memory retained after {MEMORY_PHASE}{at_layers(deepest)}: {amounts}."


def break_even_answer(sweep: Sweep) -> str:
    """Which arms break even at the deepest panel that was compared, or never do.

    Empty if the rounds so far show neither.
    """
    phrases = []
    deepest = sweep.deepest_compared(sweep.lifecycle.repeats or "")
    for item in sweep.break_even:
        if item.layers != deepest:
            continue
        if item.never:
            phrases.append(f"{item.arm} never breaks even")
        elif item.calls and item.calls_low and item.calls_high is not None:
            bounds = f"[{item.calls_low:,.0f}, {item.calls_high:,.0f}]"
            phrases.append(f"{item.arm} breaks even after {item.calls:,.0f} calls {bounds}")
    return f"Against {sweep.baseline}{at_layers(deepest)}: {'; '.join(phrases)}." if phrases else ""


def memory_title(sweep: Sweep) -> str:
    """The arm that retains most memory at the deepest panel, and the baseline."""
    deepest = sweep.deepest_measured(MEMORY_PHASE, metric=RETAINED_BYTES)
    found = [
        (cell.value, arm)
        for arm in sweep.arms
        if (cell := sweep.cell(arm, deepest, MEMORY_PHASE, RETAINED_BYTES)) is not None
        and arm not in sweep.placebos
    ]
    if not found:
        return "Memory that a built model retains"
    most = [max(found), *(item for item in found if item[1] == sweep.baseline)]
    phrases = listing(dict.fromkeys(f"{memory(retained)} with {arm}" for retained, arm in most))
    return f"A built model retains {phrases}{at_layers(deepest)}"


def claims_at_deepest(sweep: Sweep, phase: str) -> list[ComparisonFinding]:
    """Real differences at the deepest that are more than the margin, the slowest arm first."""
    return _claims(at_deepest(sweep, phase))


def retained_at_deepest(sweep: Sweep, arm: str) -> float | None:
    """The memory in bytes that a built model of ``arm`` retains; None where unmeasured.

    The depth is the largest at which that of any arm was measured.
    """
    deepest = sweep.deepest_measured(MEMORY_PHASE, metric=RETAINED_BYTES)
    cell = sweep.cell(arm, deepest, MEMORY_PHASE, RETAINED_BYTES)
    return None if cell is None else cell.value


def at_deepest(sweep: Sweep, phase: str) -> list[ComparisonFinding]:
    """The comparisons of ``phase`` at the deepest panel; of a headline, those that it is about."""
    deepest = sweep.deepest_compared(phase)
    return [
        item
        for item in sweep.comparisons
        if item.phase == phase and item.layers == deepest and not item.placebo
        if item.headline or phase not in sweep.headline_phases
    ]


def _is_of_no_arm(sweep: Sweep, phase: str) -> bool:
    """Whether the scenario is about ``phase`` of no arm but the baseline."""
    others = (arm for arm in sweep.arms[1:] if arm not in sweep.placebos)
    return not any(phase in sweep.headlines(arm) for arm in others)


def is_claim(item: ComparisonFinding) -> bool:
    """Whether a real difference is more than the margin."""
    return item.verdict in ("slower", "faster") and not item.within_margin


def _claims(deepest: Sequence[ComparisonFinding]) -> list[ComparisonFinding]:
    """Real differences that are more than the margin: the slower first, and the largest first."""

    def rank(item: ComparisonFinding) -> tuple[bool, float]:
        return item.verdict == "faster", -abs(math.log(item.ratio or 1.0))

    return sorted(filter(is_claim, deepest), key=rank)


def _claim(sweep: Sweep, item: ComparisonFinding, *, first: bool) -> str:
    amount, link, _ = takes(item)
    phrases = f"{item.arm} {'takes ' if first else ''}{amount}"
    if first:
        phrases += f" {link} {sweep.baseline}{at_layers(item.layers)}"
    return phrases
