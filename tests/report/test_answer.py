"""The answer of a run: what a person in a hurry reads first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bench.domain.findings.comparisons import ComparisonFinding, ResultWarning
from bench.domain.findings.costs import (
    CallModeCost,
    CallModesFinding,
    FailureFinding,
    InventedFinding,
)
from bench.domain.findings.explanation import CallDifference, Explanation
from bench.domain.findings.run import Findings
from bench.domain.panel import FACTORS
from bench.domain.phases import Lifecycle
from bench.report.answer.compose import compose_answer, without_advice
from tests.analysis.worked_evidence import worked_explanation
from tests.report.call_mode_findings import EAGER, FUNCTION, TRAIN
from tests.report.findings_factory import findings
from tests.report.lifecycle_findings import series
from tests.report.test_joint import claim, panel


def sentence(found: Findings, begin: str, *explanations: Explanation) -> str:
    """The one sentence that begins so."""
    (text,) = [each for each in compose_answer(found, explanations) if each.startswith(begin)]
    return text


def said(found: Findings, *explanations: Explanation) -> str:
    return " ".join(compose_answer(found, explanations))


def changed(found: Findings, arm: str, phase: str, **changes: Any) -> Findings:
    """``found`` with other values in the comparisons of ``arm`` in ``phase``."""

    def of(item: ComparisonFinding) -> ComparisonFinding:
        is_it = (item.arm, item.phase) == (arm, phase)
        return item.model_copy(update=changes) if is_it else item

    return found.model_copy(update={"comparisons": tuple(map(of, found.comparisons))})


def two_arms(**changes: Any) -> Findings:
    return findings(arms=("inline", "placebo", "incremental"), **changes)


def explanation(**changes: Any) -> Explanation:
    return worked_explanation().model_copy(update=changes)


def test_difference_has_its_size_its_baseline_s_cost_its_interval_and_its_growth() -> None:
    text = sentence(two_arms(), "incremental takes")
    assert text.startswith("incremental takes 3.9 times as long as inline (193 ms) to construct")
    assert "at 64 layers [3.7, 4.0] and grows quadratically." in text
    assert "Until the first inference, that is 2.8 times as long [" in text


def test_arms_that_differ_in_one_phase_share_a_sentence() -> None:
    text = sentence(findings(), "incremental_legacy_shape takes")
    assert ", incremental 3.9 times as long [" in text
    assert "; incremental_legacy_shape and incremental grow quadratically." in text
    slow = findings(arms=("inline", "placebo", "incremental", "incremental_legacy_shape"))
    assert "; both grow quadratically." in sentence(slow, "incremental_legacy_shape takes")


def test_places_are_named_where_there_are_several() -> None:
    both = two_arms(architectures=("mlp", "cnn"))
    assert [text.partition(" takes")[0] for text in compose_answer(both, ())[:2]] == [
        "mlp: incremental",
        "cnn: incremental",
    ]


def test_difference_in_a_phase_that_is_no_headline_is_told_too() -> None:
    slow = {"verdict": "slower", "ratio": 4.0, "ratio_low": 3.8, "ratio_high": 4.2}
    found = changed(two_arms(), "incremental", "trace", **slow, within_margin=False)
    assert sentence(found, "Also") == (
        "Also different: trace of incremental 4.0 times as long [3.8, 4.2]."
    )


def test_difference_at_a_smaller_depth_alone_is_told_with_its_depth() -> None:
    found = two_arms()
    equal = {"verdict": "equivalent", "ratio": 1.0, "ratio_low": 0.99, "ratio_high": 1.01}
    items = tuple(
        item.model_copy(update=equal) if item.layers == 64 else item for item in found.comparisons
    )
    text = sentence(found.model_copy(update={"comparisons": items}), "Also")
    assert text.startswith("Also different: construct of incremental at 16 layers 65 % ")


def test_part_of_a_headline_sum_is_no_difference_of_its_own() -> None:
    late = findings(arms=("inline", "placebo", "incremental_deferred"))
    assert all(
        item.verdict == "faster"
        for item in late.comparisons
        if (item.arm, item.phase, item.layers) == ("incremental_deferred", "construct", 64)
    )
    assert "Also different" not in said(late)


def test_difference_within_the_margin_is_an_equivalence() -> None:
    small = {"verdict": "slower", "within_margin": True, "ratio": 1.02}
    found = changed(two_arms(), "incremental", "construct", **small)
    assert sentence(found, "Equivalent") == (
        "Equivalent to inline within 5 % at 64 layers: incremental to construct."
    )
    assert "incremental takes" not in said(found)


def test_deepest_compared_depth_answers_where_the_deepest_was_not_measured() -> None:
    found = two_arms()
    lost = {"rounds": 0, "ratio": None, "ratio_low": None, "ratio_high": None}
    items = tuple(
        item.model_copy(update={**lost, "verdict": "unresolved"}) if item.layers == 64 else item
        for item in found.comparisons
    )
    text = sentence(found.model_copy(update={"comparisons": items}), "incremental takes")
    assert "to construct at 16 layers" in text


def test_cause_is_the_edge_and_how_many_calls_more() -> None:
    text = sentence(two_arms(), "Why", explanation())
    assert text == (
        "Why: Model.rebuild, called n times, calls visit n(n + 1)/2 times: incremental makes n²/2 "
        "calls more than inline to construct."
    )


def test_calls_are_told_before_any_time_is_resolved() -> None:
    text = sentence(two_arms(rounds=4), "Counted", explanation())
    assert "incremental makes n²/2 calls more than inline" in text


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ((50,), "Why: incremental makes 50 % more calls than inline to construct at 8 layers."),
        ((900,), "incremental makes 10.0 times as many calls as inline to construct at 8 layers."),
        ((1,), "incremental makes as many calls as inline to construct: the time goes elsewhere."),
        ((10, 3), "incremental makes as many calls as inline to construct: the time goes"),
        ((-50,), "Why: inline makes 2.00 times as many calls as incremental to construct"),
    ],
)
def test_calls_at_a_single_depth_are_compared(more: tuple[int, ...], told: str) -> None:
    difference = CallDifference(
        arm="incremental",
        phase="construct",
        depths=(4, 8)[-len(more) :],
        more=more,
        baseline_calls=(100, 1000)[: len(more)],
        order=None,
        leading=None,
    )
    growth = tuple(
        each.model_copy(update={"edges": (), "functions": ()})
        for each in explanation().growth
        if each.phase == "construct"
    )
    counted = explanation(growth=growth, call_differences=(difference,), same_work={})
    assert told in said(two_arms(), counted)


def test_edge_of_a_slower_baseline_is_the_cause_why_an_arm_is_faster() -> None:
    swapped = {"inline": "incremental", "incremental": "inline"}
    why = explanation()
    growth = tuple(each.model_copy(update={"arm": swapped[each.arm]}) for each in why.growth)
    (construct,) = (each for each in why.call_differences if each.phase == "construct")
    fewer = construct.model_copy(
        update={"more": tuple(-each for each in construct.more), "leading": "-n²/2"}
    )
    fast = {"verdict": "faster", "ratio": 0.2, "ratio_low": 0.19, "ratio_high": 0.21}
    found = changed(two_arms(), "incremental", "construct", **fast)
    text = sentence(
        found, "Why", why.model_copy(update={"growth": growth, "call_differences": (fewer,)})
    )
    assert "visit n(n + 1)/2 times: inline makes n²/2 calls more than incremental" in text


ALL = {"construct": 3, "compile": 0, "trace": 1, "first_call": 0, "inference": 0}
ALL_BUT_CONSTRUCT = {**ALL, "construct": 500}


def calls_of(incremental: dict[str, int], functional: dict[str, int]) -> Explanation:
    """Two arms that run the baseline's program, and how many calls each makes more, of 1000."""
    why = worked_explanation()
    (structure,) = why.structure
    differences = [
        CallDifference(
            arm=arm,
            phase=phase,
            depths=(8,),
            more=(more,),
            baseline_calls=(1000,),
            order=None,
            leading=None,
        )
        for arm, calls in (("incremental", incremental), ("functional", functional))
        for phase, more in calls.items()
    ]
    return why.model_copy(
        update={
            "structure": (structure, structure.model_copy(update={"arm": "functional"})),
            "call_differences": tuple(differences),
            "same_work": {"incremental": (), "functional": ()},
        }
    )


def test_edge_is_told_where_an_older_explanation_counts_no_differences() -> None:
    text = sentence(two_arms(), "Why", explanation(call_differences=()))
    assert text == (
        "Why: incremental: Model.rebuild, called n times, calls visit n(n + 1)/2 times."
    )


def test_same_program_and_as_many_calls_are_told_together() -> None:
    text = sentence(two_arms(), "incremental runs", explanation())
    assert text == ("incremental runs the same program as inline and makes as many calls in trace.")


def test_of_many_places_with_other_calls_only_the_program_is_told() -> None:
    """One sentence in the place of three; the tables have the calls."""
    names = ("mlp", "cnn", "vit")
    counted: list[dict[str, int]] = [{"trace": 0}, {"compile": 0, "trace": 90}, {"trace": 90}]
    explanations = [
        calls_of(calls, calls).model_copy(update={"architecture": name})
        for name, calls in zip(names, counted, strict=True)
    ]
    all_three = compose_answer(findings(architectures=names), explanations)
    told = [each for each in all_three if "same program" in each]
    assert told == ["Every arm runs the same program as inline."]
    two = compose_answer(findings(architectures=names[:2]), explanations[:2])
    assert len([each for each in two if "as many calls" in each]) == 2


def test_phases_with_as_many_calls_are_named_by_what_is_left() -> None:
    assert sentence(findings(), "Every arm", calls_of(ALL_BUT_CONSTRUCT, ALL)) == (
        "Every arm runs the same program as inline; as many calls as inline: every arm in compile, "
        "trace, first_call and inference, functional in every phase."
    )
    no_common = calls_of({"construct": 0, "compile": 90}, {"construct": 90, "compile": 0})
    assert "as many calls as inline: incremental in construct, functional in compile." in said(
        findings(), no_common
    )
    assert "makes as many calls in every phase but construct." in said(
        findings(), calls_of(ALL_BUT_CONSTRUCT, ALL_BUT_CONSTRUCT)
    )


def test_joint_claim_says_that_nothing_else_differs() -> None:
    holds = two_arms(joint=(claim(),), margin_floor_s=0.001)
    assert "Nothing else differs by more than 5 % or 1 ms: 60 comparisons." in said(holds)
    doubt = two_arms(joint=(claim(holds=False),), margin_floor_s=0.001)
    assert "Nothing else differs" not in said(doubt)
    assert "Not shown: that nothing else differs by more than 5 % or 1 ms, in 60" in said(doubt)
    assert sentence(doubt, "Next") == (
        "Next: about 7 more rounds (84 s) should show that nothing else differs: measure again "
        "with --rounds 23 --budget 6m."
    )


def test_nothing_is_called_equal_while_a_headline_is_unresolved() -> None:
    found = findings(joint=(claim(),), margin_floor_s=0.001)
    told = (
        "Not resolved yet, relative to inline: incremental_deferred until ready 0.98 [0.94, 1.02]"
    )
    assert told in said(found)
    assert "Nothing else differs" not in said(found)
    assert "In other phases nothing differs by more than 5 %" in said(found)


def test_comparison_without_bounds_is_told_with_its_estimate() -> None:
    text = sentence(two_arms(rounds=4), "No verdict yet")
    begin = (
        "No verdict yet, too few rounds; so far, relative to inline: incremental to construct 3."
    )
    assert text.startswith(begin)


def test_certainty_has_the_confidence_the_rounds_and_the_placebo() -> None:
    assert sentence(two_arms(), "Sure") == (
        "Sure to 95 % (105 comparisons together, 16 rounds); no false alarm in 21 comparisons of "
        "the placebo; noise of one round 4.3 %."
    )


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({}, "bench explain RUN says why they differ"),
        ({"rounds": 4}, "should resolve the rest of the headlines: bench run --resume RUN"),
        ({"rounds": 4, "planned_rounds": 4}, "measure again with --rounds 11 --budget 3m"),
        (
            {"rounds": 4, "planned_rounds": 4, "round_seconds": 3600.0},
            "it takes about 7 more rounds (7.0 h) to resolve the rest of the headlines; a quieter",
        ),
        ({"status": "interrupted"}, "bench run --resume RUN goes on"),
        ({"controls_passed": False}, "see what bench doctor says of this machine"),
    ],
)
def test_answer_ends_with_what_to_do_next(changes: dict[str, Any], advice: str) -> None:
    answer = compose_answer(two_arms(**changes), ())
    assert answer[-1].startswith(f"Next: {advice}") or advice in answer[-1]
    assert without_advice(answer) == list(answer[:-1])


def test_explained_differences_lead_to_the_functions() -> None:
    assert "lists the functions" in sentence(two_arms(), "Next", explanation())


def test_run_whose_controls_failed_begins_with_that() -> None:
    answer = compose_answer(two_arms(controls_passed=False), ())
    assert answer[0].startswith("Do not trust this run")


def test_sole_arm_has_its_costs_and_how_they_grow() -> None:
    found = findings(arms=("inline", "placebo"))
    text = compose_answer(found, ())[0]
    assert text.startswith("inline takes 193 ms to construct, 316 ms until the first inference and")
    assert "and retains 3.56 MiB. The time of construct grows linearly: 381 ms at 128" in text


def test_arm_that_failed_is_not_called_unresolved() -> None:
    found = two_arms(failed=("incremental",))
    items = findings(arms=("inline", "placebo", "incremental"), rounds=4).comparisons
    lost = {"rounds": 0, "ratio": None, "verdict": "unresolved"}
    missing = tuple(each.model_copy(update=lost) for each in items if each.arm == "incremental")
    answer = compose_answer(
        found.model_copy(update={"comparisons": (*found.comparisons, *missing)}), ()
    )
    assert "No verdict" not in " ".join(answer)
    assert answer[-1] == "Next: fix what failed; the run folder has its output under logs."


def test_run_in_which_everything_failed_says_what_and_what_to_do() -> None:
    found = two_arms(failed=("inline", "placebo", "incremental"), comparisons=())
    assert list(compose_answer(found, ())) == [
        "Nothing was measured.",
        "Failed: inline and incremental at 4, 16 and 64 layers (function): killed by signal 11; "
        "not tried again, since all rounds are made.",
        "Next: fix what failed; the run folder has its output under logs.",
    ]


def test_long_reason_is_cut_and_stays_on_one_line() -> None:
    failure = FailureFinding(
        **dict(panel(64)),
        environment="default",
        arm="mine",
        phase="construct",
        kind="builder_error",
        reason="first line\nsecond line " + "x" * 300,
        count=1,
    )
    text = sentence(two_arms(failures=(failure,)), "Failed")
    assert text.startswith("Failed: mine at 64 layers (function): first line second line xxx")
    assert len(text) < 250
    assert text.endswith(" …; not tried again, since all rounds are made.")


def test_failed_phases_of_a_lifecycle_of_its_own_are_named_once_for_all_arms() -> None:
    failed = tuple(
        FailureFinding(
            **dict.fromkeys(FACTORS)
            | {"scenario": "restore", "call_mode": "restore", "device": "cpu", "backend": "x"},
            environment="default",
            arm=arm,
            phase=phase,
            kind="unavailable",
            reason="refused by Keras: no",
            count=2,
        )
        for arm in ("inline", "functional")
        for phase in ("from_config", "load_model")
    )
    own = Lifecycle("m:live", ("from_config", "load_model")).plan()
    lives = {**two_arms().lifecycles, "restore": own}
    text = sentence(two_arms(failures=failed, lifecycles=lives), "Unavailable")
    who = "from_config and load_model of inline and functional"
    assert text == f"Unavailable: restore: {who}: refused by Keras: no."


@pytest.mark.parametrize(
    ("kinds", "begins", "advice"),
    [
        (("unavailable",), ["Unavailable"], "none"),
        (("builder_error",), ["Failed"], "fix what failed"),
        (("builder_error", "timed_out"), ["Failed", "Failed"], "fix what failed"),
        (("unavailable", "timed_out"), ["Unavailable", "Failed"], "allow more time with --timeout"),
    ],
)
def test_what_failed_is_to_be_fixed_but_not_what_a_model_cannot_have(
    kinds: Sequence[str], begins: list[str], advice: str
) -> None:
    found = two_arms(failed=("incremental",), comparisons=())
    failures = tuple(
        found.failures[0].model_copy(update={"kind": kind, "reason": f"why {kind}"})
        for kind in kinds
    )
    answer = compose_answer(found.model_copy(update={"failures": failures}), ())
    told = [each.partition(":")[0] for each in answer if ": why " in each]
    assert told == begins
    given = [each for each in ("fix what failed", "allow more time") if each in " ".join(answer)]
    assert given == [each for each in ("fix what failed", "allow more time") if each in advice]


@pytest.mark.parametrize(
    ("count", "end"),
    [
        (3, "the outputs of c differ."),
        (4, "1 more such warning is below the tables."),
        (5, "2 more such warnings are below the tables."),
    ],
)
def test_outputs_that_differ_are_told_of_three_times_and_then_counted(count: int, end: str) -> None:
    warnings = tuple(
        ResultWarning(kind="outputs", text=f"the outputs of {arm} differ")
        for arm in "abcde"[:count]
    )
    told = [each for each in compose_answer(findings(warnings=warnings), ()) if "utputs" in each]
    assert told[-1] == f"Outputs: {end}"
    assert len(told) == min(count, 4)


def test_run_without_a_round_says_so() -> None:
    assert compose_answer(findings(rounds=0), ()) == ("No round was finished yet.",)


def test_call_modes_are_ranked_by_their_first_and_by_their_later_calls() -> None:
    found = findings(arms=("inline", "placebo"))
    modes = (
        EAGER,
        FUNCTION,
        CallModeCost(
            call_mode="predict", rounds=9, first_seconds=0.3, call_seconds=0.07, never=True
        ),
        TRAIN,
    )
    each = CallModesFinding(
        **{**dict(panel(64)), "call_mode": ""},
        environment="default",
        arm="inline",
        cheapest_start="eager",
        call_modes=modes,
    )
    answer = compose_answer(found.model_copy(update={"call_modes": (each,)}), ())
    assert answer[:4] == (
        "inline of mlp at 64 layers, until the first output: eager 40.0 ms, function 200 ms, "
        "predict 300 ms.",
        "Each call after it: function 400 µs, eager 20.0 ms, predict 70.0 ms.",
        "In total, function after 9 calls [5, 12] costs no more than eager; predict never.",
        "Training: train 4.00 s, then 3.00 ms each time.",
    )


def test_memory_that_grows_is_part_of_the_answer() -> None:
    grows, flat = series("kept", 756 * 2**10), series("cleared", 0)
    text = said(two_arms(memory_growth=(grows, flat)))
    assert "Memory grows with each model: kept 756 KiB." in text
    assert "Memory stays flat with cleared." in text


def test_what_was_made_up_of_inputs_is_told_by_arm() -> None:
    arms = tuple(sorted({each.arm for each in two_arms().cells} - {"placebo"}))
    found = two_arms(
        invented=(
            InventedFinding(scenario="build_style", text="tokens int32[32,16]", arms=arms),
            InventedFinding(scenario="build_style", text="batches of 4", arms=arms[:1]),
        )
    )
    told = [text for text in compose_answer(found, ()) if text.startswith("Inputs invented")]
    assert told == [
        "Inputs invented: tokens int32[32,16].",
        f"Inputs invented for {arms[0]}: batches of 4.",
    ]
    assert "Inputs invented" not in said(two_arms())


def test_ways_to_measure_that_contradict_each_other_are_told() -> None:
    warning = ResultWarning(kind="schedules_disagree", text="apart")
    found = changed(
        two_arms(), "incremental", "trace", ratio=0.73, solo_ratio=0.56, warnings=(warning,)
    )
    assert sentence(found, "Contradicted").startswith(
        "Contradicted: to trace at 4 layers, incremental takes 0.73 times as long on a shared "
        "core, and 0.56 times on one of its own; 2 more contradictions. "
    )
    assert "Contradicted" not in said(two_arms())
