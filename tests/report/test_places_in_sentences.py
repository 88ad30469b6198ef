"""Sentences about one of several places begin with what tells it from the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.report.answer.differences import place_prefix
from bench.report.views import sweeps
from tests.report.findings_factory import findings


@pytest.mark.parametrize(
    ("places", "prefixes"),
    [
        ([("mlp_width", "mlp"), ("mlp_depth", "mlp")], ["mlp_width: ", "mlp_depth: "]),
        ([("mlp", "mlp"), ("mlp", "mlp_mixer")], ["mlp: ", "mlp_mixer: "]),
        ([("width", "mlp"), ("depth", "cnn")], ["width · mlp: ", "depth · cnn: "]),
        ([("mlp_width", "mlp")], [""]),
    ],
)
def test_what_all_places_share_is_left_out(
    places: list[tuple[str, str]], prefixes: list[str]
) -> None:
    (sweep,) = sweeps(findings(depths=(4,)))
    measured = [
        replace(
            sweep,
            place=sweep.place.model_copy(
                update={"scenario": scenario, "architecture": architecture}
            ),
        )
        for scenario, architecture in places
    ]
    assert [place_prefix(each, measured) for each in measured] == prefixes
