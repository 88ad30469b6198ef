"""A patch of Keras that is not taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras


@contextmanager
def leaves_add_changed() -> Iterator[None]:
    """``Sequential.add`` is another from now on."""
    add = keras.Sequential.add

    def other(self: Any, layer: Any, **arguments: Any) -> None:
        add(self, layer, **arguments)

    keras.Sequential.add = other
    yield
