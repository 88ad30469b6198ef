"""How an invocation, or one of its phases, ended. The worker uses these words too.

Needs nothing but the standard library, Python 3.9 or later.
"""

from __future__ import annotations

OK = "ok"
NOTHING_TO_DO = "nothing_to_do"
"""A phase that had no work left, such as ``build`` of a model that ``construct`` has built."""

BUILDER_ERROR = "builder_error"
"""The builder is at fault, its model, or other code of the arm's or the scenario's own."""

NOT_A_MODEL = "not_a_model"
CRASHED = "crashed"
TIMED_OUT = "timed_out"
OUT_OF_MEMORY = "out_of_memory"
UNAVAILABLE = "unavailable"
"""The framework or the model lacks it: a device, a call mode, a function."""

GENERATED_DATA = "generated_data"
"""The suite cannot make the data that a model needs, or the model fails on what was made up."""

ENVIRONMENT = "environment"
"""The surroundings are at fault: a variable, a flag, a file."""

FAILURES = (
    BUILDER_ERROR,
    NOT_A_MODEL,
    CRASHED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    UNAVAILABLE,
    GENERATED_DATA,
    ENVIRONMENT,
)
"""The ways in which an invocation fails."""

MEASURED = (OK, NOTHING_TO_DO)
"""The ways in which a phase is measured."""
