"""Synthetic tables of samples with a known truth, for tests of anything that reads samples.

``simulate(...)`` makes a whole run: arms whose costs are functions of depth, with noise.
``family(...)`` declares the comparisons of such a run, and ``concluded(...)`` has its findings::

    samples = simulate(BUILD_STYLE, panels(4, 16, 64), rounds=14)
    findings = concluded(samples, family(BUILD_STYLE, panels(4, 16, 64)))

A table of a few rows is easier to make with ``handmade``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.conclude import conclude
from bench.domain.design.comparison import Comparison
from bench.domain.design.error_budget import JOINT_ERROR, error_shares
from bench.domain.design.plan import Pilot, Plan, PlannedArm, PlannedScenario
from bench.domain.findings.run import Findings
from bench.domain.metrics import SECONDS
from bench.domain.names import PLACEBO
from bench.domain.panel import Cell, Panel
from bench.domain.phases import ITERATING, call_modes_of
from tests.analysis.sample_tables import failed, frame, invocation, nanoseconds

COMPOSITES = {name: call_mode.plan().composites for name, call_mode in call_modes_of().items()}
"""Call mode → composite → the phases that it is the sum of."""

Cost = Callable[[int], float]
"""Seconds (or bytes) at a depth."""

Lifecycle = Mapping[str, Cost | None]
"""The cost of each phase in the order they happen; ``None``: nothing to do."""


def _lifecycle(construct: Cost) -> Lifecycle:
    return {
        "runtime": lambda n: 0.05,
        "construct": construct,
        "build": None,
        "compile": lambda n: 0.008,
        "trace": lambda n: 0.01 + 0.001 * n,
        "first_call": lambda n: 0.02,
        "inference": lambda n: 0.0002,
    }


def _linear(n: int) -> float:
    return 0.01 + 0.003 * n


BUILD_STYLE: Mapping[str, Lifecycle] = {
    "inline": _lifecycle(_linear),
    "placebo": _lifecycle(_linear),
    "incremental": _lifecycle(lambda n: 0.01 + 0.003 * n + 0.00013 * n * n),
}
"""Arms as the build-style question finds them: ``incremental`` has a quadratic ``construct``."""


@dataclass(frozen=True)
class Failure:
    """An arm that fails at some depths: every invocation of it in the rounds given (or in all).

    The phases before the one that it fails in are measured.
    """

    arm: str
    kind: str
    reason: str
    phase: str = "construct"
    layers: Collection[int] | None = None
    rounds: Collection[int] | None = None

    def strikes(self, panel: Panel, arm: str, round: int) -> bool:
        """Whether the invocations of this cell fail in this round."""
        return (
            arm == self.arm
            and (self.layers is None or panel.layers in self.layers)
            and (self.rounds is None or round in self.rounds)
        )


def simulate(
    arms: Mapping[str, Lifecycle],
    panels: Sequence[Panel],
    *,
    rounds: int = 14,
    replicates: int = 3,
    iterations: int = 8,
    luck: float = 0.02,
    interference: float = 0.05,
    retained: Mapping[str, Cost] | None = None,
    failures: Sequence[Failure] = (),
    seed: int = 1,
) -> pd.DataFrame:
    """The samples of a whole run.

    A cost is the truth, times the speed of the machine in that round (the same for all arms;
    log-normal, 10 %), times the luck of the cell and phase in that round (log-normal, ``luck``),
    times 1 plus an exponential ``interference`` of each invocation. With both 0 the ratio of two
    arms is exact. The first two calls of an iterating phase take three times as long. ``retained``
    gives the bytes that each arm's ``construct`` retains at a depth.
    """
    random = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for round in range(rounds):
        rows.append(
            {"round": round, "order": -1, "interpreter": 0, "phase": "import"}
            | {"wall_ns": nanoseconds(7.4), "status": "ok"}
        )
        machine = np.exp(random.normal(0, 0.1))
        lucky = {
            (i, arm, phase): machine * np.exp(random.normal(0, luck))
            for i in range(len(panels))
            for arm, lifecycle in arms.items()
            for phase in lifecycle
        }
        order = 0
        for replicate in range(replicates):
            cells = [(i, arm) for i in range(len(panels)) for arm in arms]
            for cell in random.permutation(len(cells)):
                i, arm = cells[cell]
                place: dict[str, Any] = {"round": round, "order": order, "replicate": replicate}
                order += 1
                failure = next((f for f in failures if f.strikes(panels[i], arm, round)), None)
                depth = panels[i].layers or 0
                disturbed = 1 + random.exponential(interference) if interference else 1.0
                truth = {
                    phase: cost and cost(depth) * lucky[i, arm, phase] * disturbed
                    for phase, cost in arms[arm].items()
                }
                calls = {
                    phase: [each * (3 if call < 2 else 1) for call in range(iterations)]
                    for phase, each in truth.items()
                    if each and phase in ITERATING
                }
                kept = {"construct": round_bytes(retained[arm](depth))} if retained else None
                known: dict[str, Any] = {"calls": calls, "change_bytes": kept, **place}
                if failure is None:
                    rows += invocation(panels[i], arm, truth, **known)
                    continue
                ended = list(truth)[: list(truth).index(failure.phase)]
                before = {phase: truth[phase] for phase in ended}
                known = {**known, "calls": {}}
                rows += invocation(panels[i], arm, before, **known)[:-1]
                what = (failure.kind, failure.reason)
                rows += failed(panels[i], arm, *what, phase=failure.phase, **place)
    return frame(rows)


def family(
    arms: Collection[str],
    panels: Sequence[Panel],
    *,
    phases: Sequence[str] = call_modes_of()["function"].plan().compared,
    headline: Collection[str] = ("construct", "ready"),
    confidence: float = 0.95,
) -> list[Comparison]:
    """Every arm against the first, with the error budget split as plans split it.

    ``JOINT_ERROR`` of it is set aside for the joint claim.
    """
    baseline, *others = arms
    pairs = [(each, arm, phase) for each in panels for arm in others for phase in phases]
    share = error_shares(
        1 - confidence - JOINT_ERROR,
        [phase in headline for _, arm, phase in pairs if arm != PLACEBO],
    )
    return [
        Comparison(
            metric=SECONDS,
            phase=phase,
            arm=Cell(each, arm),
            baseline=Cell(each, baseline),
            headline=phase in headline,
            error_share=share[phase in headline],
        )
        for each, arm, phase in pairs
    ]


def concluded(
    samples: pd.DataFrame,
    comparisons: Sequence[Comparison],
    *,
    planned_rounds: int = 14,
    pilot: Pilot | None = None,
) -> Findings:
    """``conclude`` with a margin of 5 % and a confidence of 95 %."""
    return conclude(
        samples,
        plan_of(comparisons, planned_rounds, pilot),
        comparisons,
        run="20261122T101500Z-build_style-7f3a",
        status="complete",
        round_seconds=20.0,
        environment={"keras": "3.15.1"},
    )


def plan_of(
    comparisons: Sequence[Comparison], rounds: int = 14, pilot: Pilot | None = None
) -> Plan:
    """A plan of the panels of ``comparisons``; its arms are never measured."""
    panels = tuple(dict.fromkeys(comparison.panel for comparison in comparisons))
    scenarios = tuple(
        PlannedScenario(
            name=name,
            question="Does it matter how a Sequential is built?",
            baseline="inline",
            arms=(PlannedArm(name="inline", builder="m:inline"),),
            headline=("construct",),
        )
        for name in dict.fromkeys(panel.scenario for panel in panels)
    )
    return Plan(
        scenarios=scenarios,
        panels=panels,
        architectures={
            panel.architecture: "m:layers" for panel in panels if panel.architecture is not None
        },
        environments={"default": "python"},
        rounds=rounds,
        replicates=1,
        pilot=pilot,
        iterations=1,
        budget_s=60,
        seed=1,
        memory_bytes=1,
    )


def round_bytes(value: float) -> int:
    """Bytes as a meter reads them: whole."""
    return int(np.rint(value))
