"""Traces of the place in a round and of what was measured before."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from bench.analysis.diagnostics.order_effects import order_finding, order_warnings
from bench.analysis.samples.invocations import Invocations, to_invocations
from bench.domain.findings.quality import OrderFinding
from tests.analysis.sample_tables import frame, invocation, panel

ARMS = ("inline", "incremental", "functional", "placebo", "mine")


def run(
    random: np.random.Generator, *, rounds: int = 60, position: float = 0.0, after: float = 0.0
) -> Invocations:
    """Rounds of five arms in random order.

    The last place takes ``position`` more than the first, and whatever follows ``incremental``
    takes ``after`` more.
    """
    rows = []
    for number in range(rounds):
        before = ""
        for order, arm in enumerate(random.permutation(ARMS)):
            seconds = 0.1 * np.exp(random.normal(0, 0.03))
            seconds *= 1 + position * order / (len(ARMS) - 1)
            seconds *= 1 + after * (before == "incremental")
            rows += invocation(panel(), str(arm), {"construct": seconds}, round=number, order=order)
            before = str(arm)
    return to_invocations(frame(rows))


def of_all(invocations: Invocations) -> OrderFinding | None:
    """The finding of a run in which no two share a core."""
    return order_finding(invocations, invocations)


def run_with_groups(
    random: np.random.Generator, *, after: float, rounds: int = 60
) -> tuple[Invocations, Invocations]:
    """Such rounds of solo invocations, before half of which two arms share a core; and all of them.

    What follows on those takes ``after`` more.
    """
    rows = []
    for number in range(rounds):
        orders = count()
        for group, arm in enumerate(random.permutation(ARMS)):
            follows = random.random() < 0.5
            for member in random.permutation(ARMS)[:2] if follows else ():
                place: dict[str, Any] = {"round": number, "order": next(orders), "group": group}
                rows += invocation(panel(), str(member), {"construct": 0.2}, **place)
            seconds = 0.1 * np.exp(random.normal(0, 0.03)) * (1 + after * follows)
            place = {"round": number, "order": next(orders)}
            rows += invocation(panel(), str(arm), {"construct": seconds}, **place)
    every = to_invocations(frame(rows))
    return every.chosen(every.group < 0), every


def test_order_without_a_trace_raises_no_warning() -> None:
    alarms = 0
    for seed in range(50):
        finding = of_all(run(np.random.default_rng(seed), rounds=25))
        assert finding is not None
        alarms += bool(order_warnings(finding))
    assert alarms <= 1


def test_heating_up_over_a_round_is_seen(random: np.random.Generator) -> None:
    finding = of_all(run(random, position=0.1))
    assert finding is not None
    assert finding.position_matters
    assert finding.last_to_first_ratio == pytest.approx(1.125, abs=0.03)
    (doubt,) = order_warnings(finding)
    assert doubt.kind == "order"
    assert "the place in a round matters" in doubt.text


def test_trace_of_the_predecessor_is_seen(random: np.random.Generator) -> None:
    finding = of_all(run(random, after=0.08))
    assert finding is not None
    assert finding.predecessor_matters
    assert finding.predecessor_ratio == pytest.approx(1.08, abs=0.03)
    (doubt,) = order_warnings(finding)
    assert "what was measured before matters" in doubt.text


def test_neighbour_on_another_core_is_no_predecessor(random: np.random.Generator) -> None:
    apart = replace(run(random, after=0.08), core=np.tile(np.arange(5), 60))
    finding = of_all(apart)
    assert finding is not None
    assert not finding.predecessor_matters
    together = of_all(replace(apart, core=np.ones(300, dtype=np.int64)))
    assert together is not None
    assert together.predecessor_matters


def test_predecessor_of_a_solo_invocation_after_a_group_is_the_group(
    random: np.random.Generator,
) -> None:
    solo, every = run_with_groups(random, after=0.08)
    finding = order_finding(solo, every)
    assert finding is not None
    assert finding.invocations == 300
    assert finding.predecessor_matters
    assert finding.predecessor_ratio == pytest.approx(1.08, abs=0.03)


def test_groups_that_leave_no_trace_raise_no_warning() -> None:
    alarms = 0
    for seed in range(20):
        solo, every = run_with_groups(np.random.default_rng(seed), after=0.0, rounds=25)
        alarms += bool(order_warnings(order_finding(solo, every)))
    assert alarms <= 1


def test_few_invocations_say_nothing(random: np.random.Generator) -> None:
    assert of_all(run(random, rounds=19)) is None
    assert order_warnings(None) == ()
