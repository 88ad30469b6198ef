"""``bench`` whose plans are of the fake framework: ``python -m tests.cli.with_fakes run``.

All else is as its users have it, from the words of the command to the exit code. ``FAKE_PILOT`` in
its environment is the number of rounds of a pilot, before many others.
"""

from __future__ import annotations

import os

from bench.api import planning
from bench.domain.design.plan import Plan
from tests.fakes.plan import fake_plan

BUILDERS = ("good", "unbuilt")


def plan(*_: object) -> Plan:
    """What is measured, whatever is asked for: two rounds of two arms."""
    pilot = int(os.environ.get("FAKE_PILOT", "0"))
    return fake_plan(*BUILDERS, rounds=100 * pilot or 2, layers=(2, 4), pilot_rounds=pilot)


if __name__ == "__main__":
    vars(planning)["plan_session"] = plan

    from bench.cli import main

    main()
