"""``bench`` whose plans are of the fake framework: ``python -m tests.cli.with_fakes run``.

All else is as its users have it, from the words of the command to the exit code.
"""

from __future__ import annotations

from bench.api import planning
from bench.domain.design.plan import Plan
from tests.fakes.plan import fake_plan

BUILDERS = ("good", "unbuilt")


def plan(*_: object) -> Plan:
    """What is measured, whatever is asked for: two rounds of two arms."""
    return fake_plan(*BUILDERS, rounds=2, layers=(2, 4))


if __name__ == "__main__":
    vars(planning)["plan_session"] = plan

    from bench.cli import main

    main()
