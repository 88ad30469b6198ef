"""Planes of events as the bytes of an ``XSpace``, the protocol buffer that TensorBoard reads.

For frameworks whose profiler writes something else. The fields and their numbers are those of
``xplane.proto`` (github.com/openxla/xla, ``third_party/tsl/tsl/profiler/protobuf``).
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.worker.profiling.planes import Event, Plane

_SPACE_PLANES = 1
_PLANE_ID, _PLANE_NAME, _PLANE_LINES, _PLANE_EVENT_METADATA = 1, 2, 3, 4
_LINE_ID, _LINE_NAME, _LINE_BEGIN_NS, _LINE_EVENTS = 1, 2, 3, 4
_EVENT_METADATA, _EVENT_OFFSET_PS, _EVENT_DURATION_PS = 1, 2, 3
_METADATA_ID, _METADATA_NAME = 1, 2
_KEY, _VALUE = 1, 2


def write_planes(planes: Sequence[Plane]) -> bytes:
    """The message that holds ``planes``; events of one name share their metadata."""
    return b"".join(
        _message(_SPACE_PLANES, _plane(number, plane)) for number, plane in enumerate(planes, 1)
    )


def _plane(number: int, plane: Plane) -> bytes:
    names = dict.fromkeys(event.name for line in plane.lines for event in line)
    numbers = {name: rank for rank, name in enumerate(names, 1)}
    parts = [_number(_PLANE_ID, number), _text(_PLANE_NAME, plane.name)]
    parts += [
        _message(_PLANE_LINES, _line(rank, line, numbers))
        for rank, line in enumerate(plane.lines, 1)
        if line
    ]
    for name, rank in numbers.items():
        metadata = _number(_METADATA_ID, rank) + _text(_METADATA_NAME, name)
        entry = _number(_KEY, rank) + _message(_VALUE, metadata)
        parts.append(_message(_PLANE_EVENT_METADATA, entry))
    return b"".join(parts)


def _line(number: int, events: Sequence[Event], numbers: dict[str, int]) -> bytes:
    begin_ns = int(min(event.begin_ns for event in events))
    parts = [
        _number(_LINE_ID, number),
        _text(_LINE_NAME, f"line {number}"),
        _number(_LINE_BEGIN_NS, begin_ns),
    ]
    for event in events:
        body = (
            _number(_EVENT_METADATA, numbers[event.name])
            + _number(_EVENT_OFFSET_PS, round(1000 * (event.begin_ns - begin_ns)))
            + _number(_EVENT_DURATION_PS, round(1000 * event.length_ns))
        )
        parts.append(_message(_LINE_EVENTS, body))
    return b"".join(parts)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode())


def _message(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    """A whole number from 0, seven bits a byte, the lowest first."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
