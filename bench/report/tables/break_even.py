"""From how many calls on a device is worth it: where it starts slower, and its calls are faster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bench.domain.findings.costs import BreakEvenFinding
from bench.domain.labels import label
from bench.domain.panel import Setting
from bench.domain.words import pluralise
from bench.report.tables.call_modes import break_even_text
from bench.report.tables.model import Column, Row, Table, cell, name, row
from bench.report.views import Sweep

BREAK_EVEN = "break_even"
"""The kind of the chart that shows the same."""


class Worth(NamedTuple):
    """An arm on several devices: after how many calls each has cost no more than the ``first``.

    ``place`` has no batch size and no environment. The findings are by device, batch size and
    depth; ``devices`` are the environments other than the first.
    """

    place: Setting
    arm: str
    first: str
    found: Mapping[tuple[str, int | None, int | None], BreakEvenFinding]

    @property
    def series(self) -> list[tuple[str, int | None]]:
        """Devices with batch sizes, each with findings at one depth or more."""
        return list(dict.fromkeys((device, batch) for device, batch, _ in self.found))

    @property
    def depths(self) -> list[int | None]:
        """All depths, the shallowest first."""
        return sorted({depth for *_, depth in self.found}, key=lambda depth: depth or 0)

    def heading(self) -> str:
        """The scenario, the architecture and the arm, in a line."""
        return label(self.place, self.arm)


def worth(found: Iterable[Sweep]) -> list[Worth]:
    """What ``found`` say about arms on several devices, those of all batch sizes together."""
    groups: dict[tuple[Setting, str], list[Sweep]] = {}
    for sweep in found:
        if sweep.place.of_arm is not None and sweep.break_even:
            place = sweep.place.setting.model_copy(update={"batch": None})
            groups.setdefault((place, sweep.place.of_arm), []).append(sweep)
    return [
        Worth(
            place,
            arm,
            sweeps[0].baseline,
            {
                (each.arm, each.batch, each.layers): each
                for sweep in sweeps
                for each in sweep.break_even
            },
        )
        for (place, arm), sweeps in groups.items()
    ]


def break_even_tables(found: Iterable[Sweep]) -> Iterator[Table]:
    """A table for each arm on several devices: a row for each of these and each batch size."""
    for each in worth(found):
        heads = (pluralise(depth, "layer") if depth else "" for depth in each.depths)
        columns = (
            Column("environment"),
            Column("batch"),
            *(Column(head, wrap="never") for head in heads),
        )
        title = f"{each.heading()}: calls after which it has cost no more than on {each.first}"
        yield Table(title, columns, tuple(_rows(each, each.depths)))


def _rows(found: Worth, depths: Sequence[int | None]) -> Iterator[Row]:
    for device, batch in found.series:
        items = (found.found.get((device, batch, depth)) for depth in depths)
        texts = ("" if item is None else break_even_text(item) for item in items)
        yield row((name(device), cell("" if batch is None else str(batch)), *map(cell, texts)))
