"""How panels and cells are shown, and what files are named after them: one rule for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from bench.domain.names import slug
from bench.domain.panel import DEFAULT_ENVIRONMENT, FACTORS, Cell
from bench.domain.words import pluralise


class HasFactors(Protocol):
    """What has factors: a panel, a setting, or a finding about one."""

    @property
    def scenario(self) -> str:
        """The name of the scenario."""

    @property
    def architecture(self) -> str | None:
        """The name of the architecture, where there is one."""


def label(place: HasFactors, *more: str | None, among: Iterable[HasFactors] = ()) -> str:
    """How ``place``, and ``more`` of it such as an arm, is shown: ``restore · mlp · 16 layers``.

    It gives the scenario, the architecture and every other factor that varies ``among`` the places
    it is shown with; every factor where there are none.
    """
    parts = [_shown(name, value) for name, value in _factors(place, among)]
    return " · ".join([*parts, *(each for each in more if each)])


def distinction(place: HasFactors, among: Iterable[HasFactors]) -> str:
    """What of its ``label`` tells ``place`` from the others ``among`` which it is shown.

    The label itself where nothing does.
    """
    places = list(among)
    varying = [
        _shown(name, value)
        for name, value in _factors(place, places)
        if len({getattr(other, name, None) for other in places}) > 1
    ]
    return " · ".join(varying) or label(place, among=places)


def _shown(name: str, value: str | int) -> str:
    if name == "layers" and isinstance(value, int):
        return pluralise(value, "layer")
    return f"batches of {value}" if name == "batch" else str(value)


def place_parts(
    place: HasFactors, *more: str | None, among: Iterable[HasFactors] = ()
) -> list[str]:
    """The parts of ``label``, each as it was given."""
    parts = [str(value) for _, value in _factors(place, among)]
    return [*parts, *(each for each in more if each)]


def place_slug(place: HasFactors, *more: str | None, among: Iterable[HasFactors] = ()) -> str:
    """The slug of the parts of ``label``; slugs sort by place, and depths as numbers do."""
    places = list(among)
    parts = []
    for name, value in _factors(place, places):
        if isinstance(value, int):
            digits = len(str(max((getattr(each, name, None) or 0 for each in places), default=0)))
            parts.append(f"{value:0{digits}d}")
        else:
            parts.append(value)
    return slug(*parts, *more)


def log_name(number: int, cell: Cell, replicate: int, among: Iterable[HasFactors]) -> str:
    """What the file is called with what an invocation of ``cell`` in round ``number`` printed."""
    where = None if cell.environment == DEFAULT_ENVIRONMENT else cell.environment
    named = place_slug(cell.panel, where, cell.arm, str(replicate), among=among)
    return f"round-{number:04d}-{named}"


def _factors(place: HasFactors, among: Iterable[HasFactors]) -> Iterator[tuple[str, str | int]]:
    """The factors that name ``place``, with their values."""
    places = list(among)
    for name in (*FACTORS, "environment", "of_arm"):
        value: str | int | None = getattr(place, name, None)
        if name not in ("scenario", "architecture"):
            varies = len({getattr(other, name, None) for other in places}) > 1
            if places and not varies:
                continue
            if not varies and value == DEFAULT_ENVIRONMENT:
                continue
        if value is None or (name == "call_mode" and value == place.scenario):
            # A lifecycle that a scenario declares has the scenario's name.
            continue
        yield name, value
