"""How the probability of any false claim is shared among the members of a family."""

from __future__ import annotations

from collections.abc import Sequence

JOINT_ERROR = 0.02
"""Probability with which the joint claims of a run may be false (see ``joint``).

They are what a run in a noisy hour lacks longest, and with two fifths of a budget of 5 % instead of
a fifth they need one to three rounds fewer. The headlines pay at most one round for that.
"""

HEADLINE_SHARE = 0.95
"""Share of the error budget that goes to the phases a scenario is about (see ``Scenario``).

Evidence grows exponentially with rounds: the other phases pay for their small share with about
four more rounds.
"""


def error_shares(budget: float, headlines: Sequence[bool]) -> dict[bool, float]:
    """The error that each headline (True) and each other member (False) of a family may make.

    ``headlines`` has one element for each member. The errors of all members sum to ``budget``.
    """
    headline = sum(headlines)
    rest = len(headlines) - headline
    part = HEADLINE_SHARE if headline and rest else float(headline > 0)
    return {
        True: budget * part / max(headline, 1),
        False: budget * (1 - part) / max(rest, 1),
    }
