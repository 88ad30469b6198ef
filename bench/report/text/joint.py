"""Sentences about the joint claims: what does not differ, or what keeps that from being shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.domain.findings.comparisons import JointFinding, JointMember
from bench.domain.findings.run import Findings
from bench.domain.labels import label
from bench.domain.panel import Cell, Panel, Setting
from bench.domain.words import pluralise
from bench.report.text.formatting import NBSP, at_layers, ratio

MOST = 3
"""Exceptions that are named; what is beyond is counted."""


def joint_sentence(claim: JointFinding, findings: Findings) -> str:
    """A sentence about a ``claim`` of the run, from which those about its panels follow."""
    what = _subject(claim, findings)
    panels = [each.panel for each in findings.joint if each.panel and each.across == claim.across]
    size = pluralise(claim.comparisons, "comparison")
    if claim.verdict == "equivalent":
        size = f"{size} of {pluralise(len(panels), 'panel')}" if panels else size
        shown = f"{what[0].upper()}{what[1:]} by {_amount(findings)}: "
        if claim.exceptions:
            shown += f"{claim.comparisons - len(claim.exceptions)} of "
        return f"{shown}{size}{_left_out(claim, panels, findings)}"
    if claim.exceptions_allowed:
        size += f" with at most {pluralise(claim.exceptions_allowed, 'exception')}"
    text = f"Not shown: that {what} by {_amount(findings)}, in {size}; "
    text += f"it is held up by {_member(claim.widest)}"
    if claim.more_rounds is not None:
        text += f"; needs about {pluralise(claim.more_rounds, 'more round')}"
    return text


def _subject(claim: JointFinding, findings: Findings) -> str:
    """What the ``claim`` says, and beside another one where."""
    if len({each.across for each in findings.joint}) == 1:
        return _what(claim, findings)
    where = "across environments" if claim.across else "in each environment"
    return f"{where} {_what(claim, findings)}"


def _what(claim: JointFinding, findings: Findings) -> str:
    """``nothing else differs``; of ``other phases``, while headlines are unresolved."""
    headlines = [each for each in findings.timings if each.headline and not each.placebo]
    compared = {each.verdict for each in headlines if each.across == claim.across}
    if claim.verdict == "equivalent" and "unresolved" in compared:
        return "in other phases nothing differs"
    return "nothing else differs"


def joint_claims(findings: Findings) -> list[JointFinding]:
    """The claims of the run, made or not."""
    return [each for each in findings.joint if each.panel is None]


def joint_claim_about(findings: Findings, setting: Setting, *, across: bool) -> str:
    """``nothing else differs by more than 5 %``, of all panels of ``setting``; empty if not shown.

    Comparisons there that the claim leaves out are counted.
    """
    claims = [each for each in findings.joint if each.across == across]
    about = [each for each in claims if each.panel is None or each.panel.setting == setting]
    if not about or any(each.verdict != "equivalent" for each in about):
        return ""
    left_out = sum(each.panel.setting == setting for each in about[0].exceptions)
    but = f"; {pluralise(left_out, 'comparison')} left out" if left_out else ""
    return f"{_what(about[0], findings)} by {_amount(findings)}{but}"


def _amount(findings: Findings) -> str:
    """What the claim speaks of: ``more than 5 % or 1 ms``."""
    floor_s, margin = findings.margin_floor_s, findings.joint[0].margin
    floor = f" or {1000 * floor_s:g}{NBSP}ms" if floor_s else ""
    return f"more than {100 * margin:g}{NBSP}%{floor}"


def _left_out(claim: JointFinding, panels: Sequence[Panel], findings: Findings) -> str:
    """The exceptions of a claim about ``panels``: those found to differ, then the others."""
    differing = _differing(findings)
    found: dict[str, list[JointMember]] = {"slower": [], "faster": [], "not shown": []}
    for each in claim.exceptions:
        found[differing.get(_key(each), "not shown")].append(each)
    return "".join(
        f"; {what}: {exceptions_listing(members, panels)}"
        for what, members in found.items()
        if members
    )


def _differing(findings: Findings) -> dict[tuple[Cell, str, bool], str]:
    """The verdict on what differs by itself: cell, phase, and whether across environments."""
    return {
        (each.cell, each.phase, each.across): each.verdict
        for each in findings.timings
        if each.verdict in ("faster", "slower")
    }


def _key(member: JointMember) -> tuple[Cell, str, bool]:
    return member.cell, member.phase, len(member.environments) > 1


def exceptions_listing(exceptions: Iterable[JointMember], panels: Sequence[Panel]) -> str:
    """The members that a claim leaves out: ``trace of functional (4, 16, 64 layers)``.

    ``panels`` are those of the run: where they differ in more than depth, the setting is named.
    """
    settings = list(dict.fromkeys(each.setting for each in panels))
    depths: dict[str, list[str]] = {}
    for each in exceptions:
        named = _named(each)
        if len(settings) > 1:
            named += f" in {label(each.panel.setting, among=settings)}"
        found = depths.setdefault(named, [])
        if each.layers is not None and str(each.layers) not in found:
            found.append(str(each.layers))
    phrases = [
        f"{named} ({', '.join(layers)}{NBSP}{'layer' if layers == ['1'] else 'layers'})"
        if layers
        else named
        for named, layers in depths.items()
    ]
    more = f" and {len(phrases) - MOST} more" if len(phrases) > MOST else ""
    return ", ".join(phrases[:MOST]) + more


def _member(member: JointMember) -> str:
    low = "0" if member.ratio_low is None else ratio(member.ratio_low)
    high = "∞" if member.ratio_high is None else ratio(member.ratio_high)
    bounds = f"{ratio(member.ratio)}{NBSP}[{low},{NBSP}{high}]"
    return f"{_named(member)}{at_layers(member.layers)}, {bounds}"


def _named(member: JointMember) -> str:
    """The phase and the arm; in a run of several environments, where."""
    named = f"{member.phase} of {member.arm}"
    if not member.environments:
        return named
    mine, *other = member.environments
    return f"{named} in {mine}{f' against {other[0]}' if other else ''}"
