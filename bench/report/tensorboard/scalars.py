"""Curves: cost against layers, one run of TensorBoard for each arm and one tag for each phase."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.custom_scalar import metadata as custom_scalar
from tensorboard.plugins.histogram.summary_v2 import histogram_pb

from bench.analysis.samples.distributions import Distribution, WarmUp
from bench.domain.findings.run import Findings
from bench.domain.labels import place_parts
from bench.domain.names import slug
from bench.domain.phases import is_overhead_phase
from bench.report.places import Place, place_of
from bench.report.tensorboard.event_files import EventFile, event_file, strings
from bench.report.views import in_lifecycle_order

SECONDS, RATIO = "seconds", "ratio_to_baseline"
BOUNDS = {SECONDS: "seconds_interval", RATIO: "ratio_interval"}
"""What is drawn against layers, and the group of tags that holds its interval."""


def write_curves(
    findings: Findings,
    distributions: Sequence[Distribution],
    warm_ups: Sequence[WarmUp],
    directory: Path,
) -> None:
    """Write the runs below ``curves``, and the layout of the charts with margins."""
    places = list(dict.fromkeys(place_of(cell) for cell in findings.timed_cells))
    for place in places:
        arms = dict.fromkeys(
            cell.arm for cell in findings.timed_cells if place_of(cell) == place and cell.arm
        )
        for arm in arms:
            run = directory / "curves" / run_name(place, places) / slug(arm)
            with event_file(run, findings) as file:
                _costs(findings, place, arm, file)
                _ratios(findings, place, arm, file)
                _samples(distributions, place, arm, file)
                _warm_ups(warm_ups, place, arm, file)
    if places:
        with event_file(directory / "curves", findings) as file:
            file.summary(_layout(findings))


def run_name(place: Place, places: Sequence[Place]) -> str:
    """The path of a place's runs: a folder for each part of its label."""
    return "/".join(slug(part) for part in place_parts(place, among=places))


def _costs(findings: Findings, place: Place, arm: str, file: EventFile) -> None:
    for cell in findings.timed_cells:
        if place_of(cell) != place or cell.arm != arm or is_overhead_phase(cell.phase):
            continue
        _point(
            file, SECONDS, cell.phase, cell.layers, cell.value, cell.median_low, cell.median_high
        )


def _ratios(findings: Findings, place: Place, arm: str, file: EventFile) -> None:
    for each in findings.timings:
        is_of_arm = place_of(each) == place and each.arm == arm and not each.across
        if is_of_arm and each.ratio is not None:
            _point(
                file, RATIO, each.phase, each.layers, each.ratio, each.ratio_low, each.ratio_high
            )


def _point(
    file: EventFile,
    what: str,
    phase: str,
    layers: int | None,
    value: float,
    low: float | None,
    high: float | None,
) -> None:
    """A value and its bounds; one that the rounds cannot place is left out."""
    file.scalar(f"{what}/{phase}", layers or 0, value)
    for name, bound in (("low", low), ("high", high)):
        if bound is not None:
            file.scalar(f"{BOUNDS[what]}/{phase}/{name}", layers or 0, bound)


def _samples(
    distributions: Sequence[Distribution], place: Place, arm: str, file: EventFile
) -> None:
    for each in distributions:
        if (
            place_of(each.cell) == place
            and each.cell.arm == arm
            and not is_overhead_phase(each.phase)
        ):
            tag = f"samples/{each.phase}"
            file.summary(histogram_pb(tag, each.seconds), each.cell.panel.layers or 0)


def _warm_ups(warm_ups: Sequence[WarmUp], place: Place, arm: str, file: EventFile) -> None:
    for each in warm_ups:
        if place_of(each.cell) == place and each.cell.arm == arm:
            depth = "" if each.cell.panel.layers is None else f"/{each.cell.panel.layers}_layers"
            for iteration, seconds in enumerate(each.seconds):
                file.scalar(f"warm_up/{each.phase}{depth}", iteration, float(seconds))


def _layout(findings: Findings) -> Summary:
    """Charts of every phase, by what they draw, its interval as a margin where there is one."""
    cells = [cell for cell in findings.timed_cells if not is_overhead_phase(cell.phase)]
    layout = layout_pb2.Layout(
        category=[
            layout_pb2.Category(title=title, chart=list(charts))
            for title, charts in (
                (
                    "seconds by layers: median and its 95 % interval",
                    _charts(
                        SECONDS,
                        [cell.phase for cell in cells],
                        {cell.phase for cell in cells if cell.median_low is not None},
                    ),
                ),
                (
                    "times as long as the baseline, by layers, with the intervals of the verdicts",
                    _charts(
                        RATIO,
                        [each.phase for each in findings.timings if each.ratio is not None],
                        {each.phase for each in findings.timings if each.ratio_low is not None},
                    ),
                ),
            )
        ]
    )
    summary = Summary()
    summary.value.add(
        tag=custom_scalar.CONFIG_SUMMARY_TAG,
        metadata=custom_scalar.create_summary_metadata(),
        tensor=strings(layout.SerializeToString()),
    )
    return summary


def _charts(
    what: str, phases: Sequence[str], bounded: Collection[str]
) -> Iterator[layout_pb2.Chart]:
    for phase in in_lifecycle_order(phases):
        value = f"{what}/{phase}"
        if phase in bounded:
            bounds = f"{BOUNDS[what]}/{phase}"
            series = layout_pb2.MarginChartContent.Series(
                value=value, lower=f"{bounds}/low", upper=f"{bounds}/high"
            )
            margin = layout_pb2.MarginChartContent(series=[series])
            yield layout_pb2.Chart(title=phase, margin=margin)
        else:
            lines = layout_pb2.MultilineChartContent(tag=[f"^{value}$"])
            yield layout_pb2.Chart(title=phase, multiline=lines)
