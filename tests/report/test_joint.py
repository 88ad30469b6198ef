"""What is said of joint claims: what does not differ, or what keeps that from being shown."""

from __future__ import annotations

from typing import Any

from bench.domain.findings.comparisons import JointFinding, JointMember
from bench.domain.panel import Panel
from bench.report.markdown import verdicts
from bench.report.text.formatting import NBSP
from bench.report.text.joint import joint_sentences
from tests.report.findings_factory import findings
from tests.report.test_tables import rendered

NOTHING = "othing else differs by more than 5 % or 1 ms"


def panel(layers: int) -> Panel:
    return Panel(
        scenario="build_style",
        architecture="mlp",
        layers=layers,
        call_mode="function",
        device="cpu",
        backend="tensorflow",
    )


def claim(where: Panel | None = None, *, holds: bool = True, **changes: Any) -> JointFinding:
    widest = JointMember(
        **dict(where or panel(64)),
        environment="default",
        arm="functional",
        phase="compile",
        margin=0.05,
        ratio=1.03,
        ratio_low=0.98,
        ratio_high=1.04 if holds else None,
    )
    fields: dict[str, Any] = {
        "scope": "panel" if where else "run",
        **(dict(where) if where else {}),
        "verdict": "equivalent" if holds else "unresolved",
        "margin": 0.05,
        "comparisons": 20 if where else 60,
        "error_share": 0.005,
        "widest": widest,
        "more_rounds": None if holds else 7,
    }
    return JointFinding(**{**fields, **changes})


def sentences(*joint: JointFinding, floor_s: float = 0.001) -> list[str]:
    found = findings(joint=joint, margin_floor_s=floor_s)
    return [text.replace(NBSP, " ") for text in joint_sentences(found)]


def test_claim_of_the_run_is_one_line() -> None:
    depths = (4, 16, 64)
    assert sentences(claim(), *(claim(panel(depth)) for depth in depths)) == [
        f"N{NOTHING}: 60 comparisons of 3 panels"
    ]


def test_claim_that_is_not_shown_names_what_keeps_it_from_that_and_how_long() -> None:
    (text,) = sentences(claim(holds=False))
    assert text == (
        f"Not shown: that n{NOTHING}, in 60 comparisons; furthest is compile of functional at "
        "64 layers, 1.03 [0.98, ∞]; needs about 7 more rounds"
    )


def test_panels_are_told_where_the_run_is_not_shown() -> None:
    run, first, second = sentences(
        claim(holds=False), claim(panel(16)), claim(panel(64), holds=False, more_rounds=None)
    )
    assert run.startswith("Not shown: ")
    assert first == f"build_style · mlp · 16 layers: n{NOTHING}: 20 comparisons"
    assert second.startswith("build_style · mlp · 64 layers: not shown: ")
    assert second.endswith("1.03 [0.98, ∞]")


def test_margin_without_a_floor_names_none() -> None:
    assert sentences(claim(), floor_s=0.0) == [
        "Nothing else differs by more than 5 %: 60 comparisons"
    ]


def test_terminal_and_markdown_say_it_before_any_table() -> None:
    found = findings(joint=(claim(),), margin_floor_s=0.001)
    for text, table in ((rendered(found), "Time relative"), (verdicts(found), "| mlp |")):
        assert 0 < text.replace(NBSP, " ").index(f"N{NOTHING}") < text.index(table)


def test_claim_survives_json_with_its_factors_flat() -> None:
    found = findings(joint=(claim(), claim(panel(16))))
    again = type(found).model_validate_json(found.model_dump_json())
    assert again == found
    run, one = (each.model_dump() for each in again.joint)
    assert (run["scope"], run["architecture"]) == ("run", None)
    assert (one["scope"], one["architecture"], one["layers"]) == ("panel", "mlp", 16)
