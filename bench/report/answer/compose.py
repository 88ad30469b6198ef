"""Puts the answer together: what differs, why, what does not, how sure, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from bench.domain.findings.explanation import Explanation
from bench.domain.findings.run import Findings
from bench.report.answer.causes import causes
from bench.report.answer.certainty import NEXT, certainty, next_step, unresolved
from bench.report.answer.conditions import (
    compiled,
    contradictions,
    outputs,
    outputs_not_compared,
)
from bench.report.answer.costs import (
    call_mode_costs,
    memory_growth,
    sole_arm_costs,
    uncompared_costs,
)
from bench.report.answer.differences import differences
from bench.report.answer.environments import (
    break_even_of_devices,
    in_each_environment,
    told_in_each_environment,
)
from bench.report.answer.failures import failures
from bench.report.answer.growth import growth
from bench.report.answer.inputs import invented_inputs
from bench.report.answer.likeness import likeness
from bench.report.answer.surroundings import surroundings, versions
from bench.report.text.formatting import CONTROLS_FAILED, NBSP
from bench.report.views import Sweep, side_by_side, sweeps

MOST_OF_SEVERAL = 3
"""Sentences about causes, and about what is alike, where there are several environments."""


def compose_answer(findings: Findings, explanations: Sequence[Explanation]) -> tuple[str, ...]:
    """The sentences, the most important first; each can be read alone.

    ``explanations`` are those of the run. Nothing is said of what was not measured or not found.
    """
    return tuple(text.replace(NBSP, " ") for text in _sentences(findings, explanations))


def without_advice(answer: Sequence[str]) -> list[str]:
    """The sentences of an answer that hold wherever they are read."""
    return [sentence for sentence in answer if not sentence.startswith(NEXT)]


def _sentences(findings: Findings, explanations: Sequence[Explanation]) -> Iterator[str]:
    if not findings.controls_passed:
        yield f"Do not trust this run: {CONTROLS_FAILED}."
    measured = [sweep for sweep in sweeps(findings) if sweep.cells]
    if not measured:
        yield "Nothing was measured." if findings.failures else "No round was finished yet."
    together = side_by_side(measured)
    # What several environments have is told once; of two, how each arm differs between them, too.
    apart = [each for each in measured if not _is_of_several(each, together)]
    yield from in_each_environment(together)
    yield from differences(apart)
    yield from break_even_of_devices(measured)
    yield from outputs(findings)
    yield from uncompared_costs([each for each in apart if not together or not each.place.of_arm])
    yield from call_mode_costs(findings)
    yield from sole_arm_costs(measured, findings)
    yield from growth([each for each in apart if not together or not each.place.of_arm])
    yield from memory_growth(findings)
    most = MOST_OF_SEVERAL if together else None
    told = told_in_each_environment(together)
    yield from islice(causes(measured, explanations), most)
    yield from islice(likeness(measured, findings, explanations, told), most)
    yield from unresolved(measured, findings, told)
    yield from contradictions(findings)
    yield from outputs_not_compared(findings)
    yield from compiled(findings)
    yield from failures(findings)
    yield from versions(findings)
    yield from surroundings(findings)
    yield from invented_inputs(findings)
    yield from certainty(measured, findings)
    yield from next_step(measured, findings, explanations)


def _is_of_several(sweep: Sweep, together: Sequence[Sequence[Sweep]]) -> bool:
    """Whether ``sweep`` is one of several environments, or of an arm in more than two."""
    if sweep.place.of_arm is not None:
        return len(set(sweep.arms) - sweep.placebos) > 2
    return any(sweep.place == each.place for group in together for each in group)
