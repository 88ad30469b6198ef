"""Prints how often whole runs are wrong, and how many rounds their answers take, as tables.

python scripts/simulate.py            2000 runs for each figure, as in docs/method.md: minutes
python scripts/simulate.py --runs 5   seconds
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np

from bench.analysis.arrays import Booleans
from bench.analysis.calibration.simulation import (
    NOISES,
    Design,
    Looks,
    Outcome,
    draw_effects,
    looks,
    simulate_runs,
)

RUNS = 2000
SEED = 20261122
ICCS = (0.0, 0.3, 0.6, 0.9)
BROAD, SHARP = 0.1, 0.015
EDGE, OUTSIDE = np.log(1.05), np.log(1.08)
EQUAL = (0.0,) * 15
PANEL = (0.0,) * 10


Truth = tuple[float, ...]
"""True log ratios."""


@dataclass(frozen=True)
class Arms:
    """What a row is about: true effects of the headlines, then of other comparisons by panel.

    ``widths`` are standard deviations of the log of a time. The others are all in the joint claim,
    which may leave out three of them. With ``alike`` those of a panel have the same noise.
    """

    headlines: Truth = EQUAL
    others: tuple[Truth, ...] = (PANEL, PANEL, PANEL)
    widths: Truth = (SHARP,)
    alike: bool = False


def others(*differing: Truth) -> tuple[Truth, ...]:
    """Panels of which the first members have these effects, and the rest none."""
    return tuple((*first, *PANEL[len(first) :]) for first in differing)


ARMS = {
    "all equal": Arms(widths=(BROAD, SHARP)),
    "two headlines differ by 15 %": Arms((0.14, -0.14, *EQUAL[2:]), widths=(BROAD, SHARP)),
    "one other at the margin": Arms(others=others((EDGE,), (), ())),
    "three at the margin": Arms(others=others((EDGE,), (-EDGE,), (EDGE,))),
    "three at the margin, alike": Arms(others=others((EDGE,) * 3, (), ()), alike=True),
    "four at the margin": Arms(others=others((EDGE, -EDGE), (-EDGE,), (EDGE,))),
    "four at the margin, alike": Arms(others=others((EDGE,) * 4, (), ()), alike=True),
    "six at the margin": Arms(others=others((EDGE, -EDGE), (EDGE, -EDGE), (EDGE, -EDGE))),
    "six at the margin, alike": Arms(others=others((EDGE,) * 6, (), ()), alike=True),
    "all of a panel at the margin": Arms(others=others((EDGE,) * 10, (), ())),
    "three others differ by 8 %": Arms(others=others((OUTSIDE, -OUTSIDE), (OUTSIDE,), ())),
    "four others differ by 8 %": Arms(others=others((OUTSIDE, -OUTSIDE), (OUTSIDE,) * 2, ())),
}

SPREADS = (0.01, 0.015, 0.02, 0.03, 0.04, 0.05)
"""Standard deviations of the effect of a round."""


def main() -> None:
    """The tables, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N")
    runs = parser.parse_args().runs
    sys.stdout.writelines(f"{line}\n" for line in (*errors(runs), "", *rounds(runs)))


def errors(runs: int) -> Iterator[str]:
    """The first table; a row is ``runs`` runs for each ICC, of which it shows the worst."""
    columns = (
        "false claim at any look",
        "false claim, stopped at the first claim",
        "false claim",
        "miss",
        "found",
        "joint claim",
        "rounds",
    )
    yield f"| arms | noise | width | {' | '.join(columns)} |"
    yield f"| --- | --- |{' ---: |' * 8}"
    for number, (title, arms) in enumerate(ARMS.items()):
        for width in arms.widths:
            for name, noise in NOISES.items():
                outcomes = []
                for icc in ICCS:
                    random = np.random.default_rng([SEED, number, int(100 * icc)])
                    design = Design(
                        arms.headlines, noise, icc, arms.others, alike=arms.alike, width=width
                    )
                    outcomes.append(simulate_runs(design, runs, random))
                yield f"| {title} | {name} | {width} | {_figures(_worst(outcomes))} |"


def _figures(worst: Outcome) -> str:
    wrong = (worst.ever_false, worst.false_first_claims, worst.false_claims, worst.missed)
    found = "" if np.isnan(worst.found) else f"{worst.found:.1%}"
    shares = (*(f"{each:.2%}" for each in wrong), found, f"{worst.joint:.1%}")
    return " | ".join((*shares, f"{worst.rounds:.0f}"))


def rounds(runs: int) -> Iterator[str]:
    """The second table: the rounds after which half of ``runs`` runs of equal arms have answers."""
    yield (
        "| standard deviation of an effect | joint claim of 30 | with three that differ by 8 % "
        "| joint claim without exceptions | each of the 30 alone | 15 headlines "
        "| 15 headlines without joint claim |"
    )
    yield f"|{' ---: |' * 7}"
    three = ARMS["three others differ by 8 %"].others
    for spread in SPREADS:
        width = spread / np.sqrt(2)
        design = Design(EQUAL, NOISES["gaussian"], 0.0, (PANEL,) * 3, replicates=1, width=width)
        effects = draw_effects(design, runs, np.random.default_rng(SEED))
        differing = replace(design, joint=three)
        said, without = looks(effects, design), looks(effects, replace(design, joint_error=0.0))
        answers = (
            said.made,
            looks(effects + differing.truth, differing).made,
            looks(effects, replace(design, exceptions=0)).made,
            said.equivalent[..., design.panel >= 0].all(axis=-1),
            _resolved(said)[..., design.panel < 0].all(axis=-1),
            _resolved(without)[..., design.panel < 0].all(axis=-1),
        )
        yield f"| {spread:.1%} | {' | '.join(_half(np.asarray(each)) for each in answers)} |"


def _resolved(said: Looks) -> Booleans:
    return said.slower | said.faster | said.equivalent


def _half(answered: Booleans) -> str:
    """The round by which half of the runs (runs, rounds) have an answer."""
    most = answered.shape[1]
    first = np.where(answered.any(axis=1), answered.argmax(axis=1) + 1, most + 1)
    middle = np.quantile(first, 0.5, method="lower")
    return f"{middle:.0f}" if middle <= most else f"over {most}"


def _worst(outcomes: list[Outcome]) -> Outcome:
    """The least of what is found and claimed jointly, the most of what is wrong or takes time."""
    found = [asdict(each) for each in outcomes]
    least = {"found", "joint"}
    return Outcome(
        **{name: (min if name in least else max)(each[name] for each in found) for name in found[0]}
    )


if __name__ == "__main__":
    main()
