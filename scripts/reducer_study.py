"""Prints how far replicates reduce noise, by how they are reduced.

    python scripts/reducer_study.py             as in docs/method.md
    python scripts/reducer_study.py --draws 2   seconds; --run FOLDER reads another calibration

From the processes of a stored calibration (results/published/calibration_solo) that did the same
work in the same round, two groups of m are drawn; the log ratio of what each is reduced to should
be 0. The table holds its robust standard deviation over the rounds, the mean of the draws.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from bench.analysis.arrays import Floats
from bench.analysis.samples.core_speed import speed_corrected
from bench.analysis.samples.invocations import Invocations, to_invocations
from bench.store.run_folder import RunFolder

SOURCE = Path(__file__).resolve().parents[1] / "results" / "published" / "calibration_solo"
SEED, DRAWS = 20261123, 60
SIZES = (1, 2, 3, 5, 10)
PHASES = ("construct", "compile", "trace", "first_call")

Reducer = Callable[[Floats], Floats]
"""Logs of times (rounds, replicates) → one for each round."""

REDUCERS: Mapping[str, Reducer] = {
    "minimum": lambda logs: logs.min(axis=1),
    "low quartile": lambda logs: np.asarray(np.quantile(logs, 0.25, axis=1)),
    "median": lambda logs: np.asarray(np.median(logs, axis=1)),
    "geometric mean": lambda logs: logs.mean(axis=1),
}


def main() -> None:
    """A table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--run", type=Path, default=SOURCE, metavar="FOLDER")
    parser.add_argument("--draws", type=int, default=DRAWS, metavar="N")
    arguments = parser.parse_args()
    invocations = to_invocations(RunFolder(arguments.run).samples())
    sys.stdout.writelines(f"{line}\n" for line in table(invocations, arguments.draws))


def table(invocations: Invocations, draws: int) -> Iterator[str]:
    """Speed-corrected and as measured, for each phase and number of replicates."""
    yield f"| phase | replicates | {' | '.join(REDUCERS)} | as measured: {' | '.join(REDUCERS)} |"
    yield f"| --- | ---: |{' ---: |' * 2 * len(REDUCERS)}"
    paced = speed_corrected(invocations)
    for phase in PHASES:
        at_pace, as_measured = (_times(each, phase) for each in (paced, invocations))
        for size in SIZES:
            cells = [
                f"{_spread(logs, reduce, size, draws):.3f}"
                for logs in (at_pace, as_measured)
                for reduce in REDUCERS.values()
            ]
            yield f"| `{phase}` | {size} | {' | '.join(cells)} |"


def _times(invocations: Invocations, phase: str) -> Floats:
    """Logs of times of equal work, shape (rounds, processes)."""
    arms = ("inline", "placebo", "again")
    equal = np.take([cell.arm in arms for cell in invocations.cells], invocations.cell)
    column = np.log(invocations.seconds[:, invocations.phases.index(phase)])
    rounds = [column[equal & (invocations.round == number)] for number in set(invocations.round)]
    fewest = min(len(each) for each in rounds)
    return np.array([each[:fewest] for each in rounds])


def _spread(logs: Floats, reduce: Reducer, size: int, draws: int) -> float:
    random = np.random.default_rng(SEED)
    found = []
    for _ in range(draws):
        drawn = random.permutation(logs.shape[1])[: 2 * size]
        effects = reduce(logs[:, drawn[:size]]) - reduce(logs[:, drawn[size:]])
        found.append(1.4826 * np.median(np.abs(effects - np.median(effects))))
    return float(np.mean(found))


if __name__ == "__main__":
    main()
