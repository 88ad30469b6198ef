"""What does not differ: the same program, as many calls, a time within the margin."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.explanation import Explanation
from bench.domain.findings.run import Findings
from bench.domain.panel import Cell
from bench.domain.phases import MAKING_READY, READY
from bench.domain.words import listing
from bench.report.answer.differences import place_prefix
from bench.report.answer.evidence import calls_are_alike, explained_sweeps
from bench.report.text.formatting import NBSP, at_layers
from bench.report.text.joint import joint_claims, joint_sentence
from bench.report.text.phases import about
from bench.report.text.sentences import at_deepest
from bench.report.views import Sweep, in_lifecycle_order

FEW = 2
"""Phases that all arms share, from which on they are named once for all."""

MOST_PLACES = 2
"""Sentences about equal work in one place or another; of more places only programs are told."""


def likeness(
    measured: Sequence[Sweep],
    findings: Findings,
    explanations: Sequence[Explanation],
    told: Collection[tuple[Cell, str]] = frozenset(),
) -> Iterator[str]:
    """Sentences about equal times, then about equal programs and calls, then the joint claims.

    Times of cells and phases that are ``told`` of elsewhere are left out.
    """
    equal = [(place_prefix(each, measured), _equivalent(each, told)) for each in measured]
    yield from _merged(equal)
    explanations = sorted(explanations, key=lambda each: _position(each, measured))
    places = [_place(each, measured) for each in explanations]
    same_work = list(_merged([*zip(places, map(_same_work, explanations), strict=True)]))
    if len(same_work) > MOST_PLACES:
        programs = [_sentence(_same_program(each)[0]) for each in explanations]
        same_work = list(_merged([*zip(places, programs, strict=True)]))
    yield from same_work
    yield from _joint(findings)


def _merged(sentences: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Each text once: without its place where all places say the same."""
    told = [(place, text) for place, text in sentences if text]
    if len(told) == len(sentences) and len({text for _, text in told}) == 1:
        yield told[0][1]
        return
    places: dict[str, list[str]] = {}
    for place, text in told:
        places.setdefault(text, []).append(place.removesuffix(": "))
    for text, names in places.items():
        where = listing(name for name in names if name) if any(names) else ""
        yield f"{where}: {text}" if where else text


def _place(explanation: Explanation, measured: Sequence[Sweep]) -> str:
    sweeps = explained_sweeps(explanation, measured)
    return place_prefix(sweeps[0], measured) if sweeps else ""


def _position(explanation: Explanation, measured: Sequence[Sweep]) -> int:
    """Where the sweep that ``explanation`` is about comes among those ``measured``."""
    sweeps = explained_sweeps(explanation, measured)
    return measured.index(sweeps[0]) if sweeps else len(measured)


def _equivalent(sweep: Sweep, told: Collection[tuple[Cell, str]]) -> str:
    """The arms of one sweep that are equivalent at its deepest, in what it is about."""
    ways: dict[tuple[int | None, tuple[str, ...]], list[ComparisonFinding]] = {}
    by_arm: dict[tuple[int | None, str], list[ComparisonFinding]] = {}
    for phase in sweep.headline_phases:
        for item in at_deepest(sweep, phase):
            is_equal = item.verdict == "equivalent" or item.within_margin
            if is_equal and (item.cell, item.phase) not in told:
                by_arm.setdefault((item.layers, item.arm), []).append(item)
    if not by_arm:
        return ""
    for (depth, _), items in by_arm.items():
        ways.setdefault((depth, tuple(item.phase for item in items)), []).extend(items)
    depths = {depth for depth, _ in ways}
    # A phase that failed at the deepest panel is compared at a shallower one.
    together = at_layers(next(iter(depths))) if len(depths) == 1 else ""
    phrases = [
        f"{listing(dict.fromkeys(item.arm for item in items))} {listing(map(about, phases))}"
        f"{'' if together else at_layers(depth)}"
        for (depth, phases), items in ways.items()
    ]
    margin = 100 * max(item.margin for items in by_arm.values() for item in items)
    where = f"{sweep.baseline} within {margin:.3g}{NBSP}%{together}"
    return f"Equivalent to {where}: {'; '.join(phrases)}."


def _same_work(explanation: Explanation) -> str:
    """Which arms run the same program, and in which phases they make as many calls.

    Phases in which all arms do are named once; of the rest, arms that do in every phase are.
    """
    arms, baseline = list(explanation.same_work), explanation.baseline
    alike = {arm: _alike(explanation, arm) for arm in arms}
    texts = dict.fromkeys(each.text for each in alike.values() if each.text)
    program, programs = _same_program(explanation)
    if len(texts) == 1 and [arm for arm in arms if alike[arm].text] == programs:
        make = "makes" if len(programs) == 1 or set(programs) == set(arms) else "make"
        return _sentence(f"{program} and {make} as many calls {next(iter(texts))}")
    calls = ", ".join(_by_arm(alike, _everyone(arms)))
    counted = f"as many calls as {baseline}: {calls}" if calls else ""
    return _sentence("; ".join(part for part in (program, counted) if part))


def _same_program(explanation: Explanation) -> tuple[str, list[str]]:
    """Which arms run the same program, in words and by name."""
    arms = list(explanation.same_work)
    programs = [each.arm for each in explanation.structure if each.same_program]
    if not programs:
        return "", programs
    is_everyone = set(programs) == set(arms)
    who = _everyone(arms) if is_everyone else listing(programs)
    runs = "runs" if is_everyone or len(programs) == 1 else "run"
    return f"{who} {runs} the same program as {explanation.baseline}", programs


def _everyone(arms: Sequence[str]) -> str:
    return "every arm" if len(arms) > 1 else listing(arms) if arms else ""


def _by_arm(alike: Mapping[str, _Alike], everyone: str) -> list[str]:
    """The phases that all arms share and the arms that are alike in all, else each arm's phases."""
    shared = set.intersection(*(set(each.phases) for each in alike.values())) if alike else set()
    members: dict[str, list[str]] = {}
    if len(shared) >= FEW:
        members[f"in {listing(in_lifecycle_order(shared))}"] = [everyone]
    for arm, each in alike.items():
        if each.text and (len(shared) < FEW or each.is_everywhere):
            members.setdefault(each.text, []).append(arm)
    return [f"{listing(arms)} {text}" for text, arms in members.items()]


def _sentence(text: str) -> str:
    """``text`` as a sentence; the name of an arm is not capitalised."""
    return (
        f"{text[0].upper() if text.startswith('every arm') else text[0]}{text[1:]}." if text else ""
    )


class _Alike(NamedTuple):
    """The ``phases`` in which an arm makes as many calls as the baseline, and in words."""

    phases: tuple[str, ...]
    is_everywhere: bool
    text: str


def _alike(explanation: Explanation, arm: str) -> _Alike:
    """Where ``arm`` makes as many calls as the baseline: ``in every phase but construct``."""
    counted = {
        each.phase: calls_are_alike(each)
        for each in explanation.call_differences
        if each.arm == arm
    }
    is_whole = bool(counted)
    counted = counted or dict.fromkeys(explanation.same_work[arm], True)
    if READY in counted:
        # What is put off is compared in the sum; of arms that put nothing off, the sum is no more.
        late = any(each.phase == "build" and each.arm == arm for each in explanation.growth)
        for phase in MAKING_READY if late else (READY,):
            counted.pop(phase, None)
    alike = in_lifecycle_order(phase for phase, is_alike in counted.items() if is_alike)
    others = in_lifecycle_order(phase for phase, is_alike in counted.items() if not is_alike)
    is_everywhere = is_whole and bool(alike) and not others
    text = f"in {listing(alike)}" if alike else ""
    if is_whole and len(others) <= min(2, len(alike) - 1):
        text = f"in every phase{f' but {listing(others)}' if others else ''}"
    return _Alike(alike, is_everywhere, text)


def _joint(findings: Findings) -> Iterator[str]:
    """The joint claims that are made; headlines are told of apart."""
    for claim in joint_claims(findings):
        if claim.verdict == "equivalent":
            yield f"{joint_sentence(claim, findings)}."
