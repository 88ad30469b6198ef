"""What is not known yet, how sure the rest is, and what to do next."""

from __future__ import annotations

import math
import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from bench.domain.findings.comparisons import ComparisonFinding, JointMember
from bench.domain.findings.explanation import Explanation
from bench.domain.findings.run import Findings
from bench.domain.panel import Cell
from bench.domain.status import TIMED_OUT, UNAVAILABLE
from bench.domain.words import pluralise
from bench.report.answer.differences import place_prefix
from bench.report.text.formatting import (
    approximate_duration,
    longer_run,
    percent,
    ratio,
    ratio_interval,
)
from bench.report.text.joint import joint_claims, joint_sentence
from bench.report.text.phases import about
from bench.report.text.sentences import at_deepest, claims_at_deepest
from bench.report.views import Sweep, is_short

MOST = 3

NEXT = "Next: "
"""What advice begins with."""

_LOGS = "the run folder has its output under logs"

FIX = f"fix what failed; {_LOGS}"

ALLOW_LONGER = f"allow more time with --timeout, or fix what hangs; {_LOGS}"

LONGEST_S = 3600.0
"""Time that a run may take to be recommended."""


def unresolved(
    measured: Sequence[Sweep],
    findings: Findings,
    told: Collection[tuple[Cell, str]] = frozenset(),
) -> Iterator[str]:
    """The headline comparisons at the deepest that have no verdict yet, then the joint claims.

    Cells and phases that are ``told`` of elsewhere are left out.
    """
    for begin, is_bounded in (
        ("Not resolved yet", True),
        ("No verdict yet, too few rounds; so far", False),
    ):
        phrases, baselines = [], set()
        for sweep in measured:
            found = [
                _estimate(each)
                for each in _open(sweep)
                if _is_bounded(each) is is_bounded and (each.cell, each.phase) not in told
            ]
            if found:
                phrases += [f"{place_prefix(sweep, measured)}{found[0]}", *found[1:]]
                baselines.add(sweep.baseline)
        if phrases:
            other = next(iter(baselines)) if len(baselines) == 1 else "each baseline"
            more = f", and {len(phrases) - MOST} more" if len(phrases) > MOST else ""
            yield f"{begin}, relative to {other}: {'; '.join(phrases[:MOST])}{more}."
    for claim in joint_claims(findings):
        if claim.verdict == "unresolved" and _is_bounded(claim.widest):
            yield f"{joint_sentence(claim, findings)}."


def _estimate(item: ComparisonFinding) -> str:
    value = "" if item.ratio is None else ratio(item.ratio)
    bounds = f" {ratio_interval(item)}" if _is_bounded(item) else ""
    return f"{item.arm} {about(item.phase)} {value}{bounds}"


def certainty(measured: Sequence[Sweep], findings: Findings) -> Iterator[str]:
    """The confidence of intervals, over how much, after how many rounds; what the placebo shows."""
    noise, rounds = findings.noise, pluralise(findings.rounds, "round")
    parts = []
    if any(_is_bounded(item) and not item.placebo for item in findings.timings):
        many = findings.family_size > 1
        over = f"{findings.family_size} comparisons together, " if many else ""
        parts.append(f"Sure to {100 * findings.confidence:g} % ({over}{rounds})")
    else:
        parts.append(f"After {rounds}")
    if noise.placebo_comparisons:
        alarms = noise.placebo_false_alarms
        parts.append(
            f"{alarms or 'no'} false alarm{'s' * (alarms > 1)} in "
            f"{pluralise(noise.placebo_comparisons, 'comparison')} of the placebo"
        )
    if noise.floor_ratio is not None:
        parts.append(f"noise of one round {percent(noise.floor_ratio - 1)}")
    if measured:
        yield f"{'; '.join(parts)}."


def next_step(
    measured: Sequence[Sweep], findings: Findings, explanations: Sequence[Explanation]
) -> Iterator[str]:
    """What to do: the first that applies."""
    step = (
        _after_failure(measured, findings)
        or _after_interruption(findings)
        or _longer(findings)
        or _more_rounds(measured, findings)
        or _explain(measured, explanations)
        or _fix(findings)
    )
    if step:
        yield f"{NEXT}{step}."


def _after_failure(measured: Sequence[Sweep], findings: Findings) -> str:
    if not findings.controls_passed:
        return "see what bench doctor says of this machine, then measure again"
    if findings.failures and not measured:
        return _fix(findings) or FIX
    lacking = [each for each in measured if each.lacks_baseline and each.place.of_arm is None]
    if not lacking:
        return ""
    measured_arms = Counter(
        cell.arm
        for sweep in lacking
        for cell in sweep.cells
        if not cell.placebo and cell.arm != sweep.baseline
    )
    ((arm, _),) = measured_arms.most_common(1)
    other = f"compare with another arm: --baseline {shlex.quote(arm)}"
    return ", or ".join(filter(None, (_fix(findings), other)))


def _fix(findings: Findings) -> str:
    """What to do about failures; nothing about what this version or machine does not have."""
    kinds = {each.kind for each in findings.failures} - {UNAVAILABLE}
    if not kinds:
        return ""
    return ALLOW_LONGER if kinds == {TIMED_OUT} else FIX


def _after_interruption(findings: Findings) -> str:
    return "bench run --resume RUN goes on" if findings.status == "interrupted" else ""


def _longer(findings: Findings) -> str:
    return f"measure longer, for verdicts: {longer_run(findings)}" if is_short(findings) else ""


def _more_rounds(measured: Sequence[Sweep], findings: Findings) -> str:
    """How many more rounds resolve the headlines, else the joint claims of the run."""
    items = [item for sweep in measured for item in _open(sweep)]
    needed = [item.more_rounds for item in items if item.more_rounds is not None]
    what = "resolve the rest of the headlines"
    if not items:
        claims = joint_claims(findings)
        needed = [each.more_rounds for each in claims if each.more_rounds is not None]
        what = "show that nothing else differs"
    if not needed:
        return ""
    more, each_s = max(needed), findings.round_seconds
    time = f" ({approximate_duration(more * each_s)})" if each_s else ""
    many = f"about {pluralise(more, 'more round')}{time}"
    rounds = findings.rounds + more
    if rounds <= findings.planned_rounds:
        return f"{many} should {what}: bench run --resume RUN"
    if each_s and rounds * each_s <= LONGEST_S:
        minutes = math.ceil(1.2 * rounds * each_s / 60)
        return f"{many} should {what}: measure again with --rounds {rounds} --budget {minutes}m"
    return f"it takes {many} to {what}; a quieter machine or a wider --margin needs fewer"


def _explain(measured: Sequence[Sweep], explanations: Sequence[Explanation]) -> str:
    claims = [
        claim
        for sweep in measured
        for phase in sweep.headline_phases
        for claim in claims_at_deepest(sweep, phase)
    ]
    if not claims:
        return ""
    if explanations:
        return "bench explain RUN lists the functions; bench profile RUN shows their time"
    return "bench explain RUN says why they differ"


def _open(sweep: Sweep) -> list[ComparisonFinding]:
    """The headline comparisons at the deepest that have no verdict."""
    return [
        item
        for phase in sweep.headline_phases
        for item in at_deepest(sweep, phase)
        if item.verdict == "unresolved" and item.rounds
    ]


def _is_bounded(item: ComparisonFinding | JointMember) -> bool:
    return item.ratio is not None and (item.ratio_low is not None or item.ratio_high is not None)
