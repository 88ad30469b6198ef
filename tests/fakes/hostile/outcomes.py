"""Builders that have their process say of itself what cannot be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from bench.domain.findings.evidence import GrowthOutcome
from bench.domain.findings.timing import Span, TimingOutcome
from tests.fakes.framework import Model
from tests.fakes.hostile.behaving import behaves


def _says(change: Callable[[TimingOutcome], object]) -> None:
    """Have ``change`` made to what is recorded, when it is asked for."""
    recorder = sys.modules["bench.worker.instruments.recorder"].__dict__["Recorder"]
    outcome = recorder.outcome
    recorder.outcome = lambda self: change(outcome(self))


def _says_of(phase: str, /, **meters: Any) -> None:
    def change(outcome: TimingOutcome) -> TimingOutcome:
        spans = (each._replace(**meters) if each.phase == phase else each for each in outcome.spans)
        return TimingOutcome(outcome.began_ns, tuple(spans))

    _says(change)


def says_nothing(layers: Iterable[Any]) -> Model:
    _says(lambda outcome: TimingOutcome(outcome.began_ns, ()))
    return behaves(layers)


def says_no_construct(layers: Iterable[Any]) -> Model:
    kept = ("runtime", "build", "compile", "invocation")
    _says(
        lambda outcome: TimingOutcome(
            outcome.began_ns, tuple(each for each in outcome.spans if each.phase in kept)
        )
    )
    return behaves(layers)


def says_it_twice(layers: Iterable[Any]) -> Model:
    _says(lambda outcome: TimingOutcome(outcome.began_ns, outcome.spans * 2))
    return behaves(layers)


def says_it_backwards(layers: Iterable[Any]) -> Model:
    _says(lambda outcome: TimingOutcome(outcome.began_ns, outcome.spans[::-1]))
    return behaves(layers)


def says_a_time_below_nothing(layers: Iterable[Any]) -> Model:
    _says_of("construct", wall_ns=-5)
    return behaves(layers)


def says_a_time_of_years(layers: Iterable[Any]) -> Model:
    _says_of("construct", wall_ns=2**61)
    return behaves(layers)


def says_a_time_beyond_numbers(layers: Iterable[Any]) -> Model:
    _says_of("construct", wall_ns=2**70)
    return behaves(layers)


def says_a_word_for_a_time(layers: Iterable[Any]) -> Model:
    _says_of("construct", wall_ns="short")
    return behaves(layers)


def says_no_time(layers: Iterable[Any]) -> Model:
    _says_of("construct", wall_ns=None)
    return behaves(layers)


def says_that_nothing_was_to_do(layers: Iterable[Any]) -> Model:
    _says_of("construct", status="nothing_to_do", wall_ns=None)
    return behaves(layers)


def says_a_strange_status(layers: Iterable[Any]) -> Model:
    _says_of("construct", status="splendid")
    return behaves(layers)


def says_a_strange_phase(layers: Iterable[Any]) -> Model:
    _says_of("construct", phase="a" * 10**6)
    return behaves(layers)


def says_what_another_pass_says(layers: Iterable[Any]) -> Model:
    _says(lambda outcome: GrowthOutcome((), {}))
    return behaves(layers)


def says_more_than_a_list(layers: Iterable[Any]) -> Model:
    channel = sys.modules["bench.worker.wire.channel"].__dict__
    channel["_write"] = lambda _: "[" * 10**5
    return behaves(layers)


def says_calls_that_were_not_made(layers: Iterable[Any]) -> Model:
    one = Span("inference", "ok", iteration=99, start_ns=0, wall_ns=1, cpu_ns=1)
    _says(lambda outcome: TimingOutcome(outcome.began_ns, (*outcome.spans, one)))
    return behaves(layers)
