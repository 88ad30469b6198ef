"""Frozen values to JSON and back, strictly: a missing, unknown or mistyped key is an error.

Whole numbers fit into 64 bits, and text into UTF-8: what does not is written as an escape.

Dataclasses carry their name under ``type``, which selects the member of a union; named tuples are
plain records without it. Fields may be scalars, ``Optional``, unions, homogeneous or fixed
tuples, dictionaries with text as keys, and ``object`` for any JSON value.
"""

from __future__ import annotations

import dataclasses
import reprlib
from collections.abc import Sequence
from typing import Any, Callable, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

TYPE = "type"
"""The key that names the class of a dataclass."""

_SCALARS = (str, int, float, bool, type(None))
_BEYOND = 1 << 63
"""Whole numbers are stored in 64 bits, one of which is the sign."""

_Decoder = Callable[[object], Any]


class WireError(ValueError):
    """A message that does not have the form that its type declares; the message says where."""


def encode(value: object) -> object:
    """``value`` as something that ``json`` writes. Raises ``WireError`` for a foreign object."""
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: encode(each) for name, each in zip(value._fields, value)}
    if isinstance(value, (list, tuple)):
        return [encode(each) for each in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise WireError(f"a key that is no text cannot be sent: {value!r}")
        return {key: encode(each) for key, each in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {
            TYPE: type(value).__name__,
            **{field.name: encode(getattr(value, field.name)) for field in fields},
        }
    raise WireError(f"a {type(value).__name__} cannot be sent")


def decode(kind: type[T], data: object) -> T:
    """The ``kind`` (a dataclass or named tuple) that ``encode`` made ``data`` of.

    Raises ``WireError`` where ``data`` is of another form.
    """
    return decode_any((kind,), data)


def decode_any(kinds: Sequence[type[T]], data: object) -> T:
    """The same for one of several dataclasses, whichever ``data`` names."""
    found: T = _decoder(Union[tuple(kinds)])(data)
    return found


def prepare(*kinds: type[object]) -> None:
    """Make ready to decode ``kinds``: the first message then costs no more than the others."""
    for kind in kinds:
        _decoder(kind)


_DECODERS: dict[object, _Decoder] = {}


def _decoder(annotation: Any) -> _Decoder:
    known = _DECODERS.get(annotation)
    if known is None:
        known = _DECODERS[annotation] = _made(annotation)
    return known


def _made(annotation: Any) -> _Decoder:
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if annotation is object:
        return lambda data: data
    if annotation is str:
        return _text
    if annotation in _SCALARS:
        return _scalar(annotation)
    if origin is Literal:
        return _literal(arguments)
    if origin is Union:
        return _union(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if origin is dict:
        return _dictionary(_decoder(arguments[1]))
    if hasattr(annotation, "_fields"):
        return _record(annotation, annotation._fields, tagged=False)
    if dataclasses.is_dataclass(annotation):
        names = tuple(field.name for field in dataclasses.fields(annotation))
        return _record(annotation, names, tagged=True)
    raise TypeError(f"{annotation!r} cannot be declared on the wire")


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise WireError(f"{_shortened(data)} is no str")
    # Half of a surrogate pair, as names of files may have it, can be stored nowhere.
    return data if data.isascii() else data.encode(errors="backslashreplace").decode()


def _scalar(kind: type) -> _Decoder:
    def scalar(data: object) -> object:
        if type(data) is int and not -_BEYOND <= data < _BEYOND:
            raise WireError(f"{_shortened(data)} does not fit into 64 bits")
        if type(data) is kind or (kind is float and type(data) is int):
            return data
        raise WireError(f"{_shortened(data)} is no {kind.__name__}")

    return scalar


def _literal(values: Sequence[object]) -> _Decoder:
    def literal(data: object) -> object:
        if data in values:
            return data
        raise WireError(f"{_shortened(data)} is none of {', '.join(map(repr, values))}")

    return literal


def _union(members: Sequence[Any]) -> _Decoder:
    named: dict[object, _Decoder] = {
        getattr(each, "__name__", ""): _decoder(each)
        for each in members
        if dataclasses.is_dataclass(each)
    }
    others = [
        _decoder(each)
        for each in members
        if not dataclasses.is_dataclass(each) and each is not type(None)
    ]

    optional = type(None) in members
    if not named and len(others) == 1:
        return _optional(others[0])

    def union(data: object) -> object:
        if data is None and optional:
            return None
        if isinstance(data, dict) and isinstance(data.get(TYPE), str) and data[TYPE] in named:
            return named[data[TYPE]](data)
        for each in others:
            try:
                return each(data)
            except WireError:
                continue
        wanted = " or ".join(getattr(each, "__name__", str(each)) for each in members)
        raise WireError(f"{_shortened(data)} is no {wanted}")

    return union


def _optional(decoder: _Decoder) -> _Decoder:
    return lambda data: None if data is None else decoder(data)


def _tuple(kinds: Sequence[Any]) -> _Decoder:
    alike = _decoder(kinds[0]) if len(kinds) == 2 and kinds[1] is Ellipsis else None
    each_kind = [] if alike else [_decoder(kind) for kind in kinds]

    def homogeneous(data: object) -> object:
        if not isinstance(data, list):
            raise WireError(f"{_shortened(data)} is no list")
        if alike is not None:
            return tuple(map(alike, data))
        if len(data) != len(each_kind):
            raise WireError(f"{_shortened(data)} has {len(data)} items, not {len(each_kind)}")
        return tuple(decoder(each) for decoder, each in zip(each_kind, data))

    return homogeneous


def _dictionary(value: _Decoder) -> _Decoder:
    def dictionary(data: object) -> object:
        if not isinstance(data, dict):
            raise WireError(f"{_shortened(data)} is no dictionary")
        return {_text(key): value(each) for key, each in data.items()}

    return dictionary


def _record(kind: Any, names: Sequence[str], *, tagged: bool) -> _Decoder:
    hints = get_type_hints(kind)
    keys = frozenset((*names, TYPE)) if tagged else frozenset(names)
    decoders = [(name, _decoder(hints[name])) for name in names]

    def record(data: object) -> object:
        if not isinstance(data, dict):
            raise WireError(f"{_shortened(data)} is no {kind.__name__}")
        if data.keys() != keys:
            raise _other_keys(kind.__name__, data, keys)
        if tagged and data[TYPE] != kind.__name__:
            raise WireError(f"a {_shortened(data[TYPE])} is no {kind.__name__}")
        try:
            return kind(*[decoder(data[name]) for name, decoder in decoders])
        except WireError as error:
            raise WireError(f"{kind.__name__}: {error}") from None

    return record


def _other_keys(name: str, data: dict[str, object], keys: frozenset[str]) -> WireError:
    unknown, missing = sorted(data.keys() - keys), sorted(keys - data.keys())
    if unknown:
        return WireError(f"{name} has an unknown key {_shortened(unknown[0])}")
    return WireError(f"{name} lacks the key {missing[0]!r}")


def _shortened(data: object) -> str:
    text = _REPR.repr(data)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


_LONGEST = 60
_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = _LONGEST
