"""What a calibration shows: false alarms of each rule, and what the suite finds round by round."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes

from bench.analysis.calibration.findings import SUITE, CalibrationFindings
from bench.domain.words import pluralise
from bench.report.charts.layout.context import provenance
from bench.report.charts.layout.files import save_chart
from bench.report.charts.layout.page import Chart, ChartPage, text_width
from bench.report.charts.layout.style import BODY, INK, NOTE, SMALL, STYLES, drawing

_BAR, _HEIGHT, _WIDTH, _GAP = 0.3, 2.2, 3.1, 0.9
_RULE_COLOR, _SUITE_COLOR = STYLES["incremental"].color, STYLES["inline"].color
_LINES = ("#56b4e9", "#029e73", "#de8f05", "#0173b2")


def draw_calibration(findings: CalibrationFindings, directory: Path) -> list[Path]:
    """Write the chart of ``findings`` into ``directory``, as PNG and SVG."""
    with drawing():
        chart = calibration_chart(findings)
    return save_chart(chart, directory, chart.kind)


def calibration_chart(findings: CalibrationFindings) -> Chart:
    """Left: equal work called different, by rule. Right: slowed work found, by round.

    Without common rules to stand beside the suite there is no left: the title says it all.
    """
    title = _title(findings)
    left = 0.15 + max(text_width(each.rule, BODY) for each in findings.rates)
    past_alarms, width = (left + _WIDTH + _GAP, _WIDTH) if findings.blocks else (0.6, 2 * _WIDTH)
    sheet = ChartPage(
        0.9 + past_alarms + width,
        _HEIGHT + 0.75,
        title=title,
        subtitle=(
            f"{findings.experiments} experiments, "
            f"{pluralise(findings.replicates, 'replicate')} of each arm a round"
        ),
        notes=(
            _what_is_shown(findings),
            provenance(findings.environment, findings.rounds, findings.run),
        ),
    )
    if findings.blocks:
        _alarms(sheet.axes(left, 0.22, _WIDTH, _HEIGHT), findings)
    _power(sheet.axes(past_alarms, 0.22, width, _HEIGHT), findings)
    return Chart("calibration", title, sheet.figure)


def _what_is_shown(findings: CalibrationFindings) -> str:
    equal = f"{findings.equal.comparisons} comparisons of equal work over all phases by the suite"
    power = (
        "experiments that had called construct slower at any look by each round, "
        "by how much it was slowed."
    )
    if not findings.blocks:
        return f"Title: {equal}. Lines: {power}"
    blocks = max(rule.comparisons for rule in findings.blocks if not rule.injected)
    return (
        f"Left: {equal}; {blocks} of construct by each common rule, in one process, "
        f"{findings.samples} samples of one arm and then of the other. Right: {power}"
    )


def _title(findings: CalibrationFindings) -> str:
    work = findings.equal
    suite, *rules = findings.rates
    worst = max((each.different for each in rules), default=None)
    answer = (
        f"Of equal work the suite calls {100 * suite.different:.1f} % different"
        if work.slower + work.faster
        else "The suite calls no equal work different"
    )
    return answer if worst is None else f"{answer}, common rules up to {100 * worst:.1f} %"


def _alarms(axes: Axes, findings: CalibrationFindings) -> None:
    rates = [(each.rule, each.different) for each in findings.rates]
    for row, (name, rate) in enumerate(rates):
        color = _SUITE_COLOR if name == SUITE else _RULE_COLOR
        axes.barh([row], [100 * rate], color=color, height=0.55)
        # Beside the bar, and clear of the line at 5 %.
        axes.text(max(100 * rate, 5) + 1.5, row, f"{100 * rate:.1f} %", size=SMALL, va="center")
    axes.set_yticks(range(len(rates)), [name for name, _ in rates])
    axes.tick_params(axis="y", labelsize=BODY)
    axes.set_ylim(len(rates) - 0.5, -0.85)
    axes.set_xlim(0, 100)
    axes.axvline(5, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
    axes.text(6.5, -0.6, "5 %, what is allowed", size=SMALL, color=NOTE, va="center")
    axes.grid(visible=False, axis="y")
    axes.set_title("Equal work called different")
    axes.set_xlabel("comparisons (%)")


def _power(axes: Axes, findings: CalibrationFindings) -> None:
    rounds = range(1, findings.rounds + 1)
    ends: dict[float, list[tuple[str, str]]] = {}
    slowed = [work for work in findings.injected if work.injected]
    for color, work in zip(_LINES, slowed, strict=False):
        found = [100 * count / work.comparisons for count in work.found_by_round]
        axes.step(rounds, found, where="post", color=color, linewidth=1.6)
        ends.setdefault(found[-1], []).append((f"{100 * work.injected:g} %", color))
    for height, lines in ends.items():
        axes.annotate(
            ", ".join(name for name, _ in lines),
            (findings.rounds, height),
            xytext=(4, 0),
            textcoords="offset points",
            color=lines[0][1] if len(lines) == 1 else INK,
            size=SMALL,
            va="center",
        )
    axes.set_ylim(-3, 103)
    axes.set_xlim(1, findings.rounds)
    axes.set_title("Slowed work found")
    axes.set_xlabel("rounds")
    axes.set_ylabel("experiments (%)")
