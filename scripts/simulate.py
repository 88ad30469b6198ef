"""Prints how often whole runs are wrong, as a table.

python scripts/simulate.py            2000 runs for each row, as in docs/method.md: minutes
python scripts/simulate.py --runs 5   seconds
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

import numpy as np

from bench.analysis.calibration.simulation import NOISES, Design, simulate_runs

RUNS = 2000
SEED = 20261122
ICCS = (0.0, 0.3, 0.6, 0.9)
FAMILY = 15
EFFECTS = {
    "all equal": (0.0,) * FAMILY,
    "two differ by 15 %": (0.14, -0.14, *(0.0,) * (FAMILY - 2)),
}


def main() -> None:
    """The table, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N")
    sys.stdout.writelines(f"{line}\n" for line in table(parser.parse_args().runs))


def table(runs: int) -> Iterator[str]:
    """Its lines; every row is ``runs`` runs of 15 comparisons, stopped when all is resolved."""
    yield (
        "| arms | noise | ICC | false claim, stopped at the first claim | false claim | miss "
        "| found | rounds |"
    )
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for number, (arms, effects) in enumerate(EFFECTS.items()):
        for name, noise in NOISES.items():
            for icc in ICCS:
                random = np.random.default_rng([SEED, number, int(100 * icc)])
                outcome = simulate_runs(Design(effects, noise, icc), runs, random)
                eager = simulate_runs(Design(effects, noise, icc, eager=True), runs, random)
                found = "" if np.isnan(outcome.found) else f"{outcome.found:.1%}"
                yield (
                    f"| {arms} | {name} | {icc} | {eager.false_alarms:.2%} | "
                    f"{outcome.false_alarms:.2%} | {outcome.missed:.2%} | {found} | "
                    f"{outcome.rounds:.0f} |"
                )


if __name__ == "__main__":
    main()
