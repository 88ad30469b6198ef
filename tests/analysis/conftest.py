"""A seeded source of randomness that says its seed when a test fails."""

from __future__ import annotations

import numpy as np
import pytest

SEED = 20261122


@pytest.fixture
def random() -> np.random.Generator:
    """A generator with a fixed seed, printed with the output of a test that fails."""
    print(f"seed {SEED}")  # noqa: T201
    return np.random.default_rng(SEED)
