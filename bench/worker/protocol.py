"""What the controller and a measured interpreter say to each other: one JSON document a line.

The controller sends requests, the interpreter answers each with one outcome. Nothing that the
framework or the measured code prints can reach this channel: it is a socket of its own.
"""

from __future__ import annotations

import json
import socket
from typing import Any, Union

Message = dict[str, Any]

OK = "ok"
NOTHING_TO_DO = "nothing_to_do"
"""A phase that had no work left, such as ``build`` of a model that ``construct`` has built."""

BUILDER_ERROR = "builder_error"
NOT_A_MODEL = "not_a_model"
CRASHED = "crashed"
TIMED_OUT = "timed_out"
OUT_OF_MEMORY = "out_of_memory"
UNAVAILABLE = "unavailable"
FAILURES = (BUILDER_ERROR, NOT_A_MODEL, CRASHED, TIMED_OUT, OUT_OF_MEMORY, UNAVAILABLE)


class Channel:
    """Messages over a stream socket; ``receive`` returns what has arrived, without waiting."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""
        self.closed = False

    def fileno(self) -> int:
        """The descriptor to wait on until a message can be received."""
        return self._connection.fileno()

    def send(self, message: Message) -> None:
        """Send one message; raises ``OSError`` when the other side has gone."""
        self._connection.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> list[Message]:
        """All complete messages that have arrived; ``closed`` is set when there will be no more."""
        try:
            data = self._connection.recv(1 << 20)
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        if not data:
            self.closed = True
            return []
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def close(self) -> None:
        """Close this end."""
        self._connection.close()


def failure(kind: str, reason: str, phase: Union[str, None] = None) -> Message:
    """The outcome of an invocation that could not be measured."""
    return {"status": kind, "reason": reason, "phase": phase}
