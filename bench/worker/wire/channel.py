"""The channel between the controller and a zygote: one JSON document a line, over a socket.

The controller sends invocations, the zygote answers each when it has ended. Nothing that the
framework or the measured code prints can reach this channel.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Generic, Optional, TypeVar, Union

from bench.worker.wire.codec import WireError, decode_any, encode
from bench.worker.wire.outcomes import Outcome
from bench.worker.wire.requests import Request

T = TypeVar("T")

# Bound before any measured code runs, which may replace what is in the module ``json``.
_write = json.JSONEncoder().encode
_read = json.JSONDecoder().decode


@dataclass(frozen=True)
class Sharing:
    """How an invocation shares its core with others: it is ``member`` of so many ``members``.

    They meet before each of ``phases``, by way of the file ``board``, and compute for ``slice_ns``
    at a time. Those of the phases that are in ``turns`` they go through one after the other.
    """

    board: str
    member: int
    members: int
    phases: tuple[str, ...]
    turns: tuple[str, ...]
    slice_ns: int


@dataclass(frozen=True)
class Invocation:
    """One invocation: what it does, on which core, within which bounds.

    ``id`` tells it apart; the paths of its own files begin with ``files``. ``sharing`` is None
    where it has its core to itself. One that ``rehearses`` is given no copies of the memory that it
    inherits: those that it makes are what later ones are given.
    """

    id: int
    files: str
    core: Optional[int]
    timeout_s: float
    memory_bytes: int
    request: Request
    sharing: Optional[Sharing] = None
    rehearses: bool = False


@dataclass(frozen=True)
class Ready:
    """The zygote serves; ``import_ns`` is None where it imported no framework."""

    import_ns: Optional[int]
    import_cpu_ns: Optional[int]


@dataclass(frozen=True)
class Answer:
    """What an invocation says before its process ends.

    ``import_ns`` is the time of its own import, None for a process that was forked; ``copied`` the
    address ranges of inherited memory that such a one wrote to and was not given copies of.
    """

    outcome: Outcome
    import_ns: Optional[int]
    copied: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Ended:
    """Invocation ``id`` has ended; ``process_ns`` is None where it had no process of its own."""

    id: int
    outcome: Outcome
    import_ns: Optional[int]
    process_ns: Optional[int]


@dataclass(frozen=True)
class StartedInvocation:
    """How a directly started process does ``invocation``; ``parent`` is the zygote's process id.

    ``path`` are folders to import measured code from; ``spawned_ns`` is when it was started, by
    ``time.perf_counter_ns``.
    """

    invocation: Invocation
    backend: str
    parent: int
    path: tuple[str, ...]
    spawned_ns: int


@dataclass(frozen=True)
class ZygoteConfiguration:
    """How a zygote is started.

    ``control`` is the descriptor of the controller's socket, ``parent`` the controller's process
    id, ``log`` a path, ``path`` the folders to import measured code from.
    """

    control: int
    parent: int
    log: str
    backend: str
    isolation: str
    path: tuple[str, ...]
    spawned_ns: int


FromZygote = Union[Ready, Ended]


def to_json(value: object) -> str:
    """``value`` as one JSON document, without a line break."""
    return _write(encode(value))


def from_json(kind: type[T], text: Union[str, bytes]) -> T:
    """The ``kind`` that ``text`` holds. Raises ``WireError``."""
    return _parsed((kind,), text)


def _parsed(kinds: tuple[type[T], ...], text: Union[str, bytes]) -> T:
    try:
        data = _read(text if isinstance(text, str) else text.decode())
    except (ValueError, RecursionError) as error:
        raise WireError(f"a message is no JSON: {error}") from error
    return decode_any(kinds, data)


class Channel(Generic[T]):
    """Messages over a stream socket, of which ``kinds`` are received."""

    def __init__(self, connection: socket.socket, *kinds: type[T]) -> None:
        self._connection = connection
        self._kinds = kinds
        self._buffer = b""
        self.closed = False

    def fileno(self) -> int:
        """The descriptor to wait on until a message can be received."""
        return self._connection.fileno()

    def send(self, message: object) -> None:
        """Send one message; raises ``OSError`` when the other side has gone."""
        self._connection.sendall(to_json(message).encode() + b"\n")

    def receive(self) -> list[T]:
        """All complete messages that have arrived, without waiting.

        ``closed`` is set when there will be no more. Raises ``WireError`` for one that is of no
        kind that is received here.
        """
        try:
            data = self._connection.recv(1 << 20)
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        if not data:
            self.closed = True
            return []
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [_parsed(self._kinds, line) for line in lines]

    def close(self) -> None:
        """Close this end."""
        self._connection.close()
