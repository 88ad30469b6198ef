"""What every chart of a run shares: arm styles, and the words above and below the panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.lines import Line2D

from bench.domain.findings.run import Findings
from bench.domain.words import listing, pluralise
from bench.report.charts.layout.style import ArmStyles
from bench.report.text.formatting import CONTROLS_FAILED, VERSIONS, at_depths
from bench.report.text.joint import joint_claim_about
from bench.report.text.versions import known_environment
from bench.report.views import Sweep


@dataclass(frozen=True)
class Context:
    """A run's findings and the style of its arms."""

    findings: Findings
    styles: ArmStyles

    def subtitle(self, sweep: Sweep) -> str:
        """The factors of every panel of the chart, after a note where the controls failed."""
        factors = sweep.place.text()
        return (
            factors if self.findings.controls_passed else f"{CONTROLS_FAILED.upper()} · {factors}"
        )

    def subtitle_of_times(self, sweep: Sweep) -> str:
        """``subtitle``, and that no time of the chart but those of the title differs, if so."""
        claim = joint_claim_about(
            self.findings, sweep.place.setting, across=sweep.place.of_arm is not None
        )
        return " · ".join(part for part in (self.subtitle(sweep), claim) if part)

    def notes(self, sweeps: Sequence[Sweep], *notes: str) -> tuple[str, ...]:
        """What stands below the panels: how to read them, what is missing, where it is from.

        The chart shows ``sweeps``, which are of several environments if they are more than one.
        """
        places: dict[str, list[str]] = {}
        for sweep in sweeps:
            for phrase in _missing(sweep):
                places.setdefault(phrase, []).append(sweep.place.environment or "")
        phrases = [
            phrase if len(found) == len(sweeps) else f"{phrase} in {listing(found)}"
            for phrase, found in places.items()
        ]
        absent = (f"Not measured, or not in every round: {'; '.join(phrases)}.",) if phrases else ()
        return (*notes, *absent, self.source())

    def source(self) -> str:
        """Where the numbers are from."""
        found = self.findings
        return provenance(known_environment(found), found.rounds, found.run)

    def legend(self, arms: Sequence[str]) -> list[Line2D]:
        """One entry per arm, with its colour, marker and line."""
        return [
            Line2D(
                [],
                [],
                color=self.styles[arm].look.color,
                marker=self.styles[arm].look.marker,
                linestyle=self.styles[arm].look.line,
                linewidth=1.4,
                markersize=5,
                label=self.styles[arm].name,
            )
            for arm in arms
        ]


def _missing(sweep: Sweep) -> list[str]:
    """The arms that were not measured in every round, at which depths, and how they failed."""
    missing: dict[tuple[str, str], set[int]] = {}
    for failure in sweep.failures:
        depths = missing.setdefault((failure.arm, failure.kind.replace("_", " ")), set())
        if failure.layers is not None:
            depths.add(failure.layers)
    return [f"{arm}{at_depths(sorted(depths))} ({kind})" for (arm, kind), depths in missing.items()]


def provenance(environment: Mapping[str, object], rounds: int, run: str) -> str:
    """Versions, machine, date where known, rounds and run."""
    parts = [f"{name} {environment[key]}" for key, name in VERSIONS.items() if environment.get(key)]
    cores = environment.get("cpu_count")
    if isinstance(cores, int):
        parts.append(pluralise(cores, "CPU"))
    if environment.get("gpu"):
        parts.append(str(environment["gpu"]))
    if environment.get("date"):
        parts.append(str(environment["date"]))
    parts.append(pluralise(rounds, "round"))
    return " · ".join([*parts, f"run {run}"])
