"""Sentences about joint claims: what does not differ, or what keeps that from being shown."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.comparisons import JointFinding, JointMember
from bench.domain.findings.run import Findings
from bench.domain.labels import label
from bench.domain.words import pluralise
from bench.report.text.formatting import NBSP, at_layers, ratio


def joint_sentences(findings: Findings) -> Iterator[str]:
    """A sentence about the claim of the run; where that does not hold, about each panel too."""
    panels = [each for each in findings.joint if each.panel is not None]
    for each in findings.joint:
        if each.panel is None:
            of_panels = f" of {len(panels)} panels" if panels else ""
            yield _sentence(each, findings.margin_floor_s, of_panels=of_panels)
            if each.verdict == "equivalent":
                return
        else:
            among = (other.panel for other in panels if other.panel is not None)
            where = f"{label(each.panel, among=among)}: "
            yield _sentence(each, findings.margin_floor_s, where=where)


def _sentence(
    finding: JointFinding, floor_s: float, *, where: str = "", of_panels: str = ""
) -> str:
    floor = f" or {1000 * floor_s:g}{NBSP}ms" if floor_s else ""
    amount = f"more than {100 * finding.margin:g}{NBSP}%{floor}"
    size = f"{pluralise(finding.comparisons, 'comparison')}{of_panels}"
    if finding.verdict == "equivalent":
        text = f"nothing else differs by {amount}: {size}"
    else:
        text = f"not shown: that nothing else differs by {amount}, in {size}; "
        text += f"furthest is {_member(finding.widest)}"
        if finding.more_rounds is not None:
            text += f"; needs about {pluralise(finding.more_rounds, 'more round')}"
    return f"{where}{text}" if where else f"{text[0].upper()}{text[1:]}"


def _member(member: JointMember) -> str:
    low = "0" if member.ratio_low is None else ratio(member.ratio_low)
    high = "∞" if member.ratio_high is None else ratio(member.ratio_high)
    bounds = f"{ratio(member.ratio)}{NBSP}[{low},{NBSP}{high}]"
    return f"{member.phase} of {member.arm}{at_layers(member.layers)}, {bounds}"
