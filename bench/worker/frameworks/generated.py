"""Random values for the inputs of a model, one generator for each kind of dtype.

The same inputs get the same values under one seed, whatever model declares them.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Optional

import numpy as np

from bench.worker.frameworks.signature import InputSpec, KnownValues, Signature

UNKNOWN_BELOW = 10
"""Whole numbers from 0 to this are drawn where no layer says which are meant."""

WORDS = ("river", "stone", "cloud", "paper", "green", "small", "music", "early", "quiet", "south")
"""What text is made of where no layer has a vocabulary."""

SENTENCE = 8
"""Words of a text where nothing says how many."""

DENSITY = 0.1
"""Part of a sparse tensor that is not 0."""


def generator(spec: InputSpec, inputs: Sequence[InputSpec], seed: int) -> np.random.Generator:
    """The generator of the values of ``spec``, one of the ``inputs`` of a model.

    One of several is known by its own name wherever it stands, and else by its place. The only one
    is the same whatever its name.
    """
    place = next(place for place, each in enumerate(inputs) if each is spec)
    key = zlib.crc32(spec.name.encode()) if spec.name and len(inputs) > 1 else place
    return np.random.default_rng([seed, key])


def random_values(spec: InputSpec, shape: Sequence[int], draw: np.random.Generator) -> Any:
    """An array of ``shape`` that ``spec`` can hold; texts are Python's."""
    known = _known(spec)
    if spec.kind == "string":
        return _texts(known, shape, draw)
    if spec.kind == "bool":
        return draw.integers(0, 2, shape).astype(bool)
    if known is not None:
        if known.among:
            return draw.choice(np.asarray(known.among), tuple(shape))
        return draw.integers(0, known.below, shape)
    values = draw.standard_normal(tuple(shape), dtype="float32")
    return values + 1j * draw.standard_normal(tuple(shape)) if spec.kind == "complex" else values


def row_lengths(
    spec: InputSpec, shape: Sequence[int], draw: np.random.Generator
) -> list[Sequence[int]]:
    """How long the rows of a ragged tensor are at each of its ragged levels: 1 up to its shape."""
    lengths: list[Sequence[int]] = []
    rows = shape[0]
    for longest in shape[1 : 1 + spec.ragged_rank]:
        lengths.append(draw.integers(1, longest + 1, rows).tolist())
        rows = sum(lengths[-1])
    return lengths


def inventions(signature: Signature, size: int) -> list[str]:
    """What is invented about each input, in words; nothing of plain numbers in a declared shape."""
    return [text for each in signature.inputs for text in [_invention(each, size)] if text]


def _invention(spec: InputSpec, size: int) -> Optional[str]:
    known = _known(spec)
    details = [_values_in_words(spec, known)] if known or spec.kind in ("string", "bool") else []
    if None in spec.shape[1:]:
        usual = ", ".join(
            str(length)
            for length, own in zip(spec.full_shape(size)[1:], spec.shape[1:])
            if own is None
        )
        details.append(f"free length {usual}")
    if spec.is_dtype_assumed:
        details.append("dtype assumed")
    if spec.layout == "sparse":
        details.append(f"sparse, {100 * DENSITY:.0f} % of it not 0")
    if spec.layout == "ragged":
        details.append("ragged, rows of random length from 1")
    if not details:
        return None
    shape = ",".join(map(str, spec.full_shape(size)))
    name = f"{spec.label} " if spec.label else ""
    return f"{name}{spec.dtype}[{shape}], {', '.join(details)}"


def _values_in_words(spec: InputSpec, known: Optional[KnownValues]) -> str:
    if spec.kind == "bool":
        return "true or false at random"
    source = f" ({known.source})" if known and known.source else ""
    if spec.kind == "string":
        words = known.words if known else SENTENCE
        return f"{'single words' if words == 1 else f'texts of {words} words'}{source}"
    assert known is not None
    if known.among:
        return f"{len(known.among)} values{source}"
    return f"values 0 to {known.below - 1}{source}"


def _known(spec: InputSpec) -> Optional[KnownValues]:
    """What is known of the values; of whole numbers something always is."""
    if spec.values is not None or spec.kind not in ("int", "uint"):
        return spec.values
    if "mask" in spec.name.lower():
        return KnownValues("a mask, by its name", below=2)
    return KnownValues("", below=256 if spec.dtype == "uint8" else UNKNOWN_BELOW)


def _texts(known: Optional[KnownValues], shape: Sequence[int], draw: np.random.Generator) -> Any:
    words, count = (known.among, known.words) if known and known.among else (WORDS, SENTENCE)
    drawn = draw.integers(0, len(words), (*shape, count))
    texts = [" ".join(str(words[each]) for each in row) for row in drawn.reshape(-1, count)]
    return np.asarray(texts, dtype=object).reshape(tuple(shape))
