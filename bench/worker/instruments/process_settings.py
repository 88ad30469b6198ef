"""What measured code can set for its whole process, and what of it has changed."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping

RUNTIME = "the framework's runtime"
"""Whether devices and threads are up; the suite itself starts it, in a phase of its own."""

_VARIABLES = ("KERAS_", "OMP_", "TF_", "XLA_")
"""How the environment variables begin that frameworks read at any time."""


def process_settings(of_framework: Mapping[str, str]) -> dict[str, str]:
    """What is set for this process, of its framework and otherwise: setting → value, in words.

    Seeds are none of it: they are set again before each arm.
    """
    variables = {
        f"the environment variable {name}": value
        for name, value in os.environ.items()
        if name.startswith(_VARIABLES)
    }
    return {
        **of_framework,
        "the current folder": os.getcwd(),
        "the recursion limit": str(sys.getrecursionlimit()),
        "the thresholds of the garbage collector": str(gc.get_threshold()),
        **variables,
    }


def without_runtime(settings: Mapping[str, str]) -> dict[str, str]:
    """``settings`` but for the runtime, which every arm finds started or starts."""
    return {name: value for name, value in settings.items() if name != RUNTIME}


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What differs, in words: ``the dtype policy from float32 to float64``; empty if nothing does.

    A setting that only one has was ``unset`` in the other.
    """
    differing = [
        f"{name} from {before.get(name, 'unset')} to {after.get(name, 'unset')}"
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]
    return ", ".join(differing)


def refusal(changed: str) -> str:
    """Why something that sets what ``changed`` says cannot be measured without isolation."""
    return (
        f"sets {changed} for the whole process, and without isolation that would reach the other "
        "arms: measure with --isolation fork"
    )
