"""Prints how often whole runs are wrong, and how many rounds their answers take, as tables.

python scripts/simulate.py            2000 runs for each figure, as in docs/method.md: minutes
python scripts/simulate.py --runs 5   seconds
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace

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


def other(first: float, *rest: float) -> tuple[float, ...]:
    """The members of a panel: the first ones have these effects."""
    return (first, *rest, *PANEL[1 + len(rest) :])


ARMS = {
    "all equal": (EQUAL, (PANEL, PANEL, PANEL), (BROAD, SHARP)),
    "two headlines differ by 15 %": (
        (0.14, -0.14, *EQUAL[2:]),
        (PANEL, PANEL, PANEL),
        (BROAD, SHARP),
    ),
    "one other at the margin": (EQUAL, (other(EDGE), PANEL, PANEL), (SHARP,)),
    "one at the margin in each panel": (EQUAL, (other(EDGE), other(-EDGE), other(EDGE)), (SHARP,)),
    "all of a panel at the margin": (EQUAL, ((EDGE,) * 10, PANEL, PANEL), (SHARP,)),
    "three others differ by 8 %": (
        EQUAL,
        (other(OUTSIDE, -OUTSIDE), other(OUTSIDE), PANEL),
        (SHARP,),
    ),
}
"""True effects of the headline comparisons, and of the members of the joint claims by panel; then
the standard deviations of the log of a time.
"""

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
    yield (
        "| arms | noise | width | false claim, stopped at the first claim | false claim | miss "
        "| found | joint claim | rounds |"
    )
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for number, (arms, (effects, joint, widths)) in enumerate(ARMS.items()):
        for width in widths:
            for name, noise in NOISES.items():
                outcomes = []
                for icc in ICCS:
                    random = np.random.default_rng([SEED, number, int(100 * icc)])
                    design = Design(effects, noise, icc, joint, width=width)
                    outcomes.append(simulate_runs(design, runs, random))
                worst = _worst(outcomes)
                found = "" if np.isnan(worst.found) else f"{worst.found:.1%}"
                yield (
                    f"| {arms} | {name} | {width} | {worst.false_first_claims:.2%} | "
                    f"{worst.false_claims:.2%} | {worst.missed:.2%} | {found} | "
                    f"{worst.joint:.1%} | {worst.rounds:.0f} |"
                )


def rounds(runs: int) -> Iterator[str]:
    """The second table: the rounds after which half of ``runs`` runs of equal arms have answers."""
    yield (
        "| standard deviation of an effect | joint claim of 30 | each of the 30 alone "
        "| 15 headlines | 15 headlines without joint claims |"
    )
    yield "| ---: | ---: | ---: | ---: | ---: |"
    for spread in SPREADS:
        width = spread / np.sqrt(2)
        design = Design(EQUAL, NOISES["gaussian"], 0.0, (PANEL,) * 3, replicates=1, width=width)
        effects = draw_effects(design, runs, np.random.default_rng(SEED))
        said, without = looks(effects, design), looks(effects, replace(design, joint_error=0.0))
        answers = (
            said.run,
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
