"""What is asked of an invocation, and the way a pass says that it cannot be done."""

from __future__ import annotations

from typing import Any, Callable

from bench.worker import protocol


class CannotMeasure(Exception):
    """A cell that cannot be measured, for a reason that is not an exception of its builder."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class Request:
    """What is asked of one invocation, and what it may ask back of the process it runs in.

    ``announce`` makes the name of the phase that begins known outside the process; ``quiesce``
    brings memory and garbage collection to rest before the first clock starts. ``folder`` does not
    exist yet, and is removed with all that the invocation writes there.
    """

    def __init__(
        self,
        message: protocol.Message,
        announce: Callable[[str], None],
        quiesce: Callable[[], None],
    ) -> None:
        self._message = message
        self.folder = message["files"] + ".folder"
        self.announce = announce
        self.quiesce = quiesce

    def __getitem__(self, name: str) -> Any:
        return self._message[name]

    def get(self, name: str) -> Any:
        """The same, None where it was not asked for."""
        return self._message.get(name)
