"""Comparisons across environments on synthetic runs of known truth, and how they are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from bench.analysis.conclude import conclude
from bench.domain.design.comparison import family
from bench.domain.design.plan import Plan
from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.run import Findings
from bench.domain.labels import place_slug
from bench.domain.names import PLACEBO
from bench.domain.scenario import arm_from
from bench.report.answer.compose import compose_answer
from bench.report.views import Sweep, sweeps
from tests.analysis.sample_tables import panels
from tests.analysis.simulated_runs import BUILD_STYLE, Lifecycle, simulate
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


def slower(lifecycle: Lifecycle, times: float) -> Lifecycle:
    """``lifecycle`` whose ``construct`` takes so many times as long."""
    construct = lifecycle["construct"]
    assert construct is not None
    return {**lifecycle, "construct": lambda n: times * construct(n)}


def across(findings: Findings, phase: str = "construct") -> list[ComparisonFinding]:
    return [each for each in findings.timings if each.across and each.phase == phase]


def sweep_of(findings: Findings, **place: str | None) -> Sweep:
    (found,) = [
        each
        for each in sweeps(findings)
        if all(getattr(each.place, name) == value for name, value in place.items())
    ]
    return found


@pytest.fixture(scope="module")
def different() -> Findings:
    """``incremental`` takes 1.4 times as long to construct in the second environment."""
    return found(
        plan_of("inline", "incremental"),
        swept(incremental=slower(BUILD_STYLE["incremental"], 1.4)),
    )


@pytest.fixture(scope="module")
def alike() -> Findings:
    return found(plan_of("inline", "incremental"), swept())


def test_difference_across_environments_is_found_where_it_is(different: Findings) -> None:
    for each in across(different):
        assert (each.environment, each.baseline_environment) == ("keras3", "keras2")
        is_slower = each.arm == "incremental"
        assert each.verdict == ("slower" if is_slower else "equivalent")
        assert each.ratio == pytest.approx(1.4 if is_slower else 1.0, rel=0.02)
    assert all(each.within_margin for each in across(different, "trace"))


def test_equal_environments_are_called_equal_in_every_phase(alike: Findings) -> None:
    told = [each for each in alike.timings if each.across and each.rounds]
    assert {each.verdict for each in told} <= {"equivalent", "unresolved"}
    assert {each.verdict for each in across(alike)} == {"equivalent"}
    assert alike.joint[0].verdict == "equivalent"
    assert not any("keras3 takes" in sentence for sentence in alike.answer)


def test_environments_of_an_arm_are_a_sweep_of_their_own(different: Findings) -> None:
    incremental = sweep_of(different, of_arm="incremental")
    assert incremental.arms == ("keras2", "keras3")
    assert incremental.baseline == "keras2"
    comparison = incremental.comparison("keras3", 64, "construct")
    assert comparison is not None
    assert comparison.baseline == "keras2"
    cost, base = (incremental.cell(name, 64, "construct") for name in ("keras3", "keras2"))
    assert cost is not None
    assert base is not None
    assert cost.value / base.value == pytest.approx(1.4, rel=0.03)
    assert incremental.growth("keras3", "construct") is not None
    within = sweep_of(different, environment="keras3", of_arm=None)
    assert set(within.arms) == {"inline", "incremental", "placebo"}
    assert within.baseline == "inline"


def test_files_of_all_sweeps_have_names_of_their_own(different: Findings) -> None:
    places = [each.place for each in sweeps(different)]
    names = [place_slug(place, among=places) for place in places]
    assert len(set(names)) == len(places) == 4


def test_answer_says_of_which_environment_each_figure_is(different: Findings) -> None:
    begins = [sentence.partition(" takes ")[0] for sentence in different.answer]
    assert "mlp · keras2: incremental" in begins
    assert "mlp · keras3: incremental" in begins
    assert "mlp · incremental: keras3" in begins
    (told,) = [each for each in different.answer if each.startswith("Environments: ")]
    assert told == (
        "Environments: keras2 has TensorFlow 2.15.1 and Keras 2.15.0; keras3 has TensorFlow 2.21.0 "
        "and Keras 3.15.1; all have Python 3.11.7."
    )


def test_arm_of_another_environment_is_named_with_it() -> None:
    findings = found(
        plan_of("inline@keras2", "incremental@keras3"),
        {
            "inline@keras2": BUILD_STYLE["inline"],
            "placebo@keras2": BUILD_STYLE["inline"],
            "incremental@keras3": BUILD_STYLE["incremental"],
        },
    )
    (sweep,) = sweeps(findings)
    assert sweep.place.environment == "keras2"
    assert sweep.arms == ("inline", "incremental@keras3", "placebo")
    assert any("incremental@keras3 takes" in sentence for sentence in findings.answer)


def test_run_of_one_environment_names_none() -> None:
    plan = plan_of("inline@keras2", "incremental@keras2")
    cells = {name: cost for name, cost in swept().items() if name.endswith("@keras2")}
    findings = found(plan, cells)
    (sweep,) = sweeps(findings)
    assert sweep.arms == ("inline", "incremental", "placebo")
