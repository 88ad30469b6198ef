"""Each claim's check, on a Keras of which it is true and on one of which it is not."""

from __future__ import annotations

import importlib

import pytest

from scenarios.claims import CLAIMS
from tests.claims.fake_kit import Behaviour, ClaimTools

OPEN = Behaviour(inline_is_closed=False)


@pytest.mark.parametrize(
    ("name", "behaviour", "verdict"),
    [
        ("same_model", Behaviour(), "supported"),
        ("same_model", Behaviour(style_shows=True), "refuted"),
        ("inline_cannot_grow", Behaviour(), "supported"),
        ("inline_cannot_grow", OPEN, "refuted"),
        ("change_needs_a_new_model", Behaviour(), "supported"),
        ("change_needs_a_new_model", OPEN, "refuted"),
        ("add_is_as_cheap", Behaviour(), "supported"),
        ("add_is_as_cheap", Behaviour(add_rebuilds=True), "depends"),
        ("later_phases_do_not_care", Behaviour(), "supported"),
        ("later_phases_do_not_care", Behaviour(style_shows=True), "refuted"),
        ("later_phases_do_not_care", Behaviour(compile_looks=True), "refuted"),
        ("restoring_costs_what_building_does", Behaviour(), "supported"),
        ("restoring_costs_what_building_does", Behaviour(restoring_adds=True), "depends"),
        ("changed_model_answers_anew", OPEN, "supported"),
        (
            "changed_model_answers_anew",
            Behaviour(inline_is_closed=False, predict_is_stale=True),
            "refuted",
        ),
    ],
)
def test_verdict_follows_the_behaviour(name: str, behaviour: Behaviour, verdict: str) -> None:
    module = importlib.import_module(f"scenarios.claims.{name}")
    found, evidence = module.check(ClaimTools(behaviour))
    assert found == verdict
    assert evidence
    assert all(isinstance(line, str) for line in evidence)


def test_depth_from_which_a_claim_stops_being_true_is_told() -> None:
    module = importlib.import_module("scenarios.claims.add_is_as_cheap")
    _, evidence = module.check(ClaimTools(Behaviour(add_rebuilds=True)))
    assert evidence[-1] == "more than 5 % more work from 2 layers on"


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_says_what_is_claimed(name: str) -> None:
    module = importlib.import_module(f"scenarios.claims.{name}")
    assert module.CLAIM.endswith(".")
