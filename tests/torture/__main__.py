"""Runs the long campaigns: ``python -m tests.torture --trials 1000 damage``."""

from __future__ import annotations

import argparse
import math
import os
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.torture import options
from tests.torture.campaign import NotHere, Report, Trial, run_campaign
from tests.torture.damage import Damage
from tests.torture.exhaustion import Exhaustion
from tests.torture.kills import Kills
from tests.torture.names import Names
from tests.torture.outcomes import Outcomes

CAMPAIGNS: dict[str, Callable[[Path], Trial]] = {
    "damage": lambda scratch: Damage(scratch).trial,
    "kills": lambda scratch: Kills(scratch).trial,
    "outcomes": lambda scratch: Outcomes(scratch).trial,
    "names": lambda _: Names().trial,
    "options": options.trial_in,
    "exhaustion": lambda scratch: Exhaustion(scratch).trial,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked; returns 1 when anything went wrong."""
    asked = _parser().parse_args(arguments)
    is_wrong = False
    for name in asked.campaigns or CAMPAIGNS:
        try:
            report = _made(name, asked)
        except NotHere as error:
            lines = [f"{name}: not tried here: {error}"]
        else:
            lines = report.lines()
            is_wrong = is_wrong or bool(report.wrong)
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
    return int(is_wrong)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("campaigns", nargs="*", help=f"of {', '.join(CAMPAIGNS)} [default: all]")
    parser.add_argument("--trials", type=int, default=1000, help="of each [default: 1000]")
    parser.add_argument(
        "--seconds",
        type=float,
        default=math.inf,
        help="after which no further trial of a campaign begins [default: no limit]",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=random.SystemRandom().getrandbits(32),
        help="of all trials; with another one, others are made [default: random]",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=len(os.sched_getaffinity(0)),
        help="processes that make trials side by side [default: one for each core]",
    )
    parser.add_argument(
        "--only", type=int, metavar="NUMBER", help="make the trial of this number again, no other"
    )
    return parser


def _made(name: str, asked: argparse.Namespace) -> Report:
    """The campaign of that name, in as many processes as are asked for."""
    report, shares = Report(name, asked.seed), _shares(asked)
    part = partial(_part, name, seed=asked.seed, most_s=asked.seconds)
    with ProcessPoolExecutor(len(shares), mp_context=get_context("fork")) as processes:
        for each in processes.map(part, shares):
            report.add(each)
    return report


def _shares(asked: argparse.Namespace) -> list[Sequence[int]]:
    """The numbers of the trials that each process makes."""
    if asked.only is not None:
        return [[asked.only]]
    jobs = max(1, min(asked.jobs, asked.trials))
    return [range(first, asked.trials, jobs) for first in range(jobs)]


def _part(name: str, numbers: Sequence[int], *, seed: int, most_s: float) -> Report:
    """The trials of one process, which has a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="torture-") as scratch:
        # The key by which runs are known as one's own is none of the user's.
        os.environ["XDG_STATE_HOME"] = scratch
        return run_campaign(name, CAMPAIGNS[name](Path(scratch)), numbers, seed, most_s)


if __name__ == "__main__":
    sys.exit(main())
