"""How the time of every phase grows, where that is not told with a difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.domain.words import listing
from bench.report.answer.differences import place_prefix
from bench.report.text.formatting import significant
from bench.report.text.growth import arms_of
from bench.report.text.sentences import claims_at_deepest, growth_title
from bench.report.views import Span, Sweep

MOST = 3
"""Phases of a sweep that are named, and sweeps that are."""

APART = 2.0
"""Times by which the growth of two arms, or of an arm and the layers, is apart to be told while it
is unresolved: two rounds differ by half for no reason."""

LEAST_S = 1e-3
"""Seconds that a phase takes at the deepest, at least, for its unresolved growth to be told."""


def growth(measured: Sequence[Sweep]) -> Iterator[str]:
    """A sentence for each sweep about phases that grow faster than the layers, or not alike."""
    told = [(sweep, text) for sweep in measured if (text := _told(sweep))]
    for sweep, text in told[:MOST]:
        yield f"{place_prefix(sweep, measured)}{text}."
    if len(told) > MOST:
        yield f"Times grow differently in {len(told) - MOST} more settings: see the tables."


def _told(sweep: Sweep) -> str:
    phases = [each for each in sweep.measured_phases if each not in sweep.lifecycle.composites]
    known = [phase for phase in phases if _is_known(sweep, phase)]
    sentences = [growth_title(sweep, phase) for phase in known if _is_notable(sweep, phase)]
    open_ = {
        phase: spans for phase in phases if phase not in known and (spans := _spans(sweep, phase))
    }
    notable = {phase: spans for phase, spans in open_.items() if _are_apart(list(spans.values()))}
    phrases = [_factors(phase, each) for phase, each in list(notable.items())[:MOST]]
    if phrases:
        first = next(iter(next(iter(notable.values())).values()))
        depths = f"From {first.shallowest} to {first.deepest} layers"
        sentences.append(f"{depths}, {', '.join(phrases)}: how that grows is not resolved yet")
    return ". ".join(sentences[: MOST + 1])


def _is_known(sweep: Sweep, phase: str) -> bool:
    """Whether the growth of any arm in ``phase`` is resolved."""
    fits = [sweep.growth(arm, phase) for arm in arms_of(sweep)]
    return any(fit is not None and fit.growth != "unresolved" for fit in fits)


def _is_notable(sweep: Sweep, phase: str) -> bool:
    """Whether the growth in ``phase`` is not just linear, and not told with a difference.

    That one arm grows linearly and another not at all says nothing where their times are alike.
    """
    differs = bool(claims_at_deepest(sweep, phase))
    if phase in sweep.headline_phases and differs:
        return False
    fits = [fit for arm in arms_of(sweep) if (fit := sweep.growth(arm, phase))]
    ways = {fit.growth for fit in fits} - {"unresolved"}
    return "quadratic" in ways or (differs and len(ways) > 1)


def _spans(sweep: Sweep, phase: str) -> dict[str, Span]:
    """Of the arms that were measured at the same two depths as the first of them."""
    found = {arm: span for arm in arms_of(sweep) if (span := sweep.span(arm, phase))}
    first = next(iter(found.values()), None)
    return {arm: span for arm, span in found.items() if first and span[:2] == first[:2]}


def _are_apart(spans: Sequence[Span]) -> bool:
    if not spans:
        return False
    times = [each.times for each in spans]
    is_long = max(each.seconds for each in spans) >= LEAST_S
    layers = spans[0].deepest / spans[0].shallowest
    return is_long and (max(times) > APART * layers or max(times) > APART * min(times))


def _factors(phase: str, spans: dict[str, Span]) -> str:
    """``trace takes 14 times as long with unrolled and 1.1 times as long with rolled``."""
    by_size = sorted(spans, key=lambda arm: -spans[arm].times)
    factors = (
        f"{significant(spans[arm].times, 2)} times as long with {arm}" for arm in by_size[:MOST]
    )
    return f"{phase} takes {listing(factors)}"
