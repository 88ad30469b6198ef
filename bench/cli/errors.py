"""Turns the errors a user can mend into one line and exit code 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

FAILED_CELLS = 3
"""Exit code when some cells could not be measured."""

INTERRUPTED = 130


class WrongRequest(click.ClickException):
    """A request that cannot be carried out as it stands; the message says what would be right."""

    exit_code = 2


@contextmanager
def as_usage_error(*kinds: type[Exception]) -> Iterator[None]:
    """Report any of ``kinds`` as a wrong request."""
    try:
        yield
    except kinds as error:
        raise WrongRequest(str(error)) from error
