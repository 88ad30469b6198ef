"""The base class of all errors that a user can act on, and those that several packages raise."""

from __future__ import annotations


class BenchError(Exception):
    """Something that a user can act on: the message says what happened, where, and what to do."""


class InvalidScenario(BenchError, ValueError):
    """A scenario, arm or option that contradicts itself; the message says what to change."""


class InvalidName(InvalidScenario):
    """A name that cannot be printed, or is empty or too long; the message says which rule."""


class InvalidValue(InvalidScenario):
    """An option that is not written as it should be; the message shows how to write it."""


class UnknownName(BenchError, ValueError):
    """A name that is not known; the message gives the nearest one and the others."""
