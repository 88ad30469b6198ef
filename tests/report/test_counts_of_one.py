"""One panel, one comparison and one layer are told in the singular."""

from __future__ import annotations

from bench.report.html.report import render_report
from bench.report.markdown import verdicts
from bench.report.tables.run import extent
from bench.report.text.joint import joint_claims, joint_sentence
from tests.report.findings_factory import findings
from tests.report.test_html import view
from tests.report.test_joint import claim, panel
from tests.report.test_tables import rendered


def test_claim_about_one_panel() -> None:
    found = findings(joint=(claim(), claim(panel(4))), comparisons=())
    (of_run,) = joint_claims(found)
    assert joint_sentence(of_run, found).endswith(": 60 comparisons of 1 panel")


def test_run_of_one_comparison() -> None:
    found = findings(family_size=1)
    assert "95 % confidence over 1 comparison" in extent(found)
    assert " hold together at 95 % over 1 comparison; " in verdicts(found)
    assert "95 % confidence over 105 comparisons" in extent(findings())


def test_one_comparison_of_the_placebo() -> None:
    once = {"placebo_comparisons": 1, "controls": 1}
    found = findings(noise=findings().noise.model_copy(update=once))
    text = " ".join(rendered(found).split())
    assert "no false alarms in 1 placebo comparison; 95 % of its effects" in text


def test_one_layer_at_the_head_of_a_column() -> None:
    page = render_report(view(findings(depths=(1, 4))), ()).decode()
    grid = page.partition('id="ratios-')[2].partition("</thead>")[0]
    assert '<th scope="col">1 layer</th>' in grid
    assert '<th scope="col">4 layers</th>' in grid
