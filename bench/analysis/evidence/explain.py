"""From what the untimed passes returned to why one arm costs more than another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bench.analysis.evidence.call_differences import call_differences
from bench.analysis.evidence.call_growth import (
    FunctionGrowth,
    PhaseGrowth,
    nondeterministic_functions,
    phase_growth,
)
from bench.analysis.evidence.call_tree import call_tree
from bench.analysis.evidence.composites import with_composites
from bench.analysis.evidence.conditions import compiled_by, invented_inputs
from bench.analysis.evidence.naming import function_finding, law_finding
from bench.analysis.evidence.structure import compare_structure
from bench.analysis.evidence.work import Worked, counter_findings, retained_finding
from bench.domain.findings.evidence import (
    CodeLocation,
    Explaining,
    Failure,
    GrowthOutcome,
    StructureOutcome,
    WorkOutcome,
)
from bench.domain.findings.explanation import (
    CallDifference,
    CallEdge,
    CallTree,
    Explanation,
    GrowingFunction,
    GrowthFinding,
    MissingEvidence,
    PassFailure,
    PassLeftOut,
    StructureFinding,
)
from bench.domain.phases import READY, is_overhead_phase

PassName = Literal["growth", "work", "structure"]

MOST_EDGES, MOST_FUNCTIONS = 5, 8


@dataclass(frozen=True)
class Evidence:
    """What a pass returned for one cell; ``repetition`` numbers those that did the same."""

    what: PassName
    arm: str
    layers: int | None
    repetition: int
    outcome: Explaining | Failure


class _Growth(NamedTuple):
    arm: str
    layers: int | None
    outcome: GrowthOutcome


def explain(
    evidence: Sequence[Evidence],
    *,
    scenario: str,
    architecture: str | None,
    arms: Sequence[str],
    baseline: str,
    phases: Sequence[str],
    composites: Mapping[str, Sequence[str]],
    environment: Mapping[str, str | int | float | None],
    left_out: Sequence[PassLeftOut] = (),
    call_modes: Sequence[str] = (),
) -> Explanation:
    """Conclude from the ``evidence`` about ``arms`` of one scenario and architecture.

    ``phases`` are those that the scenario is about, the most important first. Of each of
    ``composites``, what was counted in the phases that it is made of is added up. ``left_out`` and
    ``call_modes`` are passed on.
    """
    good = [
        (each.arm, each.layers, with_composites(each.outcome, composites))
        for each in evidence
        if not isinstance(each.outcome, Failure)
    ]
    grown = [
        _Growth(arm, layers, found)
        for arm, layers, found in good
        if isinstance(found, GrowthOutcome)
    ]
    worked = [
        Worked(arm, layers, found) for arm, layers, found in good if isinstance(found, WorkOutcome)
    ]
    inexact = _inexact(grown)
    seen = {(each.arm, each.layers or 0): each.outcome for each in grown}
    phase_growths = {arm: _phase_growths(seen, arm, inexact) for arm in arms}
    growth = [
        _growth_finding(arm, phase, found)
        for arm, of_phases in phase_growths.items()
        for phase, found in of_phases.items()
    ]
    differences = call_differences(growth, baseline)
    same_work = {arm: _same_work(differences, arm) for arm in arms if arm != baseline}
    # Arms that build later have done the same work only once they are ready.
    drawn = READY if phases[0] in composites.get(READY, ()) else phases[0]
    others = [arm for arm in arms if drawn not in same_work.get(arm, ())]
    return Explanation(
        scenario=scenario,
        architecture=architecture,
        baseline=baseline,
        phases=tuple(phases),
        environment=dict(environment),
        structure=tuple(_structure(evidence, arms, baseline)),
        counters=tuple(counter_findings(worked, arms)),
        growth=tuple(growth),
        same_work=same_work,
        call_differences=tuple(differences),
        call_trees=tuple(_call_trees(seen, phase_growths, others, drawn)),
        left_out=tuple(left_out),
        call_modes=tuple(call_modes),
        missing=tuple(_missing(evidence, arms)),
        invented=tuple(invented_inputs(worked, arms, scenario)),
        compiled=compiled_by(worked, arms),
        retained=tuple(
            finding for arm in arms if (finding := retained_finding(worked, arm, phases[0]))
        ),
        failures=tuple(_failures(evidence)),
    )


def _structure(
    evidence: Sequence[Evidence], arms: Sequence[str], baseline: str
) -> list[StructureFinding]:
    seen = {
        (each.arm, each.layers): each.outcome.levels
        for each in evidence
        if isinstance(each.outcome, StructureOutcome)
    }
    found = []
    for (arm, layers), levels in seen.items():
        if arm == baseline or (baseline, layers) not in seen:
            continue
        compared = compare_structure(levels, seen[baseline, layers])
        found.append(
            StructureFinding(
                arm=arm,
                baseline=baseline,
                layers=layers,
                same=compared.same,
                different=compared.different,
                first=compared.first,
                difference=compared.difference,
                same_program=compared.same_program,
            )
        )
    return sorted(found, key=lambda each: (arms.index(each.arm), each.layers or 0))


def _failures(evidence: Sequence[Evidence]) -> list[PassFailure]:
    """The passes that failed, and the phases that did where the pass went on: those once."""
    found: dict[PassFailure, None] = {}
    for each in evidence:
        outcome = each.outcome
        failed: list[tuple[str, Failure]]
        if isinstance(outcome, Failure):
            failed = [(each.what, outcome)]
        elif isinstance(outcome, StructureOutcome):
            failed = []
        else:
            failed = [(one.phase or "", one) for one in outcome.failures]
        for what, failure in failed:
            told = PassFailure(
                arm=each.arm,
                layers=each.layers,
                what=what,
                kind=failure.kind,
                reason=failure.reason,
            )
            found.setdefault(told)
    return list(found)


def _missing(evidence: Sequence[Evidence], arms: Sequence[str]) -> list[MissingEvidence]:
    """Levels of structure, then counters, that arms do not have: each once."""
    found: dict[tuple[str, str], MissingEvidence] = {}
    for kind in (StructureOutcome, WorkOutcome):
        outcomes = [
            (each, each.outcome.missing) for each in evidence if isinstance(each.outcome, kind)
        ]
        outcomes.sort(key=lambda each: (arms.index(each[0].arm), -(each[0].layers or 0)))
        for each, missing in outcomes:
            for what, reason in missing.items():
                lacks = MissingEvidence(arm=each.arm, layers=each.layers, what=what, reason=reason)
                found.setdefault((each.arm, what), lacks)
    return list(found.values())


def _inexact(grown: Sequence[_Growth]) -> dict[str, frozenset[CodeLocation]]:
    """Phase → functions whose calls any repetition contradicts."""
    cells: dict[tuple[str, int | None], list[GrowthOutcome]] = {}
    for each in grown:
        cells.setdefault((each.arm, each.layers), []).append(each.outcome)
    found: dict[str, frozenset[CodeLocation]] = {}
    for outcomes in cells.values():
        for phase in outcomes[0].phases if len(outcomes) > 1 else ():
            functions = nondeterministic_functions(outcomes, phase)
            found[phase] = found.get(phase, frozenset()) | functions
    return found


def _phase_growths(
    outcomes: Mapping[tuple[str, int], GrowthOutcome],
    arm: str,
    inexact: Mapping[str, frozenset[CodeLocation]],
) -> dict[str, PhaseGrowth]:
    """Phase → how its calls grow, of phases that were counted wherever they did not fail."""
    seen = {layers: outcome for (of, layers), outcome in outcomes.items() if of == arm}
    found = {}
    for phase in dict.fromkeys(
        name for depth in sorted(seen, reverse=True) for name in seen[depth].phases
    ):
        counted = {depth: each for depth, each in seen.items() if phase in each.phases}
        is_known = all(depth in counted or _failed_in(phase, seen[depth]) for depth in seen)
        if is_known and not is_overhead_phase(phase):
            found[phase] = phase_growth(counted, phase, inexact.get(phase, frozenset()))
    return found


def _call_trees(
    outcomes: Mapping[tuple[str, int], GrowthOutcome],
    phase_growths: Mapping[str, Mapping[str, PhaseGrowth]],
    arms: Sequence[str],
    phase: str,
) -> Iterator[CallTree]:
    """The calls of ``phase`` of those of ``arms`` that have it, at the deepest that all have."""
    growths = {arm: phase_growths[arm][phase] for arm in arms if phase in phase_growths[arm]}
    depths = [set(each.depths) for each in growths.values()]
    common = set.intersection(*depths) if depths else set()
    for arm, growth in growths.items() if common else ():
        layers = max(common)
        growing = {each.function for each in growth.functions}
        tree = call_tree(arm, phase, layers, outcomes[arm, layers], growing)
        if tree is not None:
            yield tree


def _failed_in(phase: str, outcome: GrowthOutcome) -> bool:
    return any(failure.phase == phase for failure in outcome.failures)


def _growth_finding(arm: str, phase: str, growth: PhaseGrowth) -> GrowthFinding:
    return GrowthFinding(
        arm=arm,
        phase=phase,
        depths=growth.depths,
        calls=growth.calls,
        law=None if growth.law is None else law_finding(growth.law),
        takes_over=growth.takes_over,
        edges=tuple(
            CallEdge(
                caller=function_finding(edge.caller),
                callee=function_finding(edge.callee),
                caller_law=law_finding(edge.caller_law),
                law=law_finding(edge.law),
                calls_share=edge.calls_share,
                time_share=edge.time_share,
            )
            for edge in growth.edges[:MOST_EDGES]
        ),
        functions=tuple(_growing(each) for each in growth.functions[:MOST_FUNCTIONS]),
    )


def _growing(growth: FunctionGrowth) -> GrowingFunction:
    return GrowingFunction(
        function=function_finding(growth.function),
        calls=growth.calls,
        law=law_finding(growth.law),
        calls_share=growth.calls_share,
        time_share=growth.time_share,
    )


def _same_work(differences: Sequence[CallDifference], arm: str) -> tuple[str, ...]:
    """Phases in which the arm makes as many calls as the baseline at every depth."""
    return tuple(each.phase for each in differences if each.arm == arm and not any(each.more))
