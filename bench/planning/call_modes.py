"""Which call modes are measured: those asked for, or those that scenarios declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.domain.phases import call_modes_of, natural_call_mode
from bench.domain.scenario import Scenario
from bench.domain.words import listing
from bench.planning import registry


def measured_call_modes(
    scenario: Scenario, asked: Sequence[str] | None, backends: Sequence[str]
) -> Sequence[str]:
    """How the models of ``scenario`` are called on ``backends``, each call mode once.

    What is ``asked`` for must be known, else this raises ``UnknownName``. Of what the scenario
    declares, the natural call mode of the backends takes the place of those that they lack.
    """
    if asked:
        return [registry.known_call_mode(each, backends) for each in asked]
    return list(dict.fromkeys(_had(each, backends) for each in scenario.call_modes))


def replaced_call_modes(
    scenarios: Mapping[str, Scenario], asked: Sequence[str] | None, backends: Sequence[str]
) -> list[str]:
    """Which call modes of ``scenarios`` ``backends`` lack, and what takes their place, in words.

    Without scenarios, arms are compared as scenarios are that declare nothing.
    """
    if asked:
        return []
    called = [each.call_modes for each in scenarios.values() if each.lifecycle is None]
    declared = [mode for modes in called for mode in modes] if scenarios else Scenario.call_modes
    lacked = {mode: _had(mode, backends) for mode in declared}
    has_no = "have no common" if len(backends) > 1 else "has no"
    return [
        f"{listing(backends)} {has_no} call mode {mode!r}: models are called in {had!r}"
        for mode, had in lacked.items()
        if had != mode
    ]


def _had(call_mode: str, backends: Sequence[str]) -> str:
    """``call_mode``, or the natural one of ``backends`` where they have no such."""
    return call_mode if call_mode in call_modes_of(*backends) else natural_call_mode(*backends)
