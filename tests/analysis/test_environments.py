"""Comparisons across environments on synthetic runs of known truth, and how they are told."""

from __future__ import annotations

import pytest

from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.run import Findings
from bench.domain.labels import place_slug
from bench.report.views import Sweep, sweeps
from tests.analysis.environment_runs import found, plan_of, slower, swept
from tests.analysis.simulated_runs import BUILD_STYLE


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
    made = [each for each in alike.joint if each.scope == "run"]
    assert [(each.across, each.verdict) for each in made] == [
        (False, "equivalent"),
        (True, "equivalent"),
    ]
    said = [each.partition(" by ")[0] for each in alike.answer]
    assert "In each environment nothing else differs" in said
    assert "Across environments nothing else differs" in said
    assert not any("keras3 takes" in sentence for sentence in alike.answer)


def test_environments_that_differ_leave_the_claim_about_the_arms_of_each() -> None:
    later = ("compile", "trace", "first_call", "inference")
    cells = swept(**{arm: slower(cost, 1.4, *later) for arm, cost in BUILD_STYLE.items()})
    findings = found(plan_of("inline", "incremental"), cells)
    within, beyond = (each for each in findings.joint if each.scope == "run")
    assert (within.across, within.verdict, within.exceptions) == (False, "equivalent", ())
    assert (beyond.across, beyond.verdict) == (True, "unresolved")
    assert {each.verdict for each in across(findings, "trace")} == {"slower"}
    compared = [each for each in findings.timings if not each.placebo and not each.across]
    equal = [each for each in compared if each.phase == "trace"]
    assert {each.verdict for each in equal} == {"equivalent"}
    said = [each.partition(" by ")[0] for each in findings.answer if " else differs" in each]
    assert said == [
        "In each environment nothing else differs",
        "Not shown: that across environments nothing else differs",
    ]


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
    about_inline = "To construct at 64 layers, relative to inline, incremental takes "
    (sentence,) = [each for each in different.answer if each.startswith(about_inline)]
    assert sentence.index(" in keras2 and ") < sentence.index(" in keras3.")
    begins = [sentence.partition(" takes ")[0] for sentence in different.answer]
    assert "incremental: keras3" in begins
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
    assert any(sentence.startswith("Nothing else differs by") for sentence in findings.answer)


def test_run_of_one_environment_names_none() -> None:
    plan = plan_of("inline@keras2", "incremental@keras2")
    cells = {name: cost for name, cost in swept().items() if name.endswith("@keras2")}
    findings = found(plan, cells)
    (sweep,) = sweeps(findings)
    assert sweep.arms == ("inline", "incremental", "placebo")
