"""A comparison says that arms shared a core where its costs rest on that, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.analysis.compare import comparison_findings
from bench.analysis.inference.effects import effect_of
from bench.analysis.inference.joint import JointVerdicts
from bench.analysis.samples.rounds import RoundCosts
from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.metrics import CPU_SECONDS, PEAK_BYTES, RETAINED_BYTES, SECONDS
from tests.analysis.sample_tables import cell, failed, invocation, panel
from tests.analysis.simulated_runs import family, plan_of
from tests.analysis.test_co_scheduling import Rows, costs_of

ARMS = ["inline", "incremental", "functional"]
BASELINES = {cell(arm): cell("inline") for arm in ARMS}
ROUNDS = 4


def costs() -> RoundCosts:
    """Of a run in which every group of ``functional`` loses it, and all are measured solo too."""
    runs: list[Rows] = []
    for round in range(ROUNDS):
        for arm, seconds in zip(ARMS, (1.0, 2.5, 3.0), strict=True):
            runs.append(invocation(panel(), arm, {"construct": seconds}, round=round))
        for group, baseline in enumerate((1.5, 1.4)):
            construct = {"construct": baseline}
            runs.append(invocation(panel(), "inline", construct, round=round, group=group))
        runs.append(invocation(panel(), "incremental", {"construct": 3.0}, round=round, group=0))
        lost = failed(panel(), "functional", "crashed", "killed", round=round)
        runs.append([{**row, "group": 1} for row in lost])
    return costs_of(*runs, baselines=BASELINES)


def findings() -> dict[str, ComparisonFinding]:
    comparisons = family(ARMS, [panel()], phases=["construct"])
    effects = [effect_of(each, costs()) for each in comparisons]
    nothing = JointVerdicts((), frozenset(), {})
    found = comparison_findings(effects, plan_of(comparisons), nothing, ROUNDS)
    return {each.arm: each for each in found}


def test_only_arms_with_a_ratio_in_a_group_have_costs_of_shared_cores() -> None:
    found = costs()
    assert (cell("incremental"), "construct") in found.co_scheduled
    assert {each for each, _ in found.co_scheduled} == {cell("incremental")}
    for arm, seconds in (("functional", 3.0), ("incremental", 2.0)):
        assert found.of(cell(arm), "construct").tolist() == pytest.approx([seconds] * ROUNDS)


def test_arm_whose_groups_all_lost_it_is_reported_as_solo() -> None:
    found = findings()
    assert found["functional"].scheduled == "solo"
    assert found["functional"].solo_ratio is None
    assert found["incremental"].scheduled == "co-scheduled"


def test_memory_is_never_reported_as_of_shared_cores() -> None:
    comparison, _ = family(ARMS, [panel()], phases=["construct"])
    for metric in (SECONDS, CPU_SECONDS, RETAINED_BYTES, PEAK_BYTES):
        found = effect_of(replace(comparison, metric=metric), costs())
        assert found.co_scheduled == (metric in (SECONDS, CPU_SECONDS))
