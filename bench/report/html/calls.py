"""What a number of calls costs in each call mode, for a reader who chooses the number."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from bench.domain.findings.costs import CallModeCost, CallModesFinding
from bench.domain.findings.run import Findings
from bench.report.html.data import script_data
from bench.report.tables.call_modes import called
from bench.report.views import baseline_call_modes

FEWEST_DECADES = 4
"""The numbers to choose from go up to 10,000 at least, and to ten times the last break-even."""


def calls_to_choose(findings: Findings) -> Iterator[Markup]:
    """For each arm and depth with call modes to choose from, what ``calls.js`` reads: JSON.

    ``title`` says what is called, ``decades`` up to which power of ten numbers go, and ``modes``
    has the ``name`` of each call mode with the seconds of its ``first`` call and of each one
    ``then``. Call modes that train are no alternatives to those that answer.
    """
    for number, finding in enumerate(baseline_call_modes(findings)):
        for does, answers in (("call", True), ("train", False)):
            modes = [each for each in finding.call_modes if each.answers == answers]
            if len(modes) > 1:
                yield script_data(_choice(finding, modes, number, does))


def _choice(
    finding: CallModesFinding, modes: list[CallModeCost], number: int, does: str
) -> dict[str, object]:
    latest = max(each.calls_high or each.calls or 0 for each in modes)
    return {
        "anchor": f"{does}-{number}",
        "title": f"Ways to {does} {called(finding)}",
        "decades": max(FEWEST_DECADES, len(f"{latest:.0f}") + 1),
        "modes": [
            {"name": each.call_mode, "first": each.first_seconds, "then": each.call_seconds}
            for each in modes
        ],
    }
