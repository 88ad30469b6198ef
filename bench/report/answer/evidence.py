"""What explanations say of one arm, as the sentences of the answer need it."""

from __future__ import annotations

from collections.abc import Sequence

from bench.domain.findings.explanation import CallDifference, CallEdge, Explanation
from bench.report.text.formatting import at_layers, ratio, significant
from bench.report.text.phases import about
from bench.report.views import Sweep

ALIKE = 0.01
"""The part of the baseline's calls by which an arm's may differ and still be as many."""


def explained_sweeps(explanation: Explanation, measured: Sequence[Sweep]) -> list[Sweep]:
    """The sweeps that ``explanation`` is about; of the first environment, where it names none."""
    wanted = explanation.scenario, explanation.architecture, explanation.of_arm
    places = [(sweep, sweep.place) for sweep in measured]
    found = [
        (sweep, place.environment)
        for sweep, place in places
        if (place.scenario, place.architecture, place.of_arm) == wanted
    ]
    where = explanation.environment_name or (found[0][1] if found else None)
    return [sweep for sweep, environment in found if environment == where]


def difference_of(explanation: Explanation, arm: str, phase: str) -> CallDifference | None:
    """How many more calls ``arm`` makes in ``phase`` than the baseline, where both were counted."""
    found = explanation.call_differences
    return next((each for each in found if (each.arm, each.phase) == (arm, phase)), None)


def calls_are_alike(difference: CallDifference) -> bool:
    """Whether an arm makes as many calls as the baseline, to ``ALIKE``."""
    pairs = zip(difference.more, difference.baseline_calls, strict=True)
    return all(abs(more) <= ALIKE * calls for more, calls in pairs)


def are_alike_at_deepest(difference: CallDifference) -> bool:
    """``calls_are_alike`` at the deepest alone, of which times are told."""
    return abs(difference.more[-1]) <= ALIKE * difference.baseline_calls[-1]


def first_edge(explanation: Explanation, arm: str, phase: str) -> CallEdge | None:
    """Where the calls of ``arm`` begin to grow faster than the layers; None where they do not."""
    for finding in explanation.growth:
        if (finding.arm, finding.phase) == (arm, phase) and finding.edges:
            return finding.edges[0]
    return None


def edge_text(edge: CallEdge) -> str:
    """``Sequential.build, called n times, calls Layer.__call__ n(n + 1)/2 times``."""
    return (
        f"{edge.caller.name}, called {_times(edge.caller_law.text)}, calls {edge.callee.name} "
        f"{_times(edge.law.text)}"
    )


def more_calls_text(difference: CallDifference, other: str) -> str:
    """How many calls more the arm with more of them makes, and than which: ``other``'s."""
    phase = about(difference.phase)
    leading = difference.leading or "about"
    if (difference.order or 0) > 1 and "about" not in leading:
        return f"{leading.lstrip('-')} calls more than {other} {phase}"
    calls, depth = difference.baseline_calls[-1], difference.depths[-1]
    fewer, greater = sorted((calls, calls + difference.more[-1]))
    at = at_layers(depth or None)
    if fewer <= 0:
        return f"{greater:,} calls {phase}{at}, and {other} none"
    if greater < 1.995 * fewer:
        more = significant(100 * (greater / fewer - 1), 2)
        return f"{more} % more calls than {other} {phase}{at}"
    return f"{ratio(greater / fewer)} times as many calls as {other} {phase}{at}"


def _times(law: str) -> str:
    return "once" if law == "1" else f"{law} times"
