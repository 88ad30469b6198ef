"""What a model costs where nothing is compared: one arm, its call modes, what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from bench.domain.findings.costs import CallModeCost, MemoryGrowthFinding
from bench.domain.findings.run import Findings
from bench.domain.panel import Cell, OfCell
from bench.domain.words import listing
from bench.report.answer.differences import place_prefix
from bench.report.text.formatting import GROWS, at_layers, duration, memory
from bench.report.text.phases import about
from bench.report.text.sentences import retained_at_deepest
from bench.report.views import Sweep, baseline_call_modes

F = TypeVar("F", bound=OfCell)

MOST, MOST_ARMS = 4, 3


def sole_arm_costs(measured: Sequence[Sweep], findings: Findings) -> Iterator[str]:
    """What the only arm of a sweep takes; nothing where its call modes are compared."""
    alone = [
        each
        for each in measured
        if set(each.arms) - each.placebos == {each.baseline} and each.place.of_arm is None
    ]
    if baseline_call_modes(findings):
        alone = []
    for sweep in alone[:MOST]:
        retained = retained_at_deepest(sweep, sweep.baseline)
        kept = f", and retains {memory(retained)}" if retained is not None else ""
        text = _takes(sweep, sweep.baseline)
        if text:
            yield f"{place_prefix(sweep, measured)}{text}{kept}.{_growth(sweep)}"
    if len(alone) > MOST:
        yield f"{len(alone) - MOST} more settings were measured: see the tables."


def uncompared_costs(measured: Sequence[Sweep]) -> Iterator[str]:
    """What the other arms take where the baseline failed in what the scenario is about."""
    found = [sweep for sweep in measured if sweep.lacks_baseline]
    for sweep in found[:MOST]:
        costs = [_takes(sweep, arm) for arm in sweep.arms[1:] if arm not in sweep.placebos]
        known = [text for text in costs if text]
        if known:
            place = place_prefix(sweep, measured)
            more = f"; and {len(known) - MOST_ARMS} more arms" if len(known) > MOST_ARMS else ""
            text = f"{'; '.join(known[:MOST_ARMS])}{more}"
            compared = any(item.rounds and not item.placebo for item in sweep.comparisons)
            where = f" in {listing(sweep.headline_phases)}" if compared else ""
            yield f"{place}{sweep.baseline} failed, so nothing is compared with it{where}: {text}."
    if len(found) > MOST:
        yield f"{len(found) - MOST} more settings lack their baseline: see the tables."


def _takes(sweep: Sweep, arm: str) -> str:
    """The times of ``arm`` at the deepest panel that it was measured in; empty without any."""
    depths = [cell.layers for cell in sweep.cells if cell.arm == arm]
    deepest = max(depths, key=lambda layers: layers or 0, default=None)
    costs = {phase: sweep.cell(arm, deepest, phase) for phase in _told(sweep, arm)}
    phrases = [f"{duration(each.value)} {about(phase)}" for phase, each in costs.items() if each]
    return f"{arm} takes {listing(phrases)}{at_layers(deepest)}" if phrases else ""


def call_mode_costs(findings: Findings) -> Iterator[str]:
    """First and later calls of each call mode at the deepest, and after how many calls one wins."""
    told = _at_deepest(baseline_call_modes(findings))
    batches, scenarios = {each.batch for each in told}, {each.scenario for each in told}
    for each in told:
        of = f" of {each.architecture}" if each.architecture else ""
        of += f" in {each.scenario}" if each.architecture and len(scenarios) > 1 else ""
        batch = f", batches of {each.batch}" if len(batches) > 1 else ""
        place = f"{each.arm}{of}{_where(each.environment, findings)}{at_layers(each.layers)}{batch}"
        again = f"{place}: " if len(told) > 1 else ""
        inferring = [mode for mode in each.call_modes if mode.answers]
        if inferring:
            later = sorted(inferring, key=lambda mode: mode.call_seconds)
            yield f"{place}, until the first output: {_seconds(inferring, 'first_seconds')}."
            yield _begun(again, f"Each call after it: {_seconds(later, 'call_seconds')}.")
        for text in _break_even(each.cheapest_start, inferring):
            yield _begun(again, text)
        steps = [
            f"{mode.call_mode} {duration(mode.first_seconds)}, then "
            f"{duration(mode.call_seconds)} each time"
            for mode in each.call_modes
            if not mode.answers
        ]
        if steps:
            yield _begun(again, f"Training: {'; '.join(steps)}.")


def _begun(place: str, sentence: str) -> str:
    """``sentence`` after the ``place`` that it is about, if any."""
    return f"{place}{sentence[0].lower()}{sentence[1:]}" if place else sentence


def _at_deepest(found: Sequence[F]) -> list[F]:
    """Those of ``found`` that are of the deepest panel of their setting."""
    deepest: dict[tuple[Cell, str | None], F] = {}
    for each in sorted(found, key=lambda each: each.layers or 0):
        everywhere = each.cell.panel.model_copy(update={"layers": None})
        setting = each.cell._replace(panel=everywhere), getattr(each, "phase", None)
        deepest[setting] = each
    return [each for each in found if each in deepest.values()]


def memory_growth(findings: Findings) -> Iterator[str]:
    """Which arms keep memory with each of many models, and which do not, at the deepest."""
    told = [each for each in _at_deepest(findings.memory_growth) if not each.placebo]
    architectures = {each.architecture for each in told}

    def who(each: MemoryGrowthFinding) -> str:
        of = f" of {each.architecture}" if len(architectures) > 1 else ""
        return f"{each.arm}{of}{_where(each.environment, findings)}"

    grows = [each for each in told if each.memory == "grows"]
    if grows:
        amounts = (f"{who(each)} {memory(each.retained_bytes)}" for each in grows)
        yield f"Memory grows with each model: {listing(amounts)}."
    growing = set(map(who, grows))
    flat = dict.fromkeys(who(each) for each in told if each.memory == "flat")
    if names := [name for name in flat if name not in growing]:
        yield f"Memory stays flat with {listing(names)}."


def _where(environment: str, findings: Findings) -> str:
    """In which of several environments."""
    return f" in {environment}" if findings.environments else ""


def _told(sweep: Sweep, arm: str) -> list[str]:
    """The phases of ``arm`` that an answer names, of those that it was measured in."""
    life = sweep.lifecycle
    usual = [each for each in ("construct", life.time_to_first_output, life.repeats) if each]
    phases = dict.fromkeys((*sweep.headline_phases, *usual))
    mine = {cell.phase for cell in sweep.cells if cell.arm == arm}
    measured = [each for each in sweep.measured_phases if each in mine]
    return [each for each in measured if each in phases] or measured[:3]


def _growth(sweep: Sweep) -> str:
    """How the first phase that is fitted grows, and to what at twice the depth."""
    for phase in _told(sweep, sweep.baseline):
        fit = sweep.growth(sweep.baseline, phase)
        if fit is not None and fit.growth in GROWS:
            ahead = fit.forecast
            at = f": {duration(ahead.value)}{at_layers(ahead.layers)}" if ahead else ""
            return (
                f" The time of {phase} {GROWS[fit.growth]}{f'{at}, if that goes on' if at else ''}."
            )
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
