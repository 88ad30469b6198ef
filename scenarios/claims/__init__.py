"""What people say of the two build styles, each claim beside the code that checks it.

A claim is a module with ``CLAIM``, what is said, and ``check(kit)``, which tries it on the
installed version and returns a verdict and its evidence. ``kit`` gives:

- ``keras``, the module;
- ``layers(depth)``: fresh layers of a network of that depth, the input first;
- ``calls(action, *arguments)``: how many calls ``action`` makes: a measure of work without noise;
- ``structure(model)``: level → lines that two models share where they are the same;
- ``batch(model)``: a batch of random inputs for the model;
- ``folder``: an empty folder.
"""

CLAIMS = (
    "same_model",
    "inline_cannot_grow",
    "change_needs_a_new_model",
    "add_is_as_cheap",
    "later_phases_do_not_care",
    "restoring_costs_what_building_does",
    "changed_model_answers_anew",
)
"""The modules of this package, in the order in which they are reported."""

SUPPORTED, REFUTED, DEPENDS, UNDETERMINED = "supported", "refuted", "depends", "undetermined"
"""``depends``: true in part of the cases that were tried; the evidence says in which."""

MARGIN = 0.05
"""Work that differs by less is as good as the same."""


def counted(number: int, noun: str) -> str:
    """``1 layer``, ``2 layers``: measured code imports nothing of the suite's."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
