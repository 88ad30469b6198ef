"""What differs by more than its margin, by how much, and how it grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.domain.findings.comparisons import ComparisonFinding, Growth
from bench.domain.labels import distinction
from bench.domain.words import listing
from bench.report.text.formatting import GROW, GROWS, at_layers, duration, takes
from bench.report.text.phases import about
from bench.report.text.sentences import claims_at_deepest, is_claim
from bench.report.views import Sweep

MOST = 4
"""Sentences about differences, and differences elsewhere; what is beyond is counted."""

MOST_ARMS = 3


def differences(measured: Sequence[Sweep]) -> Iterator[str]:
    """A sentence for each sweep and headline phase in which arms differ, then one for the rest."""
    sentences = [
        text
        for sweep in measured
        for phase in sweep.headline_phases
        if (text := _difference(sweep, phase, measured))
    ]
    yield from sentences[:MOST]
    more = len(sentences) - MOST
    if more > 0:
        yield f"Arms differ in {more} more headline phases: see the tables."
    elsewhere = [
        f"{place_prefix(sweep, measured)}{_elsewhere(claim)}"
        for sweep in measured
        for claim in (*_shallower(sweep), *claims_elsewhere(sweep))
    ]
    if elsewhere:
        rest = f", and {len(elsewhere) - MOST} more" if len(elsewhere) > MOST else ""
        yield f"Also different: {'; '.join(elsewhere[:MOST])}{rest}."


def place_prefix(sweep: Sweep, among: Sequence[Sweep]) -> str:
    """Which sweep a sentence is about, where there are several: ``mlp: ``."""
    if len(among) < 2:
        return ""
    return f"{distinction(sweep.place, [each.place for each in among])}: "


def claims_elsewhere(sweep: Sweep) -> list[ComparisonFinding]:
    """Differences at the deepest that are no headline, nor follow from one.

    A sum contains its parts: what is told of the one is not told of the other.
    """
    sums = sweep.lifecycle.composites

    def parts(phase: str) -> set[str]:
        return set(sums.get(phase, (phase,)))

    found: list[ComparisonFinding] = []
    for phase in sorted(sweep.other_phases, key=lambda phase: phase in sums):
        for claim in claims_at_deepest(sweep, phase):
            told = [*sweep.headlines(claim.arm), *(c.phase for c in found if c.arm == claim.arm)]
            if all(parts(phase).isdisjoint(parts(each)) for each in told):
                found.append(claim)
    return found


def _difference(sweep: Sweep, phase: str, among: Sequence[Sweep]) -> str:
    claims = claims_at_deepest(sweep, phase)
    if not claims:
        return ""
    first, *others = claims
    amount, link, bounds = takes(first)
    base = sweep.cell(sweep.baseline, first.layers, phase)
    cost = f" ({duration(base.value)})" if base else ""
    text = f"{place_prefix(sweep, among)}{first.arm} takes {amount} {link} {sweep.baseline}{cost} "
    text += f"{about(phase)}{at_layers(first.layers)} {bounds}"
    for other in others[: MOST_ARMS - 1]:
        amount, _, bounds = takes(other)
        text += f", {other.arm} {amount} {bounds}"
    if len(claims) > MOST_ARMS:
        text += f", and {len(claims) - MOST_ARMS} more {sweep.compares}s differ"
    return f"{text}{_growth(sweep, claims, phase)}.{_until_output(sweep, first)}"


def _growth(sweep: Sweep, claims: Sequence[ComparisonFinding], phase: str) -> str:
    """How the cost of the arms grows, where that is known and not how the baseline's grows."""
    base = sweep.growth(sweep.baseline, phase)
    ways: dict[Growth, list[str]] = {}
    for claim in claims:
        fit = sweep.growth(claim.arm, phase)
        if fit is None or fit.growth not in GROWS or (base and base.growth == fit.growth):
            continue
        ways.setdefault(fit.growth, []).append(claim.arm)
    if len(claims) == 1:
        return "".join(f" and {GROWS[growth]}" for growth in ways)
    phrases = []
    for growth, arms in ways.items():
        everyone = "both" if len(claims) == 2 else "all"
        who = everyone if len(arms) == len(claims) else listing(arms)
        phrases.append(f"; {who} {GROWS[growth] if len(arms) == 1 else GROW[growth]}")
    return "".join(phrases)


def _until_output(sweep: Sweep, claim: ComparisonFinding) -> str:
    """What the difference makes of the time to the first output, which contains it."""
    whole = sweep.lifecycle.time_to_first_output
    if whole is None or whole in sweep.headline_phases or whole == claim.phase:
        return ""
    for found in claims_at_deepest(sweep, whole):
        if found.arm == claim.arm:
            amount, _, bounds = takes(found)
            return f" {about(whole).capitalize()}, that is {amount} {bounds}."
    return ""


def _shallower(sweep: Sweep) -> list[ComparisonFinding]:
    """Headline differences of arms that do not differ at the deepest, each at its deepest."""
    found: dict[tuple[str, str], ComparisonFinding] = {}
    for item in sweep.comparisons:
        if item.headline and not item.placebo and is_claim(item):
            found[item.arm, item.phase] = item
    told = {
        (claim.arm, claim.phase)
        for phase in sweep.headline_phases
        for claim in claims_at_deepest(sweep, phase)
    }
    return [item for key, item in found.items() if key not in told]


def _elsewhere(claim: ComparisonFinding) -> str:
    amount, _, bounds = takes(claim)
    where = at_layers(claim.layers) if claim.headline else ""
    return f"{claim.phase} of {claim.arm}{where} {amount} {bounds}"
