"""Phases in which everything is equivalent are closed in the report; exceptions are shown."""

from __future__ import annotations

import re

from bench.report.html.report import render_report
from tests.report.findings_factory import COMPARED, findings
from tests.report.test_html import view

OTHERS = len(COMPARED) - 1
"""Phases that an arm is compared in and the scenario is not about."""


def page(exception: str | None) -> str:
    found = findings(arms=("inline", "functional"), depths=(4,))
    judged = [
        each.model_copy(update={"verdict": "slower" if each.phase == exception else "equivalent"})
        for each in found.comparisons
    ]
    found = found.model_copy(update={"comparisons": tuple(judged)})
    return render_report(view(found), ()).decode()


def closed(text: str) -> str:
    return str(re.findall(r"<details id=\"alike-.*?</details>", text, re.DOTALL)[0])


def test_exception_is_shown_and_the_others_are_counted() -> None:
    text = page(exception="compile")
    hidden = closed(text)
    assert f"<summary>{OTHERS - 1} rows of other phases" in hidden
    assert hidden.count("<tr") == 1 + OTHERS - 1
    assert "<td>compile</td>" not in hidden
    shown = text.replace(hidden, "").partition('id="all"')[0]
    assert "Other phases, relative to inline" in shown
    assert '<td>compile</td>\n<td><span class="value">' in shown


def test_nothing_is_shown_where_there_is_no_exception() -> None:
    text = page(exception=None)
    assert "Other phases, relative to inline" not in text
    assert f"<summary>{OTHERS} rows of other phases" in closed(text)
