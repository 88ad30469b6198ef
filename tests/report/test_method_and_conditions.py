"""The page says of the method and the conditions what held in this run, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bench.domain.design.plan import CoScheduling, Plan
from bench.domain.inputs import input_from
from bench.report.html.report import render_report
from tests.fakes.plan import fake_plan
from tests.report.findings_factory import findings
from tests.report.partial_findings import partly_failed
from tests.report.test_html import view, words
from tests.report.test_joint import claim


def section(name: str, plan: Plan, **changes: Any) -> str:
    """The part of the page of a run of ``plan`` that is called ``name``."""
    page = render_report(replace(view(findings(**changes)), plan=plan), ()).decode()
    return words(page.partition(f'<section id="{name}"')[2].partition("</section>")[0])


@pytest.mark.parametrize(
    ("told", "true", "untrue"),
    [
        (
            "The arms of a panel share a core in short time slices",
            {"co_scheduling": CoScheduling()},
            {"co_scheduling": None},
        ),
        (
            "measured in random order, each in a process of its own.",
            {"isolation": "fork"},
            {"isolation": "none"},
        ),
        (
            "Calls and programs are compared in passes without a clock",
            {"evidence_s": 10.0},
            {"evidence_s": 0.0},
        ),
    ],
)
def test_method_is_that_of_the_plan(
    told: str, true: dict[str, Any], untrue: dict[str, Any]
) -> None:
    assert told in section("method", fake_plan(**true))
    assert told not in section("method", fake_plan(**untrue))


def test_cores_that_nothing_shares_are_not_called_shared() -> None:
    text = section("method", fake_plan(co_scheduling=None))
    assert "shares its core with nothing else of the run." in text
    assert "time slices" not in text
    assert "have a core to themselves" not in text


def test_joint_claim_is_a_part_of_the_method_where_there_is_one() -> None:
    told = "The joint claim says that nothing else differs"
    assert told in section("method", fake_plan(), joint=(claim(),))
    assert told not in section("method", fake_plan())


def test_placebo_is_a_part_of_the_method_where_there_is_one() -> None:
    told = "The placebo is a second copy of the baseline."
    none = findings().noise.model_copy(update={"placebo_comparisons": 0, "controls": 0})
    assert told in section("method", fake_plan())
    assert told not in section("method", fake_plan(), noise=none)


def conditions(plan: Plan) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", section("conditions", plan)))


@pytest.mark.parametrize(
    ("batches", "shown"),
    [((None,), "32"), ((8,), "8"), ((256, 1, 32), "1, 32, 256"), ((1, None), "1, 32")],
)
def test_batches_are_those_that_were_measured(batches: tuple[int | None, ...], shown: str) -> None:
    panels = [
        each.model_copy(update={"batch": batch}) for batch in batches for each in fake_plan().panels
    ]
    assert conditions(fake_plan(panels=panels))["batch"] == shown


def test_batch_is_that_of_declared_inputs() -> None:
    assert conditions(fake_plan(inputs=(input_from("float32[7,4]"),)))["batch"] == "7"


@pytest.mark.parametrize(
    ("found", "title"),
    [
        (findings(), "Time relative to inline"),
        (findings(arms=("inline", "placebo")), "Time"),
        (
            partly_failed(
                {(arm, at): "construct" for arm in ("inline", "placebo") for at in (4, 16, 64)}
            ),
            "Time: nothing was compared with inline",
        ),
    ],
)
def test_grid_is_called_what_it_shows(found: Any, title: str) -> None:
    page = render_report(view(found), ()).decode()
    grid = page.partition('id="ratios-')[2].partition("</caption>")[0]
    assert f'aria-label="{title}"' in grid
    assert grid.endswith(f"<caption><span>{title}</span>")
