"""Prints the controller's own time per round of a long run: it must not grow with the rounds.

    python scripts/controller_speed.py                           200 rounds: a few minutes
    python scripts/controller_speed.py --rounds 8 --most 100     seconds

The rounds are measured with the fake framework of the tests. What is printed for each quarter of
the run is the processor time of the controller itself, per round: the time of the invocations, and
of waiting for them, is not in it. Fails where the last quarter has more than ``--most`` times the
first.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import fmean

from bench.execution.listener import Listener, RoundReport
from bench.execution.rounds.run import execute_run
from tests.fakes.plan import fake_folder, fake_plan


class _Clock(Listener):
    """The processor time of this process at the end of each round."""

    def __init__(self) -> None:
        self.ends = [time.process_time()]

    def round_ends(self, report: RoundReport) -> None:
        self.ends.append(time.process_time())

    def quarters(self) -> list[float]:
        """Mean seconds per round, of each quarter of the run."""
        seconds = [
            later - earlier for earlier, later in zip(self.ends, self.ends[1:], strict=False)
        ]
        length = len(seconds) // 4
        return [fmean(seconds[place * length : (place + 1) * length]) for place in range(4)]


def main() -> int:
    """Run and print; returns 1 where the controller's time grows."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--most", type=float, default=1.2)
    arguments = parser.parse_args()
    plan = fake_plan(rounds=arguments.rounds, layers=(2, 4), iterations=20, budget_s=3600)
    clock = _Clock()
    with tempfile.TemporaryDirectory() as folder:
        execute_run(fake_folder(Path(folder, "run"), plan), clock, enough=lambda _: False)
    quarters = clock.quarters()
    for number, seconds in enumerate(quarters, start=1):
        sys.stdout.write(f"quarter {number}: {1000 * seconds:.1f} ms per round\n")
    growth = quarters[-1] / quarters[0]
    sys.stdout.write(f"the last takes {growth:.2f} times the first (at most {arguments.most})\n")
    return 1 if growth > arguments.most else 0


if __name__ == "__main__":
    sys.exit(main())
