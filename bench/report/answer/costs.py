"""What a model costs where nothing is compared: one arm, its call modes, what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.domain.findings.costs import CallModeCost, MemoryGrowthFinding
from bench.domain.findings.run import Findings
from bench.report.answer.differences import place_prefix
from bench.report.text.formatting import GROWS, at_layers, duration, listing, memory
from bench.report.text.phases import about
from bench.report.text.sentences import retained_at_deepest
from bench.report.views import Sweep, baseline_call_modes

MOST = 4


def sole_arm_costs(measured: Sequence[Sweep], findings: Findings) -> Iterator[str]:
    """What the only arm of a sweep takes; nothing where its call modes are compared."""
    alone = [each for each in measured if set(each.arms) - each.placebos == {each.baseline}]
    if baseline_call_modes(findings):
        alone = []
    for sweep in alone[:MOST]:
        phrases = []
        for phase in _told(sweep):
            cost = sweep.cell(sweep.baseline, sweep.deepest, phase)
            if cost is not None:
                phrases.append(f"{duration(cost.value)} {about(phase)}")
        retained = retained_at_deepest(sweep, sweep.baseline)
        kept = f", and retains {memory(retained)}" if retained is not None else ""
        if phrases:
            text = f"{place_prefix(sweep, measured)}{sweep.baseline} takes {listing(phrases)}"
            yield f"{text}{at_layers(sweep.deepest)}{kept}.{_growth(sweep)}"
    if len(alone) > MOST:
        yield f"{len(alone) - MOST} more settings were measured: see the tables."


def call_mode_costs(findings: Findings) -> Iterator[str]:
    """First and later calls of each call mode at the deepest, and after how many calls one wins."""
    deepest: dict[tuple[str, str | None], int] = {}
    for each in baseline_call_modes(findings):
        key = each.scenario, each.architecture
        deepest[key] = max(deepest.get(key, 0), each.layers or 0)
    for each in baseline_call_modes(findings):
        if (each.layers or 0) != deepest[each.scenario, each.architecture]:
            continue
        place = f"{each.architecture or each.scenario}{at_layers(each.layers)}"
        inferring = [mode for mode in each.call_modes if mode.answers]
        if inferring:
            later = sorted(inferring, key=lambda mode: mode.call_seconds)
            yield f"{place}, until the first output: {_seconds(inferring, 'first_seconds')}."
            yield f"Each call after it: {_seconds(later, 'call_seconds')}."
        yield from _break_even(each.cheapest_start, inferring)
        steps = [
            f"{mode.call_mode} {duration(mode.first_seconds)}, then "
            f"{duration(mode.call_seconds)} each time"
            for mode in each.call_modes
            if not mode.answers
        ]
        if steps:
            yield f"Training: {'; '.join(steps)}."


def memory_growth(findings: Findings) -> Iterator[str]:
    """Which arms keep memory with each of many models, and which do not."""
    kept: dict[str, list[MemoryGrowthFinding]] = {}
    for each in findings.memory_growth:
        if not each.placebo:
            kept.setdefault(each.memory, []).append(each)
    if grows := kept.get("grows"):
        amounts = listing(f"{each.arm} {memory(each.retained_bytes)}" for each in grows)
        yield f"Memory grows with each model: {amounts}."
    if flat := kept.get("flat"):
        yield f"No memory is kept by {listing(dict.fromkeys(each.arm for each in flat))}."


def _told(sweep: Sweep) -> list[str]:
    life = sweep.lifecycle
    usual = [each for each in ("construct", life.time_to_first_output, life.repeats) if each]
    phases = dict.fromkeys((*sweep.headline_phases, *usual))
    shown = [each for each in sweep.measured_phases if each in phases]
    return shown or list(sweep.measured_phases[:3])


def _growth(sweep: Sweep) -> str:
    """How the first phase that is fitted grows, and to what at twice the depth."""
    for phase in _told(sweep):
        fit = sweep.growth(sweep.baseline, phase)
        if fit is not None and fit.growth in GROWS:
            ahead = f"{duration(fit.forecast.value)}{at_layers(fit.forecast.layers)}"
            return f" The time of {phase} {GROWS[fit.growth]}: {ahead}, if that goes on."
    return ""


def _seconds(modes: Sequence[CallModeCost], field: str) -> str:
    return ", ".join(f"{mode.call_mode} {duration(getattr(mode, field))}" for mode in modes)


def _break_even(cheapest: str | None, modes: Sequence[CallModeCost]) -> Iterator[str]:
    """After how many calls the other call modes cost less than the one that starts fastest."""
    phrases, never = [], []
    for mode in sorted(modes, key=lambda mode: mode.calls or 0.0):
        if mode.never:
            never.append(mode.call_mode)
        elif mode.calls and mode.calls_low is not None and mode.calls_high is not None:
            bounds = f"[{mode.calls_low:,.0f}, {mode.calls_high:,.0f}]"
            phrases.append(f"{mode.call_mode} after {mode.calls:,.0f} calls {bounds}")
    if cheapest and (phrases or never):
        cost = "costs" if len(phrases) == 1 else "cost"
        text = f"In total, {listing(phrases)} {cost} no more than {cheapest}" if phrases else ""
        rest = f"{listing(never)} never" if never else ""
        rest = rest if text or not rest else f"In total, {rest} costs less than {cheapest}"
        yield f"{'; '.join(part for part in (text, rest) if part)}."
