"""What findings say of where calls become steady."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.domain.findings.run import Findings
from tests.analysis.sample_tables import frame, invocation, panel, panels
from tests.analysis.simulated_runs import concluded, family

Series = Callable[[np.random.Generator], list[float]]


def findings_of(series: Series, rounds: int = 20) -> Findings:
    random = np.random.default_rng(7)
    rows = []
    for number in range(rounds):
        for order, arm in enumerate(("inline", "placebo")):
            calls = {"inference": [each * 1e-3 for each in series(random)]}
            rows += invocation(
                panel(16), arm, {"construct": 0.1}, round=number, order=order, calls=calls
            )
    return concluded(frame(rows), family(["inline", "placebo"], panels(16)))


def jittered(random: np.random.Generator, *levels: float) -> list[float]:
    return list(np.array(levels) * np.exp(random.normal(0, 0.01, len(levels))))


def test_warm_ups_are_counted_with_what_they_cost() -> None:
    findings = findings_of(lambda random: jittered(random, *[3.0] * 5, *[1.0] * 25))
    for steady in findings.steady:
        assert (steady.phase, steady.flat, steady.warm_up) == ("inference", 0, 20)
        assert steady.calls_before == 5
        assert steady.seconds_before is not None
        assert 0.0148 < steady.seconds_before < 0.0152
    assert [steady.arm for steady in findings.steady] == ["inline", "placebo"]
    (phase,) = findings.steady_phases
    assert (phase.phase, phase.invocations, phase.warm_up) == ("inference", 40, 40)
    assert phase.calls_before == 5
    assert not any(doubt.kind == "no_steady_state" for doubt in findings.warnings)


def test_flat_calls_need_nothing() -> None:
    findings = findings_of(lambda random: jittered(random, *[1.0] * 30))
    assert sum(steady.flat for steady in findings.steady) >= 38
    assert not any(doubt.kind == "no_steady_state" for doubt in findings.warnings)


def test_many_invocations_without_a_steady_state_are_a_warning() -> None:
    findings = findings_of(lambda random: jittered(random, *[1.0] * 26, *[2.0] * 4))
    (doubt,) = (doubt for doubt in findings.warnings if doubt.kind == "no_steady_state")
    assert "inference reaches no steady state in 40 of 40 invocations" in doubt.text
    assert all(steady.calls_before is None for steady in findings.steady)
    assert [each.calls_before for each in findings.steady_phases] == [None]
