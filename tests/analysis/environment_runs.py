"""Runs of several environments whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bench.analysis.conclude import conclude
from bench.domain.design.comparison import family
from bench.domain.design.plan import Plan
from bench.domain.findings.run import Findings
from bench.domain.names import PLACEBO
from bench.domain.scenario import arm_from
from bench.report.answer.compose import compose_answer
from tests.analysis.sample_tables import panels
from tests.analysis.simulated_runs import BUILD_STYLE, Cost, Lifecycle, simulate
from tests.planning.composed import composed

DEPTHS = (4, 16, 64)
KNOWN: dict[str, dict[str, Any]] = {
    "keras2": {"keras": "2.15.0", "tensorflow": "2.15.1", "python": "3.11.7"},
    "keras3": {"keras": "3.15.1", "tensorflow": "2.21.0", "python": "3.11.7"},
}


def plan_of(*arms: str, rounds: int = 24) -> Plan:
    return composed(
        name="build_style",
        arms={text.partition("@")[0]: arm_from(f"m:{text}") for text in arms},
        architectures=("mlp",),
        layers=DEPTHS,
        rounds=rounds,
        schedule="solo",
        interpreters=dict.fromkeys(KNOWN, "python"),
    )


def measured(cells: Mapping[str, Lifecycle]) -> pd.DataFrame:
    """The samples of cells that are named ``arm@environment``."""
    samples = simulate(cells, panels(*DEPTHS), rounds=24, luck=0.01, interference=0.02)
    named = samples["arm"].astype(object)
    of_cell = named.notna()
    parts = named[of_cell].str.split("@")
    samples["arm"], samples["environment"] = named, samples["environment"].astype(object)
    samples.loc[of_cell, "arm"] = parts.str[0]
    samples.loc[of_cell, "environment"] = parts.str[1]
    samples["placebo"] = samples["arm"] == PLACEBO
    return samples.astype({"arm": "category", "environment": "category"})


def found(plan: Plan, cells: Mapping[str, Lifecycle]) -> Findings:
    findings = conclude(
        measured(cells),
        plan,
        family(plan),
        run="20261122T101500Z-build_style-7f3a",
        status="complete",
        round_seconds=20.0,
        environment=KNOWN["keras2"],
    ).model_copy(update={"environments": KNOWN})
    return findings.model_copy(update={"answer": compose_answer(findings, ())})


def swept(**changes: Lifecycle) -> dict[str, Lifecycle]:
    """All arms in both environments; ``changes`` are the costs of arms in the second."""
    return {
        **{f"{arm}@keras2": cost for arm, cost in BUILD_STYLE.items()},
        **{f"{arm}@keras3": changes.get(arm, cost) for arm, cost in BUILD_STYLE.items()},
    }


def slower(lifecycle: Lifecycle, times: float, *phases: str) -> Lifecycle:
    """``lifecycle`` whose ``phases`` take so many times as long; without any, ``construct``."""

    def of(phase: str) -> Cost:
        cost = lifecycle[phase]
        assert cost is not None
        return lambda n: times * cost(n)

    return {**lifecycle, **{phase: of(phase) for phase in phases or ("construct",)}}
