"""One finding in several environments: ratios to the baseline, environment by environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matplotlib.axes import Axes

from bench.domain.findings.comparisons import ComparisonFinding
from bench.report.charts.layout.axes import ticks, upright_ratio_axis
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.page import Chart, ChartPage, text_width
from bench.report.charts.layout.style import BODY, NOTE
from bench.report.tables.environments import ENVIRONMENTS
from bench.report.text.formatting import at_layers, ratio
from bench.report.views import Sweep

_HEIGHT, _STEP, _GAP = 2.6, 0.85, 0.9
_NOTE = (
    "Points: median over rounds of the ratio to the baseline of the same environment in the same "
    "round; lines: intervals that hold together with {confidence:g} % confidence. Hollow points "
    "are unresolved."
)


def environments_chart(sweeps: Sequence[Sweep], context: Context) -> Chart | None:
    """The ratio of each arm in each of ``sweeps``, which are one setting in several environments.

    A panel for each phase that the scenario is about, at the deepest that was compared. None where
    nothing was compared.
    """
    first = sweeps[0]
    compared = [arm for arm in first.arms[1:] if arm not in first.placebos]
    phases = [
        phase
        for phase in first.headline_phases
        if any(_shown(sweep, arm, phase) for sweep in sweeps for arm in compared)
    ]
    if not phases:
        return None
    headings = [f"{phase}{at_layers(first.deepest_compared(phase))}" for phase in phases]
    names = [sweep.place.environment or "" for sweep in sweeps]
    step = max(_STEP, 0.2 + max(text_width(each, BODY) for each in names))
    width = max(step * len(names), *(text_width(each, BODY + 1, bold=True) for each in headings))
    arms = [
        arm
        for arm in compared
        if any(_shown(sweep, arm, phase) for sweep in sweeps for phase in phases)
    ]
    title = _title(sweeps, arms, phases[0])
    sheet = ChartPage(
        max(0.6 + (width + _GAP) * len(phases), 5.0),
        _HEIGHT + 0.75,
        title=title,
        subtitle=context.subtitle(replace(first, place=first.place.everywhere)),
        notes=context.notes(sweeps, _NOTE.format(confidence=100 * context.findings.confidence)),
        handles=context.legend(arms),
    )
    for number, phase in enumerate(phases):
        axes = sheet.axes(0.6 + number * (width + _GAP), 0.25, width, _HEIGHT)
        axes.set_title(headings[number])
        axes.set_ylabel(f"time relative to {context.styles[first.baseline].name}")
        _draw(axes, sweeps, arms, phase, context)
        ticks(axes.xaxis, [float(place) for place in range(len(names))], names)
    return Chart(ENVIRONMENTS, title, sheet.figure)


def _shown(sweep: Sweep, arm: str, phase: str) -> ComparisonFinding | None:
    found = sweep.comparison(arm, sweep.deepest_compared(phase), phase)
    is_meant = found is not None and found.headline and found.ratio is not None
    return found if is_meant else None


def _draw(
    axes: Axes, sweeps: Sequence[Sweep], arms: Sequence[str], phase: str, context: Context
) -> None:
    axes.axhline(1, color=NOTE, linewidth=0.8, zorder=1)
    values = [1.0]
    for number, arm in enumerate(arms):
        look = context.styles[arm].look
        shift = 0.12 * (number - (len(arms) - 1) / 2)
        for place, sweep in enumerate(sweeps):
            found = _shown(sweep, arm, phase)
            if found is None or found.ratio is None:
                continue
            low, high = found.ratio_low or found.ratio, found.ratio_high or found.ratio
            values += [low, high]
            axes.plot([place + shift] * 2, [low, high], color=look.color, linewidth=1.6)
            is_open = found.verdict == "unresolved"
            axes.plot(
                [place + shift],
                [found.ratio],
                linestyle="none",
                marker=look.marker,
                color=look.color,
                markerfacecolor="white" if is_open else look.color,
                markersize=6,
            )
    upright_ratio_axis(axes, min(values) / 1.05, max(values) * 1.05, _HEIGHT)
    axes.set_xlim(-0.5, len(sweeps) - 0.5)
    axes.grid(visible=False, axis="x")


def _title(sweeps: Sequence[Sweep], arms: Sequence[str], phase: str) -> str:
    """The arm whose ratio changes most from one environment to another, and where it is what."""
    changes = []
    for arm in arms:
        found = [(sweep, item) for sweep in sweeps if (item := _shown(sweep, arm, phase))]
        ratios = [item.ratio for _, item in found if item.ratio]
        if len(ratios) > 1:
            changes.append((max(ratios) / min(ratios), arm, found))
    if not changes:
        return f"{phase} in each environment"
    _, arm, found = max(changes, key=lambda each: each[0])
    (first, item), *others = found
    further = [f", {ratio(it.ratio or 1)} in {sweep.place.environment}" for sweep, it in others]
    return (
        f"To {phase}{at_layers(first.deepest_compared(phase))}, {arm} takes "
        f"{ratio(item.ratio or 1)} times as long as {first.baseline} in {first.place.environment}"
        f"{''.join(further)}"
    )
