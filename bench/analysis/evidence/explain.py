"""From what the untimed passes returned to why one arm costs more than another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bench.analysis.evidence.call_growth import (
    FunctionGrowth,
    PhaseGrowth,
    nondeterministic_functions,
    phase_growth,
)
from bench.analysis.evidence.composites import with_composites
from bench.analysis.evidence.exact_counts import ExactGrowth, exact_growth
from bench.analysis.evidence.structure import compare_structure
from bench.domain.findings.evidence import (
    CodeLocation,
    Explaining,
    Failure,
    GrowthOutcome,
    StructureOutcome,
    WorkOutcome,
)
from bench.domain.findings.explanation import (
    CallEdge,
    CounterFinding,
    ExactGrowthFinding,
    Explanation,
    FunctionFinding,
    GrowingFunction,
    GrowthFinding,
    PassFailure,
    RetainedFinding,
    StructureFinding,
)
from bench.domain.phases import is_overhead_phase

PassName = Literal["growth", "work", "structure"]

MOST_EDGES, MOST_FUNCTIONS, MOST_KEPT = 5, 8, 5


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


class _Work(NamedTuple):
    arm: str
    layers: int | None
    outcome: WorkOutcome


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
) -> Explanation:
    """Conclude from the ``evidence`` about ``arms`` of one scenario and architecture.

    ``phases`` are those that the scenario is about, the most important first. Of each of
    ``composites``, what was counted in the phases that it is made of is added up.
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
        _Work(arm, layers, found) for arm, layers, found in good if isinstance(found, WorkOutcome)
    ]
    inexact = _inexact(grown)
    growth = [finding for arm in arms for finding in _growth(grown, arm, inexact)]
    counters = [finding for arm in arms for finding in _counters(worked, arm)]
    return Explanation(
        scenario=scenario,
        architecture=architecture,
        baseline=baseline,
        phases=tuple(phases),
        environment=dict(environment),
        structure=tuple(_structure(evidence, arms, baseline)),
        counters=tuple(counters),
        growth=tuple(growth),
        same_work={arm: _same_work(growth, arm, baseline) for arm in arms if arm != baseline},
        retained=tuple(finding for arm in arms if (finding := _retained(worked, arm, phases[0]))),
        failures=tuple(
            PassFailure(
                arm=each.arm,
                layers=each.layers,
                what=each.what,
                kind=each.outcome.kind,
                reason=each.outcome.reason,
            )
            for each in evidence
            if isinstance(each.outcome, Failure)
        ),
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


def _growth(
    grown: Sequence[_Growth], arm: str, inexact: Mapping[str, frozenset[CodeLocation]]
) -> list[GrowthFinding]:
    seen = {
        each.layers: each.outcome for each in grown if each.arm == arm and each.layers is not None
    }
    if len(seen) < 2:
        return []
    phases = [phase for phase in seen[max(seen)].phases if not is_overhead_phase(phase)]
    shared = [phase for phase in phases if all(phase in each.phases for each in seen.values())]
    return [
        _growth_finding(arm, phase, phase_growth(seen, phase, inexact.get(phase, frozenset())))
        for phase in shared
    ]


def _growth_finding(arm: str, phase: str, growth: PhaseGrowth) -> GrowthFinding:
    return GrowthFinding(
        arm=arm,
        phase=phase,
        depths=growth.depths,
        calls=growth.calls,
        law=_law(growth.law),
        takes_over=growth.takes_over,
        edges=tuple(
            CallEdge(
                caller=_function(edge.caller),
                callee=_function(edge.callee),
                caller_law=_law(edge.caller_law),
                law=_law(edge.law),
                calls_share=edge.calls_share,
                time_share=edge.time_share,
            )
            for edge in growth.edges[:MOST_EDGES]
        ),
        functions=tuple(_growing(each) for each in growth.functions[:MOST_FUNCTIONS]),
    )


def _growing(growth: FunctionGrowth) -> GrowingFunction:
    return GrowingFunction(
        function=_function(growth.function),
        calls=growth.calls,
        law=_law(growth.law),
        calls_share=growth.calls_share,
        time_share=growth.time_share,
    )


def _same_work(growth: Sequence[GrowthFinding], arm: str, baseline: str) -> tuple[str, ...]:
    """Phases in which both make the same number of calls at every depth."""
    calls = {(each.arm, each.phase): (each.depths, each.calls) for each in growth}
    phases = dict.fromkeys(each.phase for each in growth)
    return tuple(
        phase
        for phase in phases
        if (arm, phase) in calls and calls[arm, phase] == calls.get((baseline, phase))
    )


def _counters(worked: Sequence[_Work], arm: str) -> list[CounterFinding]:
    """Counters of the work pass; a counter that a repetition contradicts is not exact."""
    values: dict[tuple[str | None, str], dict[int, set[int]]] = {}
    for each in worked:
        if each.arm != arm:
            continue
        depth = each.layers or 0
        for name, count in each.outcome.model.items():
            values.setdefault((None, name), {}).setdefault(depth, set()).add(count)
        for done, work in each.outcome.phases.items():
            if is_overhead_phase(done):
                continue
            for name, count in work.counters.items():
                values.setdefault((done, name), {}).setdefault(depth, set()).add(count)
    findings = []
    for (phase, name), by_depth in values.items():
        depths = tuple(sorted(by_depth))
        counts = tuple(min(by_depth[depth]) for depth in depths)
        findings.append(
            CounterFinding(
                arm=arm,
                phase=phase,
                counter=name,
                depths=depths,
                values=counts,
                exact=all(len(each) == 1 for each in by_depth.values()),
                law=_law(exact_growth(depths, counts)) if len(depths) > 1 else None,
            )
        )
    return findings


def _retained(worked: Sequence[_Work], arm: str, phase: str) -> RetainedFinding | None:
    work = [each for each in worked if each.arm == arm]
    if not work:
        return None
    deepest = max(work, key=lambda each: each.layers or 0)
    work_of_phase = deepest.outcome.phases.get(phase)
    if work_of_phase is None:
        return None
    return RetainedFinding(
        arm=arm,
        layers=deepest.layers,
        types=tuple((kind, count) for kind, count in work_of_phase.types[:MOST_KEPT]),
        lines=tuple(
            (_short(file), line, size) for file, line, size in work_of_phase.lines[:MOST_KEPT]
        ),
    )


def _law(law: ExactGrowth) -> ExactGrowthFinding:
    return ExactGrowthFinding(kind=law.kind, text=law.text(), order=law.order)


def _function(function: CodeLocation) -> FunctionFinding:
    return FunctionFinding(name=function.name, file=_short(function.file), line=function.line)


def _short(file: str) -> str:
    """``keras/src/models/sequential.py`` for a file of an installed package."""
    for place in ("site-packages/", "dist-packages/"):
        _, found, rest = file.partition(place)
        if found:
            return rest
    return file
