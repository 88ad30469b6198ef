"""A module that sets variables that have to be set before its framework is imported."""

from __future__ import annotations

import os
from typing import Any

from tests.fakes.builders import good

os.environ["KERAS_BACKEND"] = "jax"
os.environ["XLA_FLAGS"] = "--of_mine"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["MY_OWN"] = "1"


def build(layers: Any) -> Any:
    return good(layers)
