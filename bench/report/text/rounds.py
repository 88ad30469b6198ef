"""How many rounds a run has, and what ended it."""

from __future__ import annotations

from bench.domain.findings.run import Findings
from bench.domain.status import ENVIRONMENT
from bench.domain.words import pluralise


def rounds_text(findings: Findings) -> str:
    """``complete, 12 of at most 40 rounds: all comparisons are resolved``."""
    planned = pluralise(findings.planned_rounds, "round")
    text = f"{findings.status}, {findings.rounds} of at most {planned}"
    if findings.status != "complete" or findings.rounds >= findings.planned_rounds:
        return text
    return f"{text}: {_ended_by(findings)}"


def why_over(findings: Findings) -> str | None:
    """Why no further round follows; None where one does, once the run is resumed."""
    if findings.rounds >= findings.planned_rounds:
        return "all rounds are made"
    ended_by = _ended_by(findings) if findings.status == "complete" else _BUDGET
    return None if ended_by == _BUDGET else ended_by


_BUDGET = "the budget ended it"


def _ended_by(findings: Findings) -> str:
    """Why fewer rounds than planned were made: the rounds say it themselves."""
    timings = [each for each in findings.timings if not each.placebo and each.rounds]
    memory = [each for each in findings.memory_growth if not each.placebo]
    known = [each.verdict for each in timings] + [each.memory for each in memory]
    if timings and "unresolved" not in known:
        return "every comparison is resolved"
    baselines = {(each.panel, each.baseline) for each in findings.timings if not each.across}
    failed = {(each.panel, each.arm) for each in findings.failures}
    given_up = {
        (each.panel, each.arm)
        for each in findings.failures
        if each.given_up or each.kind == ENVIRONMENT
    }
    if baselines and (baselines <= given_up or (baselines <= failed and not timings)):
        return "no baseline is left to compare with"
    return _BUDGET
