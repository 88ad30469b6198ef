"""A builder that does its work and no harm: hostile ones do the same, and something else.

They sleep once it is done, so that a time below shows who has reached the instrument.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.fakes.framework import Model

ASLEEP_S = 0.05
"""How long each builder sleeps once it has done its work."""


Builder = Callable[[Iterable[Any]], Model]


def behaves(layers: Iterable[Any]) -> Model:
    model = Model(layers)
    time.sleep(ASLEEP_S)
    return model
