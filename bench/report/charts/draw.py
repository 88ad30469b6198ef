"""Charts of findings, one kind per file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from bench.domain.findings.run import Findings
from bench.domain.labels import place_slug
from bench.report.charts.break_even import break_even_chart
from bench.report.charts.call_modes import call_modes_chart
from bench.report.charts.environments import environments_chart
from bench.report.charts.forest import ratios_chart
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.files import FORMATS, save_chart
from bench.report.charts.layout.page import Chart
from bench.report.charts.layout.style import arm_styles, drawing
from bench.report.charts.lifecycle import lifecycle_chart
from bench.report.charts.memory import memory_chart
from bench.report.charts.memory_growth import memory_growth_chart
from bench.report.charts.scaling import cost_chart
from bench.report.charts.single_depth import points_chart
from bench.report.places import place_of
from bench.report.tables.break_even import worth
from bench.report.views import Sweep, baseline_call_modes, side_by_side, sweeps

Kind = Callable[[Sweep, Context], Chart | None]

KINDS: Sequence[Kind] = (
    cost_chart,
    points_chart,
    ratios_chart,
    lifecycle_chart,
    memory_chart,
    memory_growth_chart,
)
"""Each takes a sweep and a context, and draws nothing where the sweep has nothing for it."""


Complain = Callable[[str], None]
"""Is told in a line of each picture that could not be drawn."""


def complain(line: str) -> None:
    """Print ``line`` on standard error."""
    sys.stderr.write(f"bench: {line}\n")


def draw_charts(
    findings: Findings,
    directory: Path,
    formats: Sequence[str] = FORMATS,
    lost: Complain = complain,
) -> list[Path]:
    """Draw every chart of a run into ``directory`` and return the files written.

    ``directory`` is made if it is missing; files of the same names are replaced. ``formats`` are
    endings that matplotlib writes. The same findings give files that are equal byte for byte. A
    run without a finished round has no charts. A chart that cannot be drawn is left out, and
    ``lost`` is told why.
    """
    directory.mkdir(parents=True, exist_ok=True)
    drawings = list(_drawings(findings))
    if not drawings:
        return []
    # Drawing takes a second a chart. Forked helpers have everything imported already.
    helpers = min(len(os.sched_getaffinity(0)), len(drawings))
    draw = partial(_draw, directory=directory, formats=formats)
    written: list[Path] = []
    with _helpers(helpers) as carry_out:
        try:
            for paths, failed in carry_out(draw, drawings):
                written += paths
                if failed:
                    lost(failed)
        except BrokenProcessPool as error:
            lost(f"the rest of the charts is not drawn: {error}")
    return written


@contextmanager
def _helpers(count: int) -> Iterator[Callable[..., Iterable[_Drawn]]]:
    """What maps drawings side by side; one after the other where processes cannot share queues."""
    try:
        pool = ProcessPoolExecutor(count, mp_context=get_context("fork"))
    except (OSError, ImportError):
        # They take semaphores, which some containers lack with /dev/shm.
        yield map
        return
    with pool:
        yield pool.map


_Drawn = tuple[list[Path], "str | None"]
"""The files of a drawing, and what failed of it."""


class _Drawing(NamedTuple):
    """One chart to be drawn, if there is anything to draw, into files that begin with ``name``."""

    name: str
    draw: Callable[[], Chart | None]


def _drawings(findings: Findings) -> Iterator[_Drawing]:
    found = [sweep for sweep in sweeps(findings) if sweep.cells]
    context = Context(findings, arm_styles(findings))
    for sweep in found:
        name = place_slug(sweep.place, among=[other.place for other in found])
        for kind in KINDS:
            yield _Drawing(name, partial(kind, sweep, context))
    for together in side_by_side(found):
        name = place_slug(together[0].place.everywhere, among=[each.place for each in found])
        yield _Drawing(name, partial(environments_chart, together, context))
    for each in worth(found):
        name = place_slug(each.place, each.arm, among=[other.place for other in found])
        yield _Drawing(name, partial(break_even_chart, each, context))
    ways = baseline_call_modes(findings)
    places = [place_of(each) for each in ways]
    for place in dict.fromkeys(places):
        mine = [each for each, other in zip(ways, places, strict=True) if other == place]
        yield _Drawing(place_slug(place, among=places), partial(call_modes_chart, mine, context))


def _draw(
    planned: _Drawing, directory: Path, formats: Sequence[str]
) -> tuple[list[Path], str | None]:
    """The files written, none where the sweep has nothing for this kind of chart; or what failed.

    Whatever goes wrong with one picture is no reason to lose the others.
    """
    try:
        with drawing():
            chart = planned.draw()
        if chart is None:
            return [], None
        return save_chart(chart, directory, f"{planned.name}-{chart.kind}", formats), None
    except OSError:
        raise
    except Exception as error:
        what = getattr(planned.draw, "func", planned.draw).__name__.replace("_", " ")
        return [], f"the {what} of {planned.name} is not drawn: {type(error).__name__}: {error}"
