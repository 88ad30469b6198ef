"""Outputs that differ within a comparison are told, and those that do not are not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bench.analysis.summaries.outputs import CellOutputs, compiled_facts, outputs_warnings
from bench.domain.findings.evidence import OutputsOutcome, OutputValues
from bench.domain.panel import Cell, Panel


def values(*numbers: float, rest: str = "", summed: int = 1) -> OutputValues:
    return OutputValues(numbers, summed, max(map(abs, numbers), default=0.0), rest)


SAME = OutputsOutcome(
    compiled_with="Adam, mse",
    by_builder=False,
    first="function",
    shapes=("float32[8,2]",),
    values=(values(1.0, -2.0, 0.5),),
    tolerance=1e-3,
    differing={},
    missing={},
)


def of(
    arm: str, outputs: OutputsOutcome | None, architecture: str = "mlp", layers: int = 2
) -> CellOutputs:
    panel = Panel(
        scenario="styles",
        architecture=architecture,
        layers=layers,
        call_mode="function",
        device="cpu",
        backend="tensorflow",
    )
    return CellOutputs(Cell(panel, arm), outputs, None if outputs else "the builder raised")


def told(*found: CellOutputs, failed: Collection[Cell] = ()) -> list[str]:
    warnings = outputs_warnings(found, {"styles": "base"}, failed)
    for each in warnings:
        assert ("not compared" in each.text) is (each.kind == "outputs_not_compared")
    return [each.text for each in warnings]


def test_equal_outputs_are_not_told() -> None:
    rounded = replace(SAME, values=(values(1.0005, -2.0, 0.5),))
    assert told(of("base", SAME), of("other", SAME), of("third", rounded)) == []


def test_arms_whose_values_differ_are_told() -> None:
    other = replace(SAME, values=(values(1.01, -2.0, 0.5),))
    (text,) = told(of("base", SAME), of("other", other))
    assert text.startswith("the outputs of other differ from those of base on the same input")


def test_arms_that_differ_in_their_weights_alone_are_told_so() -> None:
    base = replace(SAME, equal_values=(values(3.0, 4.0),))
    other = replace(base, values=(values(9.0, -2.0, 0.5),))
    (text,) = told(of("base", base), of("other", other))
    assert "their weights have other values, and with equal ones they answer alike" in text
    (text,) = told(of("base", base), of("other", replace(other, equal_values=(values(3.0, 5.0),))))
    assert "what is compared does not compute the same" in text
    assert told(of("base", base), of("other", replace(base, equal_values=()))) == []


def test_arms_whose_texts_or_infinities_differ_are_told() -> None:
    texts = replace(SAME, shapes=("object[1]",), values=(values(rest="a b"),))
    assert told(of("base", texts), of("other", texts)) == []
    assert told(of("base", texts), of("other", replace(texts, values=(values(rest="a c"),))))
    infinite = replace(SAME, values=(values(1.0, 0.0, 0.5, rest="inf"),))
    assert told(of("base", SAME), of("other", infinite))


def test_small_output_that_differs_is_told_next_to_a_large_one() -> None:
    both = replace(SAME, values=(values(1e6, 2e6), values(0.2, 0.8)))
    other = replace(both, values=(values(1e6, 2e6), values(0.3, 0.7)))
    assert told(of("base", both), of("other", both)) == []
    assert told(of("base", both), of("other", other))


def test_outputs_that_an_older_version_has_sampled_are_not_compared_with_newer_ones() -> None:
    sampled = replace(SAME, values=(values(1.0, 0.5),))
    (text,) = told(of("base", SAME), of("other", sampled))
    assert text.endswith(
        "not compared with those of base: another version of the suite has stored them otherwise"
    )
    assert told(of("base", sampled), of("other", sampled)) == []


def test_sums_of_many_values_may_be_off_by_the_rounding_of_many() -> None:
    base, rounded, other = (
        replace(SAME, values=(OutputValues((total, 3.0), 100, 1.0, ""),))
        for total in (5.0, 5.025, 5.035)
    )
    assert told(of("base", base), of("other", rounded)) == []
    assert told(of("base", base), of("other", other))


def test_arms_whose_shapes_differ_are_told_with_both() -> None:
    other = replace(SAME, shapes=("float32[8,3]",), values=(values(1.0),))
    (text,) = told(of("base", SAME), of("other", other))
    assert "of other are float32[8,3], those of base float32[8,2]" in text


def test_arm_that_returns_nothing_is_told() -> None:
    nothing = replace(SAME, shapes=(), values=())
    (text,) = told(of("base", SAME), of("other", nothing))
    assert "of other are nothing, those of base float32[8,2]" in text
    (text,) = told(of("base", nothing), of("other", SAME))
    assert "of other are float32[8,2], those of base nothing" in text
    assert told(of("base", nothing), of("other", nothing)) == []


def test_call_modes_that_differ_are_told_with_how() -> None:
    found = replace(SAME, differing={"predict": "by 0.5 of the largest value"})
    (text,) = told(of("base", found))
    assert "predict of base gives other outputs than function" in text
    assert "by 0.5 of the largest value" in text


def test_random_outputs_are_told_once_and_not_compared() -> None:
    found = replace(SAME, differing={"function": "by 1 of the largest value", "predict": "by 1"})
    texts = told(of("base", SAME), of("other", found))
    assert len(texts) == 1
    assert "two calls of other on the same input give different outputs" in texts[0]


def test_outputs_that_are_not_known_are_told_with_the_reason() -> None:
    (text,) = told(of("base", SAME), of("other", None))
    assert text == "the outputs of other are not compared with those of base: the builder raised"


def test_models_that_are_only_trained_have_nothing_to_compare() -> None:
    trained = replace(SAME, first="", shapes=(), values=())
    assert told(of("base", trained), of("other", trained)) == []


def test_architectures_are_named_where_there_are_several() -> None:
    other = replace(SAME, values=(values(9.0, -2.0, 0.5),))
    texts = told(
        of("base", SAME), of("other", SAME), of("base", SAME, "cnn"), of("other", other, "cnn")
    )
    assert len(texts) == 1
    assert texts[0].startswith("cnn: the outputs of other differ")


def test_arms_are_compared_at_each_depth_and_depths_named_where_not_all_are_meant() -> None:
    other = replace(SAME, values=(values(9.0, -2.0, 0.5),))
    deep = [of(arm, SAME, layers=64) for arm in ("base", "other")]
    shallow = [of("base", SAME), of("other", other), of("third", other)]
    (text,) = told(*shallow, *deep)
    assert text.startswith("at 2 layers: the outputs of other, third differ from those of base")
    everywhere = [of("base", SAME, layers=64), of("other", other, layers=64)]
    (text,) = told(of("base", SAME), of("other", other), *everywhere)
    assert text.startswith("the outputs of other differ")


def test_call_mode_without_outputs_is_told_unless_it_failed_in_the_run() -> None:
    found = of("base", replace(SAME, missing={"predict": "ValueError: no"}))
    (text,) = told(found)
    assert text == "the outputs of predict and function of base are not compared: ValueError: no"
    panel = found.cell.panel.model_copy(update={"call_mode": "predict"})
    assert told(found, failed={found.cell._replace(panel=panel)}) == []


def test_arm_that_failed_in_the_run_is_not_told_again() -> None:
    base, other = of("base", SAME), of("other", None)
    assert told(base, other, failed={other.cell}) == []


def test_compiled_says_by_whom() -> None:
    own = replace(SAME, by_builder=True, compiled_with="SGD, mse")
    without = replace(SAME, compiled_with="")
    unknown = of("unknown", replace(SAME, compiled_with=None))
    found = [of("base", SAME), of("own", own), of("bare", without), of("x", None), unknown]
    facts = compiled_facts(found)
    assert {fact.arm: fact.value for fact in facts} == {
        "base": "by the suite (Adam, mse)",
        "own": "by the builder (SGD, mse)",
        "bare": "not at all",
    }
