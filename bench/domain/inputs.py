"""Inputs of models as users declare them, where a model leaves something open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.domain.errors import InvalidScenario
from bench.domain.names import shortened

_WRITTEN = re.compile(r"\s*(?:([^=\[\]]*?)\s*=)?\s*([a-z]+\d*)\s*\[([\d,\s]+)\]\s*")
_DTYPES = re.compile(r"bool|string|u?int(8|16|32|64)|float(16|32|64)|bfloat16|complex(64|128)")
_MOST_DIGITS = 9
_EXAMPLE = "for example float32[32,224,224,3] or name=string[8,1]"


@dataclass(frozen=True)
class Input:
    """One of a model's inputs: its dtype, and its shape with the batch size in front.

    ``name`` is what the model calls it; without one it is known by its place.
    """

    dtype: str
    shape: tuple[int, ...]
    name: str | None = None

    def __str__(self) -> str:
        written = f"{self.dtype}[{','.join(map(str, self.shape))}]"
        return written if self.name is None else f"{self.name}={written}"


def input_from(text: str) -> Input:
    """The input that ``DTYPE[BATCH,…]`` or ``NAME=DTYPE[BATCH,…]`` describes.

    Raises ``InvalidScenario`` when it describes none.
    """
    match = _WRITTEN.fullmatch(text)
    lengths = match.group(3).split(",") if match else []
    if match is None or not all(each.strip().isdigit() for each in lengths):
        raise _refused(text, "is not an input: write its dtype and its shape, batch size first")
    if any(len(each.strip()) > _MOST_DIGITS for each in lengths):
        raise _refused(text, f"has a length of more than {_MOST_DIGITS} digits")
    name, dtype, shape = match.group(1), match.group(2), tuple(int(each) for each in lengths)
    if name == "":
        raise _refused(text, "has no name before its =")
    if not _DTYPES.fullmatch(dtype):
        raise _refused(text, f"has an unknown dtype {dtype!r}")
    if min(shape) < 1:
        raise _refused(text, "has a length below 1")
    return Input(dtype=dtype, shape=shape, name=name)


def checked(inputs: Sequence[Input]) -> tuple[Input, ...]:
    """``inputs`` of one model, if they belong together.

    Raises ``InvalidScenario`` when they have several batch sizes, one name twice, or a name only
    some of them.
    """
    sizes = {each.shape[0] for each in inputs}
    if len(sizes) > 1:
        raise InvalidScenario(f"inputs have one batch size, not {sorted(sizes)}")
    names = [each.name for each in inputs if each.name is not None]
    if names and len(names) < len(inputs):
        raise InvalidScenario("inputs are declared by name or by place: name all of them or none")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidScenario(f"the input {twice!r} is declared twice")
    return tuple(inputs)


def _refused(text: str, why: str) -> InvalidScenario:
    return InvalidScenario(f"{shortened(text)!r} {why}, {_EXAMPLE}")
