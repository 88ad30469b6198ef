"""What was made up of the data is told once, with the arms that it was made up for."""

from __future__ import annotations

from typing import Any

from bench.analysis.summaries.inputs import invented_findings
from tests.analysis.sample_tables import frame, invocation, panel

TOKENS, BATCH = "tokens int32[32,16], values 0 to 9", "batches of 4, as the model declares"


def rows(arm: str, note: str | None, **changes: Any) -> list[dict[str, Any]]:
    found = invocation(panel(), arm, {"construct": 1.0}, **changes)
    for row in found:
        if row["phase"] == "invocation":
            row.update(note=note, placebo=arm == "placebo")
    return found


def test_each_thing_names_its_arms_and_no_placebo() -> None:
    samples = frame(
        [
            *rows("inline", f"{TOKENS}; {BATCH}"),
            *rows("placebo", f"{TOKENS}; {BATCH}", order=1),
            *rows("functional", TOKENS, order=2),
            *rows("inline", f"{TOKENS}; {BATCH}", round=1),
            *rows("plain", None, round=1, order=1),
        ]
    )
    found = {each.text: each.arms for each in invented_findings(samples)}
    assert found == {TOKENS: ("inline", "functional"), BATCH: ("inline",)}
    assert {each.scenario for each in invented_findings(samples)} == {"build_style"}


def test_nothing_is_told_where_nothing_was_made_up() -> None:
    assert invented_findings(frame(rows("inline", None))) == ()
    assert invented_findings(frame([])) == ()
