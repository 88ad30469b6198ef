"""Why arms differ: what they call more often, and where that begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.domain.findings.explanation import Explanation
from bench.domain.words import listing
from bench.report.answer.evidence import (
    are_alike_at_deepest,
    difference_of,
    edge_text,
    explained_sweeps,
    first_edge,
    more_calls_text,
)
from bench.report.text.phases import about
from bench.report.text.sentences import claims_at_deepest
from bench.report.views import Sweep

MOST = 3


class _Cause(NamedTuple):
    """Of whom, and what is said: ``begins`` is where the calls begin to grow, or empty."""

    arm: str
    label: str
    begins: str
    makes: str


def causes(measured: Sequence[Sweep], explanations: Sequence[Explanation]) -> Iterator[str]:
    """A sentence for each cause, of all the arms that have it.

    Of a cause that several architectures share, the numbers are those of the first.
    """
    sentences = []
    known: set[tuple[str, str]] = set()
    for explanation in explanations:
        alike: dict[tuple[str, str, str], list[str]] = {}
        for cause in _causes(explanation, explained_sweeps(explanation, measured)):
            if not cause.begins or (cause.arm, cause.begins) not in known:
                alike.setdefault(cause[1:], []).append(cause.arm)
        told = []
        for (label, begins, makes), arms in alike.items():
            known |= {(arm, begins) for arm in arms}
            place = _place(explanation, explanations)
            who = listing(dict.fromkeys(arms))
            if makes:
                verb = "make" if len(dict.fromkeys(arms)) > 1 else "makes"
                parts = (begins, f"{who} {verb} {makes}{place}")
            else:
                parts = (f"{who}{place}", begins)
            told.append(f"{label}: {': '.join(part for part in parts if part)}.")
        # Of several environments, each has a word.
        sentences += told[:1] if explanation.environment_name or explanation.of_arm else told
    yield from sentences[:MOST]


def _place(explanation: Explanation, among: Sequence[Explanation]) -> str:
    """In parentheses what tells ``explanation`` from the others ``among`` which it is."""
    named = (
        (each.architecture, each.environment_name, each.of_arm) for each in (explanation, *among)
    )
    own, *_ = columns = list(named)
    varies = [len(set(column)) > 1 for column in zip(*columns, strict=True)]
    parts = [part for part, differs in zip(own, varies, strict=True) if differs and part]
    return f" ({' · '.join(parts)})" if parts else ""


def _causes(explanation: Explanation, sweeps: Sequence[Sweep]) -> Iterator[_Cause]:
    baseline = explanation.baseline
    claimed = {
        claim.arm: phase
        for sweep in sweeps
        for phase in reversed(sweep.headline_phases)
        for claim in claims_at_deepest(sweep, phase)
    }
    for arm in dict.fromkeys(each.arm for each in explanation.growth):
        phase = claimed.get(arm, explanation.phases[0])
        label = "Why" if arm in claimed else "Counted"
        edge, usual = (first_edge(explanation, each, phase) for each in (arm, baseline))
        if arm == baseline:
            if edge and not explanation.same_work:
                yield _Cause(arm, label, edge_text(edge), "")
            continue
        difference = difference_of(explanation, arm, phase)
        if difference is None:
            # An older explanation has no differences.
            if edge and not (usual and edge_text(usual) == edge_text(edge)):
                yield _Cause(arm, label, edge_text(edge), "")
            continue
        who, other = (arm, baseline) if difference.more[-1] >= 0 else (baseline, arm)
        begins = edge if who == arm else usual
        is_own = begins and not (edge and usual and edge_text(edge) == edge_text(usual))
        if is_own and begins:
            yield _Cause(who, label, edge_text(begins), more_calls_text(difference, other))
        elif arm in claimed and are_alike_at_deepest(difference):
            makes = f"as many calls as {baseline} {about(phase)}: the time goes elsewhere"
            yield _Cause(arm, label, "", makes)
        elif arm in claimed:
            yield _Cause(who, label, "", more_calls_text(difference, other))
