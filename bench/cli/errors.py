"""Exit codes, and the error of a command that was asked for something it cannot do."""

from __future__ import annotations

from bench.domain.errors import BenchError

WRONG_REQUEST = 2
"""Exit code when the request was wrong; the message says what would be right."""

FAILED_CELLS = 3
"""Exit code when some cells could not be measured."""

INTERNAL_ERROR = 70
"""Exit code of an error of the suite itself."""

CLOSED_PIPE = 141
"""Exit code when whoever reads the output has left, as a shell reports it of other programs."""


class WrongRequest(BenchError):
    """A request that cannot be carried out as it stands; the message says what would be right."""
