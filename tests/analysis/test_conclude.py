"""From samples to findings, end to end: no claim on identical work, real effects seen."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

import bench.analysis
from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.run import Findings
from tests.analysis.sample_tables import failed, frame, panel, panels
from tests.analysis.simulated_runs import (
    BUILD_STYLE,
    Failure,
    Lifecycle,
    concluded,
    family,
    simulate,
)

PANELS = panels(4, 16, 64)
FAMILY = family(BUILD_STYLE, PANELS)


@pytest.fixture(scope="module")
def findings() -> Findings:
    return concluded(simulate(BUILD_STYLE, PANELS, rounds=30), FAMILY)


def find(findings: Findings, arm: str, phase: str, layers: int | None) -> ComparisonFinding:
    named = (arm, phase, layers)
    return next(f for f in findings.comparisons if (f.arm, f.phase, f.layers) == named)


def test_slow_arm_is_called_slower_by_what_it_is(findings: Findings) -> None:
    finding = find(findings, "incremental", "construct", 64)
    assert finding.verdict == "slower"
    assert not finding.within_margin
    truth = (0.01 + 0.003 * 64 + 0.00013 * 64**2) / (0.01 + 0.003 * 64)
    assert finding.ratio == pytest.approx(truth, rel=0.03)
    assert finding.ratio_low is not None
    assert finding.ratio_high is not None
    assert finding.ratio_low < truth < finding.ratio_high
    assert finding.baseline_value is not None
    assert finding.arm_value == pytest.approx(finding.baseline_value * truth, rel=0.05)
    assert finding.rounds == 30
    assert finding.warnings == ()
    assert finding.more_rounds is None


def test_swapped_baseline_calls_the_other_arm_faster() -> None:
    arms = {name: BUILD_STYLE[name] for name in ("incremental", "inline")}
    findings = concluded(simulate(arms, PANELS), family(arms, PANELS))
    assert find(findings, "inline", "construct", 64).verdict == "faster"


def test_identical_work_is_never_called_different(findings: Findings) -> None:
    for finding in findings.comparisons:
        if finding.placebo or finding.phase in ("compile", "trace", "first_call", "inference"):
            assert finding.verdict in ("equivalent", "unresolved"), finding


def test_ready_is_no_second_comparison_where_build_has_nothing_to_do(findings: Findings) -> None:
    assert "ready" not in {each.phase for each in findings.comparisons}
    assert "ready" in {each.phase for each in findings.cells}


def test_ready_is_compared_where_build_has_something_to_do() -> None:
    late = {**BUILD_STYLE["incremental"], "build": lambda n: 0.02 * n}
    arms = {**BUILD_STYLE, "late": late}
    findings = concluded(simulate(arms, PANELS, rounds=20), family(arms, PANELS))
    assert {each.arm for each in findings.comparisons if each.phase == "ready"} == {"late"}
    assert find(findings, "late", "ready", 64).verdict == "slower"


def test_what_else_is_equal_is_one_claim_and_what_differs_is_none_of_it() -> None:
    sharp = concluded(simulate(BUILD_STYLE, PANELS, rounds=14, luck=0.01, interference=0.0), FAMILY)
    run, *of_panels = sharp.joint
    assert run.verdict == "equivalent"
    assert [each.layers for each in of_panels] == [4, 16, 64]
    phases = ("compile", "trace", "first_call", "inference")
    members = [each for each in sharp.comparisons if not each.placebo and each.phase in phases]
    assert run.comparisons == len(members) == 3 * len(phases)
    assert {each.verdict for each in members} == {"equivalent"}
    assert find(sharp, "incremental", "construct", 64).verdict == "slower"
    assert not any(each.joint for each in sharp.comparisons if each not in members)


def test_another_phase_that_differs_is_the_exception_of_the_claim() -> None:
    slower = {4: 1.0, 16: 1.0, 64: 1.09}
    slow = {**BUILD_STYLE["incremental"], "trace": lambda n: slower[n] * (0.01 + 0.001 * n)}
    arms = {**BUILD_STYLE, "incremental": slow}
    samples = simulate(arms, PANELS, rounds=30, luck=0.01, interference=0.0)
    found = concluded(samples, FAMILY)
    run, *of_panels = found.joint
    assert (run.verdict, run.comparisons, run.exceptions_allowed) == ("equivalent", 12, 1)
    (exception,) = run.exceptions
    assert (exception.phase, exception.arm, exception.layers) == ("trace", "incremental", 64)
    assert [len(each.exceptions) for each in of_panels] == [0, 0, 1]
    assert not find(found, "incremental", "trace", 64).within_margin


def test_another_phase_that_differs_in_every_panel_leaves_no_claim() -> None:
    slow = {**BUILD_STYLE["incremental"], "trace": lambda n: 1.09 * (0.01 + 0.001 * n)}
    arms = {**BUILD_STYLE, "incremental": slow}
    samples = simulate(arms, PANELS, rounds=30, luck=0.01, interference=0.0)
    (run, *_) = concluded(samples, FAMILY).joint
    assert (run.verdict, run.widest.phase, run.widest.arm) == ("unresolved", "trace", "incremental")


def test_short_phase_is_judged_by_a_millisecond(findings: Findings) -> None:
    compiling = find(findings, "incremental", "compile", 64)
    assert compiling.baseline_value is not None
    assert compiling.margin == pytest.approx(0.001 / compiling.baseline_value)
    assert compiling.margin == pytest.approx(0.125, rel=0.1)
    assert find(findings, "incremental", "inference", 64).margin == 0.05
    assert find(findings, "incremental", "construct", 64).margin == 0.05


def test_growth_of_each_arm_is_found(findings: Findings) -> None:
    growth = {
        f.arm: f.growth for f in findings.scaling if (f.phase, f.metric) == ("construct", "seconds")
    }
    assert growth == {"inline": "linear", "placebo": "linear", "incremental": "quadratic"}


def test_every_declared_comparison_has_a_finding_in_its_order(findings: Findings) -> None:
    distinct = [comparison for comparison in FAMILY if comparison.phase != "ready"]
    declared = [(c.panel.layers, c.arm.arm, c.phase) for c in distinct]
    assert [(f.layers, f.arm, f.phase) for f in findings.comparisons] == declared
    shares = [comparison.error_share for comparison in distinct]
    assert [found.error_share for found in findings.comparisons] == pytest.approx(shares)
    assert findings.family_size == sum(not comparison.placebo for comparison in distinct)
    assert findings.error_budget == 0.05


def test_cells_are_in_the_order_of_the_plan_with_their_range(findings: Findings) -> None:
    construct = [cell for cell in findings.timed_cells if cell.phase == "construct"]
    assert [(cell.layers, cell.arm) for cell in construct] == [
        (layers, arm) for layers in (4, 16, 64) for arm in BUILD_STYLE
    ]
    assert all(cell.value_low < cell.value < cell.value_high for cell in construct)
    assert [cell.placebo for cell in construct[:3]] == [False, True, False]
    assert {cell.rounds for cell in findings.cells} == {30}
    assert "build" not in {cell.phase for cell in findings.cells}
    assert {"ready", "runtime", "inference"} <= {cell.phase for cell in findings.cells}


def test_findings_survive_json(findings: Findings) -> None:
    document = findings.model_dump_json()
    assert Findings.model_validate_json(document) == findings
    assert json.loads(document)["schema"] == 5


def test_same_samples_in_any_order_give_the_same_verdicts() -> None:
    samples = simulate(BUILD_STYLE, PANELS, rounds=8)
    shuffled = samples.sample(frac=1, random_state=7)
    first, second = concluded(samples, FAMILY), concluded(shuffled, FAMILY)
    assert first.comparisons == second.comparisons
    assert first.scaling == second.scaling


@pytest.mark.parametrize("samples", [frame([]), pd.DataFrame()], ids=["typed", "bare"])
def test_run_without_a_round_concludes_nothing(samples: pd.DataFrame) -> None:
    findings = concluded(samples, FAMILY)
    assert findings.rounds == 0
    assert len(findings.comparisons) == len(FAMILY)
    assert {f.verdict for f in findings.comparisons} == {"unresolved"}
    assert {f.ratio for f in findings.comparisons} == {None}
    assert (findings.scaling, findings.cells, findings.failures) == ((), (), ())
    assert findings.noise.placebo_comparisons == 0
    assert findings.warnings == ()


def test_few_rounds_are_said_to_be_too_few() -> None:
    findings = concluded(simulate(BUILD_STYLE, PANELS, rounds=4), FAMILY)
    finding = find(findings, "incremental", "construct", 64)
    assert finding.verdict == "unresolved"
    assert (finding.ratio_low, finding.ratio_high) == (None, None)
    (doubt,) = finding.warnings
    assert doubt.kind == "too_few_rounds"
    assert f": {4 + (finding.more_rounds or 0)} are needed" in doubt.text


def test_comparisons_of_an_arm_that_always_fails_have_failed() -> None:
    failure = Failure("incremental", "builder_error", "ValueError: no")
    findings = concluded(simulate(BUILD_STYLE, PANELS, failures=[failure]), FAMILY)
    finding = find(findings, "incremental", "construct", 64)
    assert (finding.rounds, finding.verdict, finding.ratio) == (0, "failed", None)
    assert finding.baseline_value is not None
    assert finding.warnings == ()
    assert {f.verdict for f in findings.timings if f.arm == "placebo"} != {"failed"}
    assert {f.arm for f in findings.failures} == {"incremental"}
    assert {f.arm for f in findings.scaling} == {"inline", "placebo"}


def test_arms_of_a_baseline_that_always_fails_keep_their_own_times() -> None:
    failures = [Failure(arm, "builder_error", "ValueError: no") for arm in ("inline", "placebo")]
    findings = concluded(simulate(BUILD_STYLE, PANELS, failures=failures), FAMILY)
    finding = find(findings, "incremental", "construct", 64)
    assert (finding.verdict, finding.baseline_value) == ("failed", None)
    assert finding.arm_value == pytest.approx(0.74, rel=0.2)
    assert {f.arm for f in findings.scaling} == {"incremental"}


def test_phases_that_ended_before_an_invocation_failed_count() -> None:
    failures = [Failure("incremental", "builder_error", "no", phase="first_call", layers=[64])]
    findings = concluded(simulate(BUILD_STYLE, PANELS, failures=failures), FAMILY)
    construct = find(findings, "incremental", "construct", 64)
    assert (construct.rounds, construct.verdict) == (14, "slower")
    for phase in ("first_call", "time_to_first_inference", "inference"):
        assert find(findings, "incremental", phase, 64).verdict == "failed"
        assert find(findings, "incremental", phase, 16).rounds == 14
    fits = {(f.arm, f.phase): f.layers for f in findings.scaling if f.metric == "seconds"}
    assert fits["incremental", "trace"] == (4, 16, 64)
    assert ("incremental", "first_call") not in fits


def test_run_in_which_everything_fails_reports_the_failures() -> None:
    rows = failed(panel(4), "inline", "unavailable", "no module named keras", phase="preparation")
    findings = concluded(frame(rows), FAMILY)
    assert findings.rounds == 1
    assert [f.count for f in findings.failures] == [1]
    assert findings.cells == ()


def test_rounds_in_which_one_arm_failed_are_counted() -> None:
    failure = Failure("incremental", "crashed", "signal 9", layers=[64], rounds=[1, 2])
    findings = concluded(simulate(BUILD_STYLE, PANELS, failures=[failure]), FAMILY)
    finding = find(findings, "incremental", "construct", 64)
    assert finding.rounds == 12
    assert finding.warnings[0].text == "2 of 14 rounds lack one of the two arms"


def test_phase_that_never_happened_is_kept_as_unresolved() -> None:
    comparisons = family(BUILD_STYLE, PANELS, phases=["construct", "first_step"])
    findings = concluded(simulate(BUILD_STYLE, PANELS, rounds=8), comparisons)
    finding = find(findings, "incremental", "first_step", 4)
    assert (finding.rounds, finding.verdict) == (0, "unresolved")


def test_baseline_without_a_cost_is_no_ground_for_a_ratio() -> None:
    free: Mapping[str, Lifecycle] = {
        "inline": {"construct": lambda n: 0.0},
        "mine": {"construct": lambda n: 0.1},
    }
    findings = concluded(simulate(free, PANELS), family(free, PANELS, phases=["construct"]))
    finding = find(findings, "mine", "construct", 4)
    assert (finding.rounds, finding.verdict, finding.ratio) == (0, "unresolved", None)
    assert finding.warnings[0].text == "inline has no cost in construct"


def test_scenario_without_architecture_or_depth_is_compared() -> None:
    bare = [panel(None, architecture=None)]
    samples = simulate(BUILD_STYLE, bare, rounds=14)
    findings = concluded(samples, family(BUILD_STYLE, bare, phases=["construct"]))
    assert find(findings, "incremental", "construct", None).rounds == 14
    assert findings.scaling == ()


def test_findings_start_fast() -> None:
    """Commands that only read findings must not pay for the numerical libraries."""
    code = (
        "import sys, bench.domain.findings.run as f;"
        "print(sorted({'numpy', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"


def test_analysis_needs_nothing_else_of_the_suite() -> None:
    for path in Path(bench.analysis.__path__[0]).rglob("*.py"):
        for line in path.read_text().splitlines():
            if line.startswith(("from bench", "import bench")):
                assert line.startswith(("from bench.analysis.", "from bench.domain.")), (
                    path.name,
                    line,
                )


def test_unadjusted_intervals_are_narrower_and_come_sooner() -> None:
    findings = concluded(simulate(BUILD_STYLE, PANELS, rounds=30), FAMILY)
    for finding in findings.comparisons:
        if finding.ratio_low is None or finding.ratio_high is None:
            continue
        assert finding.unadjusted_low is not None
        assert finding.unadjusted_high is not None
        assert finding.ratio_low <= finding.unadjusted_low
        assert finding.unadjusted_high <= finding.ratio_high
    early = concluded(simulate(BUILD_STYLE, PANELS, rounds=6), FAMILY)
    finding = find(early, "incremental", "construct", 64)
    assert finding.ratio_low is None
    assert finding.unadjusted_low is not None
    assert finding.verdict == "unresolved"
