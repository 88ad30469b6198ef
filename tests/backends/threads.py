"""A builder that tells how many threads PyTorch computes with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras

from scenarios.builders import inline


def told(layers: Iterable[Any]) -> keras.Model:
    """The model, once that is told."""
    import torch

    print(f"threads: {torch.get_num_threads()}")  # noqa: T201
    return inline(layers)
