"""Prints how often whole runs are wrong, as a table.

python scripts/simulate.py            2000 runs for each figure, as in docs/method.md: minutes
python scripts/simulate.py --runs 5   seconds
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from bench.analysis.calibration.simulation import NOISES, Design, Outcome, simulate_runs

RUNS = 2000
SEED = 20261122
ICCS = (0.0, 0.3, 0.6, 0.9)
WIDTHS = (0.1, 0.015)
EDGE, OUTSIDE = np.log(1.05), np.log(1.08)
EQUAL = (0.0,) * 15
PANEL = (0.0,) * 10


def other(first: float, *rest: float) -> tuple[float, ...]:
    """The members of a panel: the first ones have these effects."""
    return (first, *rest, *PANEL[1 + len(rest) :])


ARMS = {
    "all equal": (EQUAL, (PANEL, PANEL, PANEL)),
    "two headlines differ by 15 %": ((0.14, -0.14, *EQUAL[2:]), (PANEL, PANEL, PANEL)),
    "one other at the margin": (EQUAL, (other(EDGE), PANEL, PANEL)),
    "one at the margin in each panel": (EQUAL, (other(EDGE), other(-EDGE), other(EDGE))),
    "all of a panel at the margin": (EQUAL, ((EDGE,) * 10, PANEL, PANEL)),
    "three others outside, by 8 %": (EQUAL, (other(OUTSIDE, -OUTSIDE), other(OUTSIDE), PANEL)),
}
"""True effects of the headline comparisons, and of the members of the joint claims by panel."""


def main() -> None:
    """The table, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N")
    sys.stdout.writelines(f"{line}\n" for line in table(parser.parse_args().runs))


def table(runs: int) -> Iterator[str]:
    """Its lines; a row is ``runs`` runs for each ICC, of which it shows the worst."""
    yield (
        "| arms | noise | width | false claim, stopped at the first claim | false claim | miss "
        "| found | joint claim | rounds |"
    )
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for number, (arms, (effects, joint)) in enumerate(ARMS.items()):
        for width in WIDTHS:
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


def _worst(outcomes: list[Outcome]) -> Outcome:
    """The least of what is found and claimed jointly, the most of what is wrong or takes time."""
    found = [asdict(each) for each in outcomes]
    least = {"found", "joint"}
    return Outcome(
        **{name: (min if name in least else max)(each[name] for each in found) for name in found[0]}
    )


if __name__ == "__main__":
    main()
