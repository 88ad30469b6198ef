"""What a profiler captures: planes of events, one for the host and one for each device."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional


class Event(NamedTuple):
    """Something that began and took a while, in nanoseconds since any moment.

    ``operation`` is the kind of the framework's operation it belongs to, if any.
    """

    name: str
    begin_ns: float
    length_ns: float
    operation: Optional[str] = None

    @property
    def end_ns(self) -> float:
        """When it ended."""
        return self.begin_ns + self.length_ns


class Plane(NamedTuple):
    """The events of the host or of one device, in lines: threads of the host, streams of a GPU."""

    name: str
    lines: list[list[Event]]

    @property
    def is_device(self) -> bool:
        """Whether it holds what a device did."""
        return self.name.startswith("/device:")


_OPERATION = re.compile(r"[\w./-]+:(_?[A-Z]\w*)")


def operation_of(name: str) -> Optional[str]:
    """The kind of operation that a host's event is, as ``layer/name:Kind`` says it."""
    match = _OPERATION.fullmatch(name)
    return match.group(1) if match else None
