"""``keras.json``: which backend of Keras a user asks for where no variable does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from bench.domain.phases import TENSORFLOW
from bench.domain.surroundings import BACKEND

_HOME = "KERAS_HOME"


def wishes(process: Mapping[str, str]) -> dict[str, str]:
    """The variables of a ``process``, with the backend of its ``keras.json`` where none is named.

    TensorFlow in that file is no wish: Keras writes it there by itself. A file that cannot be read
    asks for nothing.
    """
    asked = process.get(BACKEND) or _configured(Path(process.get(_HOME) or "~/.keras"))
    return {**process, BACKEND: asked}


def _configured(folder: Path) -> str:
    try:
        text = (folder.expanduser() / "keras.json").read_text(encoding="utf-8")
        backend = json.loads(text).get("backend")
    # Keras reads what it can of such a file, and whatever it says of it is said where it is loaded.
    except (OSError, ValueError, RuntimeError, RecursionError, AttributeError):
        return ""
    return backend if isinstance(backend, str) and backend != TENSORFLOW else ""
