"""How long a plan will take, tried before it is begun."""

from __future__ import annotations

from dataclasses import dataclass

from bench.analysis.inference.intervals import rounds_to_exclude
from bench.domain.design.comparison import family
from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import TimingOutcome
from bench.domain.metrics import SECONDS
from bench.domain.panel import Cell, Panel
from bench.domain.phases import INVOCATION
from bench.execution.passes.observe import observe
from bench.execution.processes.interpreter import Interpreters
from bench.execution.processes.jobs import Completed
from bench.execution.processes.requests import cell_request, job_on
from bench.execution.processes.zygote_pool import ZygotePool
from bench.planning.order import invocations_of
from bench.worker.wire.requests import TimingRequest

SHARED = 1.15
"""Times that an invocation takes of its core where it shares that (docs/method.md)."""

_USUAL_ROUND = 1
"""The first round has more solo invocations than those that follow."""


@dataclass(frozen=True)
class Estimate:
    """What a plan holds and how long it takes, in seconds.

    ``seconds`` is until its limits are reached, the evidence's too, should comparisons stay
    unresolved for that long; it then has about ``rounds`` rounds, of which a verdict on a headline
    needs ``rounds_needed``.
    ``untried`` says which arms failed when they were tried, and why, each once.
    """

    cells: int
    comparisons: int
    round_seconds: float
    rounds: int
    rounds_needed: int
    seconds: float
    untried: tuple[str, ...]


def estimate(plan: Plan, interpreters: Interpreters) -> Estimate:
    """Try every panel with its baseline, and the other arms at the deepest; measure nothing.

    ``interpreters`` are started ones, one in each environment; they are closed here. Raises
    ``InterpreterFailed``.
    """
    imports = [each.wait_until_ready().import_ns or 0 for each in interpreters.values()]
    import_s = sum(imports) / 1e9
    jobs = [job_on(cell, cell, TimingRequest(cell_request(plan, cell))) for cell in _tried(plan)]
    with ZygotePool(plan, interpreters) as zygotes:
        tried = observe(plan, jobs, zygotes)
    taken = {each.key: seconds for each in tried if (seconds := _seconds(each)) is not None}
    invocations_s = sum(
        _expected(plan, each.cell, taken) * (1.0 if each.group is None else SHARED)
        for each in invocations_of(plan, _USUAL_ROUND)
    )
    # The next interpreter is imported in the place of one of the jobs.
    round_s = (import_s + invocations_s) / plan.jobs
    affordable = round(plan.budget_s / round_s) if round_s else plan.rounds
    rounds = max(1, min(plan.rounds, affordable))
    timed = [each for each in family(plan) if each.metric is SECONDS and not each.placebo]
    needed = max((rounds_to_exclude(e.error_share) for e in timed if e.headline), default=0)
    return Estimate(
        cells=len(plan.cells()),
        comparisons=len(timed),
        round_seconds=round_s,
        rounds=rounds,
        rounds_needed=needed,
        seconds=import_s
        + min(rounds * round_s, plan.budget_s)
        + _notes_s(plan, taken)
        + plan.evidence_s,
        untried=tuple(
            dict.fromkeys(
                f"{each.key.arm}{_where(plan, each.key)}: {each.outcome.reason}"
                for each in tried
                if isinstance(each.outcome, Failure)
            )
        ),
    )


def _where(plan: Plan, cell: Cell) -> str:
    return f" in {cell.environment}" if len(plan.environments) > 1 else ""


def _tried(plan: Plan) -> list[Cell]:
    return [
        cell
        for cell in plan.cells()
        if not cell.placebo
        and (cell == plan.baseline_of(cell) or cell.panel == _deepest(plan, cell))
    ]


def _expected(plan: Plan, cell: Cell, taken: dict[Cell, float]) -> float:
    """Seconds of one invocation: those of the baseline, times what the arm takes at the deepest."""
    baseline = plan.baseline_of(cell)
    usual = taken.get(baseline, 0.0)
    deepest = _deepest(plan, cell)
    arm, other = (taken.get(each._replace(panel=deepest)) for each in (cell, baseline))
    return usual * (arm / other if arm and other else 1.0)


def _notes_s(plan: Plan, taken: dict[Cell, float]) -> float:
    """Seconds that notes take, once the rounds are over (see ``bench.execution.passes.facts``)."""
    own = [
        cell
        for cell in plan.cells()
        if plan.scenario(cell.panel.scenario).lifecycle is not None and not cell.placebo
    ]
    return sum(_expected(plan, cell, taken) for cell in own) / plan.jobs


def _deepest(plan: Plan, cell: Cell) -> Panel:
    """The deepest panel of the cell's scenario, the first of several."""
    panels = [panel for panel in plan.panels if panel.scenario == cell.panel.scenario]
    return max(panels, key=lambda panel: panel.layers or 0)


def _seconds(tried: Completed[Cell, TimingOutcome]) -> float | None:
    """What an invocation takes: its process, import and all, if it has one of its own."""
    if isinstance(tried.outcome, Failure):
        return None
    if tried.process_ns is not None:
        return tried.process_ns / 1e9
    (whole_ns,) = (span.wall_ns for span in tried.outcome.spans if span.phase == INVOCATION)
    return (whole_ns or 0) / 1e9
