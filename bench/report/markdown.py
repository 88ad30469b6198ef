"""The answers as Markdown, for README and docs: made from findings, so that they cannot part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bench.analysis.calibration.trials import CalibrationFindings
from bench.domain.findings.run import Findings
from bench.report.tables.calibration import rule_rates
from bench.report.tables.call_modes import call_mode_markdown
from bench.report.tables.lifecycle import lifecycle_markdown
from bench.report.text.formatting import (
    CONTROLS_FAILED,
    GROWS,
    NBSP,
    duration,
    mark,
    ratio,
    ratio_interval,
)
from bench.report.text.sentences import answer
from bench.report.views import Sweep, sweeps


class NoSuchBlock(ValueError):
    """A text without the pair of comments that a block is to be written between."""


_PICTURED = {
    "call_modes.png": "What calling a model costs all told, against the number of calls",
    "cost.png": "Time of each phase against layers, one line per arm",
    "ratios.png": "Time of each arm relative to the baseline, with intervals",
    "series.png": "Memory added and time taken by one call after another, a line per arm",
}
"""What a chart shows, for readers that do not see it, by the end of its file's name."""


def summary(findings: Findings, charts: str, picture: str) -> str:
    """The answer, its chart, a table and where the numbers come from, as Markdown.

    ``charts`` is the address of the folder of the run's charts; ``picture`` names the one shown.
    """
    return "\n\n".join(_parts(findings, charts, picture)).replace(NBSP, " ") + "\n"


def with_block(text: str, name: str, content: str) -> str:
    """``text`` with ``content`` between the comments ``<!-- NAME -->`` and ``<!-- /NAME -->``.

    Raises ``NoSuchBlock`` when they are not in it.
    """
    pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise NoSuchBlock(f"there is no <!-- {name} --> … <!-- /{name} --> to write between")
    return pattern.sub(lambda match: match.group(1) + content + match.group(2), text)


def _parts(findings: Findings, charts: str, picture: str) -> Iterator[str]:
    yield from _answers(findings)
    yield f"![{_PICTURED[picture.rpartition('-')[2]]}]({charts}/{picture})"
    yield from _evidence(findings)


def verdicts(findings: Findings) -> str:
    """The answers, their tables and where the numbers come from, as Markdown without a chart."""
    return "\n\n".join((*_answers(findings), *_evidence(findings))).replace(NBSP, " ")


def _answers(findings: Findings) -> Iterator[str]:
    if not findings.controls_passed:
        yield f"**{CONTROLS_FAILED}**"
    for sweep in _compared(findings):
        name = sweep.place.architecture or sweep.place.scenario
        for phase in sweep.headline_phases:
            told = answer(sweep, phase, findings.margin)
            if told:
                yield f"**{name}, {phase}:** {told}"


def _evidence(findings: Findings) -> Iterator[str]:
    for sweep in _compared(findings):
        yield _table(sweep)
        yield from lifecycle_markdown(sweep, findings)
    yield from call_mode_markdown(findings)
    yield _source(findings)


def _compared(findings: Findings) -> list[Sweep]:
    """What was measured of more than a baseline and its placebo."""
    found = [sweep for sweep in sweeps(findings) if sweep.cells]
    return [sweep for sweep in found if set(sweep.arms) - sweep.placebos != {sweep.baseline}]


def _table(sweep: Sweep) -> str:
    """The headline ratios of each arm, and how its time grows."""
    name = sweep.place.architecture or sweep.place.scenario
    depths = [f"{depth} layers" if depth else "" for depth in sweep.depths]
    swept = len(sweep.depths) > 1
    head = [name, "phase", *depths, *(["growth"] if swept else [])]
    rows = [head, ["---", "---", *["---:" for _ in depths], *(["---"] if swept else [])]]
    places = [(arm, phase) for arm in sweep.arms for phase in sweep.headlines(arm)]
    for arm, phase in places:
        cells = [_cell(sweep, arm, depth, phase) for depth in sweep.depths]
        fit = sweep.growth(arm, phase)
        growth = GROWS.get(fit.growth, "unresolved") if fit else ""
        rows.append([f"`{arm}`", phase, *cells, *([growth] if swept else [])])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(sweep: Sweep, arm: str, depth: int | None, phase: str) -> str:
    comparison = sweep.comparison(arm, depth, phase)
    if comparison is None:
        cell = sweep.cell(arm, depth, phase)
        return duration(cell.value) if cell else "not measured"
    if comparison.ratio is None:
        return "not measured"
    verdict = comparison.verdict if comparison.verdict != "unresolved" else mark(comparison)
    return f"{ratio(comparison.ratio)} × {ratio_interval(comparison)} {verdict}"


def _source(findings: Findings) -> str:
    known: Mapping[str, object] = findings.environment
    rounds = f"{findings.rounds} rounds"
    if findings.status != "complete":
        rounds += f" ({findings.status})"
    placebo = findings.noise.placebo_comparisons
    machine = f"{known.get('cpu_count')} cores ({known.get('cpu')}), {known.get('platform')}"
    told = (
        f"Ratios to the baseline with intervals that hold together at "
        f"{100 * findings.confidence:g} % over {findings.family_size} comparisons; `?` is "
        f"unresolved. "
    )
    return (
        f"{told if findings.family_size else ''}Run `{findings.run}`: {rounds}, TensorFlow "
        f"{known.get('tensorflow')}, Keras {known.get('keras')}, Python {known.get('python')}, "
        f"{machine}, {known.get('date')}; placebo: {findings.noise.placebo_false_alarms} false "
        f"alarms in {placebo} comparison{'' if placebo == 1 else 's'}."
    )


def calibration_summary(findings: CalibrationFindings, charts: str) -> str:
    """What a calibration shows, as Markdown; ``charts`` is the address of its charts' folder."""
    work = findings.equal
    each = f"{findings.replicates} replicate{'s' * (findings.replicates != 1)}"
    lines = [
        f"Run `{findings.run}`: {findings.experiments} experiments of {findings.rounds} rounds, "
        f"{each} of every arm a round. Of {work.comparisons} comparisons of equal work "
        f"{work.slower + work.faster} are called different at the end and {work.ever_claimed} at "
        f"any look; {work.experiments_with_claims} of {findings.experiments} experiments claim "
        f"anything.",
        "",
        f"![Equal work called different, and slowed work found]({charts}/calibration.png)",
        "",
        "| slowed by | seen as | slower | faster | equivalent | unresolved | misses | half by |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for slowed in findings.injected:
        counts = (
            *(slowed.slower, slowed.faster, slowed.equivalent, slowed.unresolved),
            slowed.missed,
        )
        lines.append(
            f"| {100 * slowed.injected:g} % | {ratio(slowed.ratio)} | "
            f"{' | '.join(str(count) for count in counts)} | {slowed.rounds_to_find or '-'} |"
        )
    if findings.blocks:
        lines += [
            "",
            f"The common way on the same machine, {findings.samples} samples of one arm and then "
            "of the other in one process:",
            "",
            "| rule | equal work called different | 10 % slower found |",
            "| --- | ---: | ---: |",
        ]
    for rule, alarms, found in rule_rates(findings.blocks):
        power = "" if found is None else f"{100 * found:.0f} %"
        lines.append(f"| {rule} | {100 * alarms:.1f} % | {power} |")
    return "\n".join(lines) + "\n"
