"""Ways to damage a file of a run: its bytes, its place, and the values of a JSON document."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

Way = Callable[[Path, random.Random, Sequence[Path]], str]
"""Damages a file, given its counterparts in other runs; returns what was done."""


def _flip(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    content = bytearray(path.read_bytes())
    place, bit = generator.randrange(len(content)), generator.randrange(8)
    content[place] ^= 1 << bit
    path.write_bytes(content)
    return f"bit {bit} of byte {place} flipped"


def _truncate(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    size = generator.randrange(path.stat().st_size)
    os.truncate(path, size)
    return f"cut to {size} bytes"


def _overwrite(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    content = bytearray(path.read_bytes())
    place = generator.randrange(len(content))
    noise = generator.randbytes(generator.randint(1, 64))
    content[place : place + len(noise)] = noise
    path.write_bytes(content)
    return f"{len(noise)} bytes from {place} overwritten"


def _extend(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    with path.open("ab") as file:
        file.write(generator.randbytes(generator.randint(1, 64)))
    return "bytes appended"


def _foreign(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    if not others:
        return _truncate(path, generator, others)
    other = generator.choice(others)
    shutil.copyfile(other, path)
    return f"replaced by that of {other.parent}"


def _swap(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    siblings = [each for each in path.parent.glob(f"*{path.suffix}") if each != path]
    if not siblings:
        return _flip(path, generator, others)
    sibling = generator.choice(sorted(siblings))
    shutil.copyfile(sibling, path)
    return f"replaced by {sibling.name}"


def _no_file(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    path.unlink()
    kind = generator.choice(["folder", "pipe", "dangling link"])
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("nowhere")
    return f"replaced by a {kind}"


def _edit(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    """Change one value of a JSON document by hand, and keep the layout of the file."""
    text = path.read_text()
    document = json.loads(text)
    done = change_value(document, generator)
    path.write_text(json.dumps(document, indent=generator.choice([None, 1, 2])))
    return done


def change_value(document: Any, generator: random.Random) -> str:
    """Change, remove or add one value somewhere in ``document``; returns what was done."""
    places = list(places_of(document))
    holder, key = generator.choice(places)
    value = holder[key]
    new: Any = generator.choice(
        [
            *(None, -1, 0, 2**62, 10**30, 1.5, 1e300, "", "x", "\udcff", [], {}, [[]], True),
            value * 2 if type(value) is int else "y",
        ]
    )
    kind = generator.choice(["value", "value", "removed", "added"])
    if kind == "removed":
        del holder[key]
        return f"{key!r} removed"
    if kind == "added" and isinstance(holder, dict):
        holder["zombie"] = new
        return f"a key added next to {key!r}"
    if new == value and type(new) is type(value):
        new = "z"
    holder[key] = new
    return f"{key!r} is {new!r} instead of {value!r}"[:200]


def places_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each value within ``value``, by what holds it and its key there."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from places_of(value[key])


BYTE_WAYS: Sequence[Way] = (_flip, _flip, _truncate, _overwrite, _extend, _foreign, _swap, _no_file)
WAYS: Sequence[Way] = (*BYTE_WAYS, _edit, _edit)
