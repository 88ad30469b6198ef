"""Outputs that differ within a comparison are told, and those that do not are not."""

from __future__ import annotations

from dataclasses import replace

from bench.analysis.summaries.outputs import CellOutputs, compiled_facts, outputs_warnings
from bench.domain.findings.evidence import OutputsOutcome
from bench.domain.panel import Cell, Panel

SAME = OutputsOutcome(
    compiled_with="Adam, mse",
    by_builder=False,
    first="function",
    shapes=("float32[8,2]",),
    sample=(1.0, -2.0, 0.5),
    tolerance=1e-3,
    differing={},
    missing={},
)


def of(arm: str, outputs: OutputsOutcome | None, architecture: str = "mlp") -> CellOutputs:
    panel = Panel(
        scenario="styles",
        architecture=architecture,
        layers=2,
        call_mode="function",
        device="cpu",
        backend="tensorflow",
    )
    return CellOutputs(Cell(panel, arm), outputs, None if outputs else "the builder raised")


def told(*found: CellOutputs) -> list[str]:
    warnings = outputs_warnings(found, {"styles": "base"})
    assert {each.kind for each in warnings} <= {"outputs"}
    return [each.text for each in warnings]


def test_equal_outputs_are_not_told() -> None:
    rounded = replace(SAME, sample=(1.0005, -2.0, 0.5))
    assert told(of("base", SAME), of("other", SAME), of("third", rounded)) == []


def test_arms_whose_values_differ_are_told() -> None:
    other = replace(SAME, sample=(1.01, -2.0, 0.5))
    (text,) = told(of("base", SAME), of("other", other))
    assert "other and base give different outputs on the same input" in text


def test_arms_that_differ_in_their_weights_alone_are_told_so() -> None:
    base = replace(SAME, equal_sample=(3.0, 4.0))
    other = replace(base, sample=(9.0, -2.0, 0.5))
    (text,) = told(of("base", base), of("other", other))
    assert "their weights begin with other values, and with equal ones they answer alike" in text
    (text,) = told(of("base", base), of("other", replace(other, equal_sample=(3.0, 5.0))))
    assert "what is compared does not compute the same" in text
    assert told(of("base", base), of("other", replace(base, equal_sample=()))) == []


def test_arms_whose_texts_or_infinities_differ_are_told() -> None:
    texts = replace(SAME, shapes=("object[1]",), sample=("a", "b"))
    assert told(of("base", texts), of("other", texts)) == []
    assert told(of("base", texts), of("other", replace(texts, sample=("a", "c"))))
    infinite = replace(SAME, sample=(1.0, "inf", 0.5))
    assert told(of("base", SAME), of("other", infinite))


def test_arms_whose_shapes_differ_are_told_with_both() -> None:
    other = replace(SAME, shapes=("float32[8,3]",), sample=(1.0,))
    (text,) = told(of("base", SAME), of("other", other))
    assert "of other are float32[8,3], those of base float32[8,2]" in text


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
    assert text == "the outputs of other and base are not compared: the builder raised"


def test_models_that_are_only_trained_have_nothing_to_compare() -> None:
    trained = replace(SAME, first="", shapes=(), sample=())
    assert told(of("base", trained), of("other", trained)) == []


def test_architectures_are_named_where_there_are_several() -> None:
    other = replace(SAME, sample=(9.0, -2.0, 0.5))
    texts = told(
        of("base", SAME), of("other", SAME), of("base", SAME, "cnn"), of("other", other, "cnn")
    )
    assert len(texts) == 1
    assert texts[0].startswith("cnn: other and base")


def test_compiled_says_by_whom() -> None:
    own = replace(SAME, by_builder=True, compiled_with="SGD, mse")
    without = replace(SAME, compiled_with="")
    facts = compiled_facts([of("base", SAME), of("own", own), of("bare", without), of("x", None)])
    assert {fact.arm: fact.value for fact in facts} == {
        "base": "by the suite (Adam, mse)",
        "own": "by the builder (SGD, mse)",
        "bare": "not at all",
    }
