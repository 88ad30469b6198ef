"""Builders with a known slowdown: each builds inline, then computes for a share of that time.

The truth is exact in every process, however fast its core happens to run: what is added is a part
of the CPU time that this very construction took.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import Any

import keras

from scenarios.builders import inline


def slowed(layers: Iterable[Any], part: float) -> keras.Model:
    """Build inline, then compute for ``part`` of the CPU time that took."""
    began = time.process_time()
    model = inline(layers)
    now = time.process_time()
    end = now + part * (now - began)
    while time.process_time() < end:
        pass
    return model


slowed_1 = partial(slowed, part=0.01)
slowed_2 = partial(slowed, part=0.02)
slowed_4 = partial(slowed, part=0.04)
slowed_10 = partial(slowed, part=0.10)
