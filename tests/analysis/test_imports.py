"""What imports take in several environments, from samples of known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.analysis.summaries.imports import import_findings

NAMES = ["first", "second"]


def samples(times: float, rounds: int = 30, status: str = "ok") -> pd.DataFrame:
    """The second environment takes ``times`` as long; the machine is another in each round."""
    random = np.random.default_rng(3)
    rows = []
    for number in range(rounds):
        machine = np.exp(random.normal(0, 0.3))
        for name, factor in (("first", 1.0), ("second", times)):
            seconds = 2.0 * factor * machine * np.exp(random.normal(0, 0.01))
            rows.append(
                {
                    "round": number,
                    "environment": name,
                    "phase": "import",
                    "status": status,
                    "wall_ns": round(seconds * 1e9),
                }
            )
        rows.append({**rows[-1], "phase": "construct", "wall_ns": 5})
    return pd.DataFrame(rows).astype({"environment": "category"})


@pytest.mark.parametrize("times", [1.0, 1.2])
def test_ratio_is_within_rounds(times: float) -> None:
    first, second = import_findings(samples(times), 0.05, NAMES)
    assert (first.environment, second.environment) == ("first", "second")
    assert second.baseline_environment == "first"
    assert first.ratio == 1.0
    assert second.ratio == pytest.approx(times, rel=0.01)
    assert second.ratio_low is not None
    assert second.ratio_high is not None
    assert second.ratio_low < times < second.ratio_high
    assert second.seconds == pytest.approx(2.0 * times, rel=0.2)


def test_few_rounds_bound_nothing() -> None:
    _, second = import_findings(samples(1.2, rounds=2), 0.05, NAMES)
    assert (second.rounds, second.ratio_low, second.ratio_high) == (2, None, None)


def test_one_environment_is_compared_with_none() -> None:
    one = samples(1.0)
    assert import_findings(one[one["environment"] == "first"], 0.05, NAMES) == ()


def with_third(found: pd.DataFrame, rounds: int) -> pd.DataFrame:
    """``found``, and a third environment like the second that imports in the first few rounds."""
    like_second = found[(found["environment"] == "second") & (found["round"] < rounds)]
    whole = pd.concat(
        [found.astype({"environment": object}), like_second.assign(environment="third")]
    )
    return whole.astype({"environment": "category"})


def test_environment_that_fails_in_some_rounds_leaves_the_others_theirs() -> None:
    names = [*NAMES, "third"]
    alone = import_findings(samples(1.2), 0.05 / 2, NAMES)
    first, second, third = import_findings(with_third(samples(1.2), rounds=3), 0.05, names)
    assert [(each.environment, each.rounds) for each in (first, second, third)] == [
        ("first", 30),
        ("second", 30),
        ("third", 3),
    ]
    assert (first, second) == alone
    assert third.ratio == pytest.approx(1.2, rel=0.02)
    assert (third.ratio_low, third.ratio_high) == (None, None)


def test_environment_that_shares_no_round_with_the_first_is_left_out() -> None:
    found = with_third(samples(1.2), rounds=3)
    missing = (found["environment"] == "first") & (found["round"] < 3)
    first, second = import_findings(found[~missing], 0.05, [*NAMES, "third"])
    assert [(each.environment, each.rounds) for each in (first, second)] == [
        ("first", 27),
        ("second", 27),
    ]


def test_import_that_failed_has_no_time() -> None:
    assert import_findings(samples(1.0, status="crashed"), 0.05, NAMES) == ()


def test_first_of_the_run_is_compared_with_wherever_it_stands_in_a_round() -> None:
    first, second = import_findings(samples(1.2), 0.05, ["second", "first"])
    assert (first.environment, first.baseline_environment) == ("second", "second")
    assert second.ratio == pytest.approx(1 / 1.2, rel=0.01)
