"""What is said of the joint claim: what does not differ, or what keeps that from being shown."""

from __future__ import annotations

from typing import Any

from bench.domain.findings.comparisons import JointFinding, JointMember
from bench.domain.panel import Panel
from bench.report.markdown import verdicts
from bench.report.text.formatting import NBSP
from bench.report.text.joint import joint_claim_about, joint_claims, joint_sentence
from tests.report.findings_factory import findings
from tests.report.test_tables import rendered

NOTHING = "othing else differs by more than 5 % or 1 ms"


def panel(layers: int | None) -> Panel:
    return Panel(
        scenario="build_style",
        architecture="mlp",
        layers=layers,
        call_mode="function",
        device="cpu",
        backend="tensorflow",
    )


def member(
    layers: int | None = 64, *, phase: str = "compile", where: Panel | None = None, **changes: Any
) -> JointMember:
    fields: dict[str, Any] = {
        **dict(where or panel(layers)),
        "environment": "default",
        "arm": "functional",
        "phase": phase,
        "margin": 0.05,
        "ratio": 1.03,
        "ratio_low": 0.98,
        "ratio_high": 1.04,
    }
    return JointMember(**{**fields, **changes})


def claim(where: Panel | None = None, *, holds: bool = True, **changes: Any) -> JointFinding:
    fields: dict[str, Any] = {
        "scope": "panel" if where else "run",
        **(dict(where) if where else {}),
        "verdict": "equivalent" if holds else "unresolved",
        "margin": 0.05,
        "comparisons": 20 if where else 60,
        "exceptions": (),
        "exceptions_allowed": 6,
        "error_share": 0.01,
        "widest": member() if holds else member(ratio_high=None),
        "more_rounds": None if holds else 7,
    }
    return JointFinding(**{**fields, **changes})


def sentences(*joint: JointFinding, floor_s: float = 0.001) -> list[str]:
    found = findings(joint=joint, margin_floor_s=floor_s, comparisons=())
    return [joint_sentence(each, found).replace(NBSP, " ") for each in joint_claims(found)]


def test_claim_of_the_run_is_one_line() -> None:
    depths = (4, 16, 64)
    assert sentences(claim(), *(claim(panel(depth)) for depth in depths)) == [
        f"N{NOTHING}: 60 comparisons of 3 panels"
    ]


def test_exceptions_are_named_with_their_depths() -> None:
    depths = (4, 16, 64)
    left_out = tuple(member(depth, phase="trace") for depth in depths)
    panels = (claim(panel(depth)) for depth in depths)
    assert sentences(claim(exceptions=left_out), *panels) == [
        f"N{NOTHING}: 57 of 60 comparisons of 3 panels; not shown: "
        "trace of functional (4, 16, 64 layers)"
    ]


def test_exception_that_differs_by_itself_is_no_unresolved_one() -> None:
    left_out = tuple(member(depth, phase="trace") for depth in (4, 16, 64))
    claims = (claim(exceptions=left_out), *(claim(panel(depth)) for depth in (4, 16, 64)))
    found = findings(joint=claims, margin_floor_s=0.001)
    judged = {64: "faster", 16: "unresolved", 4: "unresolved"}
    comparisons = [
        each.model_copy(update={"verdict": judged[each.layers]})
        if (each.arm, each.phase) == ("functional", "trace") and each.layers in judged
        else each
        for each in found.comparisons
    ]
    found = found.model_copy(update={"comparisons": tuple(comparisons)})
    (made,) = joint_claims(found)
    text = joint_sentence(made, found).replace(NBSP, " ")
    begin, _, end = text.partition(" by more than 5 % or 1 ms: ")
    assert begin == "In other phases nothing differs", "a headline is unresolved"
    assert end == (
        "57 of 60 comparisons of 3 panels; faster: trace of functional "
        "(64 layers); not shown: trace of functional (4, 16 layers)"
    )


def test_exceptions_of_different_phases_are_named_apart() -> None:
    left_out = (member(4, phase="trace"), member(16), member(64, phase="trace"))
    (text,) = sentences(claim(exceptions=left_out))
    assert text.endswith(
        "not shown: trace of functional (4, 64 layers), compile of functional (16 layers)"
    )


def test_many_exceptions_are_counted() -> None:
    phases = ("compile", "trace", "first_call", "inference", "ready")
    (text,) = sentences(claim(exceptions=tuple(member(16, phase=each) for each in phases)))
    assert text.endswith("first_call of functional (16 layers) and 2 more")


def test_exceptions_name_their_setting_where_the_run_has_several() -> None:
    convolutional = panel(4).model_copy(update={"architecture": "cnn"})
    left_out = (member(where=convolutional),)
    panels = (claim(panel(4)), claim(convolutional))
    (text,) = sentences(claim(exceptions=left_out), *panels)
    assert text.endswith("not shown: compile of functional in build_style · cnn (4 layers)")


def test_exception_without_a_depth_names_none() -> None:
    (text,) = sentences(claim(exceptions=(member(layers=None),)))
    assert text.endswith("59 of 60 comparisons; not shown: compile of functional")


def test_claim_that_is_not_shown_names_what_keeps_it_from_that_and_how_long() -> None:
    (text,) = sentences(claim(holds=False))
    assert text == (
        f"Not shown: that n{NOTHING}, in 60 comparisons with at most 6 exceptions; "
        "it is held up by compile of functional at 64 layers, 1.03 [0.98, ∞]; "
        "needs about 7 more rounds"
    )


def test_claim_without_exceptions_speaks_of_none() -> None:
    (text,) = sentences(claim(holds=False, exceptions_allowed=0, more_rounds=None))
    assert text == (
        f"Not shown: that n{NOTHING}, in 60 comparisons; it is held up by "
        "compile of functional at 64 layers, 1.03 [0.98, ∞]"
    )


def test_panels_have_no_sentence_of_their_own() -> None:
    assert len(sentences(claim(holds=False), claim(panel(16), holds=False), claim(panel(64)))) == 1


def test_margin_without_a_floor_names_none() -> None:
    assert sentences(claim(), floor_s=0.0) == [
        "Nothing else differs by more than 5 %: 60 comparisons"
    ]


def test_terminal_and_markdown_say_it_before_any_table() -> None:
    found = findings(joint=(claim(),), margin_floor_s=0.001)
    for text, table in ((rendered(found), "Time relative"), (verdicts(found), "| mlp |")):
        said = " ".join(text.replace(NBSP, " ").split())
        assert 0 < said.index("nothing differs by more than 5 % or 1 ms") < said.index(table)


def test_claim_survives_json_with_its_factors_flat() -> None:
    found = findings(joint=(claim(exceptions=(member(),)), claim(panel(16))))
    again = type(found).model_validate_json(found.model_dump_json())
    assert again == found
    run, one = (each.model_dump() for each in again.joint)
    assert (run["scope"], run["architecture"]) == ("run", None)
    assert (one["scope"], one["architecture"], one["layers"]) == ("panel", "mlp", 16)


def test_chart_counts_what_the_claim_leaves_out() -> None:
    depths = (4, 16, 64)
    left_out = (member(64, phase="trace"),)
    claims = (claim(exceptions=left_out), *(claim(panel(depth)) for depth in depths))
    found = findings(joint=claims, margin_floor_s=0.001)
    text = joint_claim_about(found, panel(4).setting, across=False).replace(NBSP, " ")
    said = "nothing differs by more than 5 % or 1 ms; 1 comparison left out"
    assert text == f"in other phases {said}", "a headline is unresolved"
