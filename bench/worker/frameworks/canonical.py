"""Canonical forms: text that two builds of the same thing share, whatever they were called.

Only names, ids and metadata are replaced; all else stays. A name becomes its rank of appearance,
so that what refers to what is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

# A name begins with a letter: what begins with a digit is a number, and part of the program.
_HLO_NAME = re.compile(r"%[\w.\-]+|\b[A-Za-z_][\w\-]*(?:\.\d+)+\b")
_HLO_METADATA = re.compile(r", (?:metadata|frontend_attributes)=\{[^{}]*\}")
_HLO_MODULE = re.compile(r"^HloModule [^,\s]+")
_HLO_SOURCES = ("FileNames", "FunctionNames", "FileLocations", "StackFrames")
"""The heads of tables, each of which a blank line ends: where the program was written."""


def configuration_lines(configuration: Any) -> list[str]:
    """A Keras configuration as indented JSON, names by their order of appearance.

    Every string that stands under ``name`` somewhere is replaced wherever it stands alone; but a
    policy's name, ``mixed_float16``, says what it does.
    """
    ranks: dict[str, str] = {}

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            if str(value.get("class_name")).endswith("DTypePolicy"):
                return
            name = value.get("name")
            if isinstance(name, str):
                ranks.setdefault(name, f"name {len(ranks)}")
            for each in value.values():
                collect(each)
        elif isinstance(value, (list, tuple)):
            for each in value:
                collect(each)

    def replaced(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): replaced(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [replaced(each) for each in value]
        return ranks.get(value, value) if isinstance(value, str) else value

    plain = json.loads(json.dumps(configuration, default=repr))
    collect(plain)
    return json.dumps(replaced(plain), indent=1, sort_keys=True).splitlines()


def program_lines(text: str) -> list[str]:
    """Optimised HLO without metadata, its names by their order of appearance."""
    ranks: dict[str, str] = {}

    def rank(match: re.Match[str]) -> str:
        return ranks.setdefault(match.group(0).lstrip("%"), f"%{len(ranks)}")

    lines = []
    is_source = False
    for line in text.splitlines():
        is_source = line in _HLO_SOURCES or (is_source and bool(line))
        if is_source:
            continue
        bare = _HLO_MODULE.sub("HloModule", _HLO_METADATA.sub("", line))
        lines.append(_HLO_NAME.sub(rank, bare).rstrip())
    return lines


def array_lines(arrays: Sequence[Any]) -> list[str]:
    """Shape, dtype and a digest of the content of each array."""
    import hashlib

    import numpy as np

    def content(array: Any) -> bytes:
        # The bytes of an array of objects, such as strings, are addresses.
        return repr(array.tolist()).encode() if array.dtype.hasobject else bytes(array.tobytes())

    return [
        f"{tuple(each.shape)} {each.dtype} {hashlib.sha256(content(each)).hexdigest()}"
        for each in (np.asarray(array) for array in arrays)
    ]
