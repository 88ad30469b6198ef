"""Runs the long campaigns: ``python -m tests.torture --trials 1000 damage``."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.torture import options
from tests.torture.campaign import Trial, run_campaign
from tests.torture.damage import Damage
from tests.torture.kills import Kills
from tests.torture.names import Names
from tests.torture.outcomes import Outcomes

CAMPAIGNS: dict[str, Callable[[Path], Trial]] = {
    "damage": lambda scratch: Damage(scratch).trial,
    "kills": lambda scratch: Kills(scratch).trial,
    "outcomes": lambda scratch: Outcomes(scratch).trial,
    "names": lambda _: Names().trial,
    "options": options.trial_in,
}


def main() -> int:
    """Run what is asked; returns 1 when anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("campaigns", nargs="*", help=f"of {', '.join(CAMPAIGNS)} [default: all]")
    parser.add_argument("--trials", type=int, default=1000, help="of each [default: 1000]")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    arguments = parser.parse_args()
    is_wrong = False
    for name in arguments.campaigns or CAMPAIGNS:
        with tempfile.TemporaryDirectory(prefix="torture-") as scratch:
            trial = CAMPAIGNS[name](Path(scratch))
            report = run_campaign(name, trial, arguments.trials, arguments.seed)
        sys.stdout.write("\n".join(report.lines()) + "\n")
        is_wrong = is_wrong or bool(report.wrong)
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main())
