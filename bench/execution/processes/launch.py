"""How a measured interpreter is started: which Python, with what environment and what folders."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass

OF_BACKEND: Mapping[str, Mapping[str, str]] = {
    "jax": {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
    "torch": {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"},
}
"""Variables that a backend reads while it is imported, unless the user has set them.

JAX takes three quarters of a GPU's memory otherwise, whatever it needs. PyTorch looks for GPUs when
Keras is imported, which without its variable starts CUDA in the zygote, and no fork can use it.
"""


@dataclass(frozen=True)
class LaunchSpec:
    """How to start a measured interpreter.

    ``seed`` decides its hash seed and the length of a padding variable in its environment, two
    accidents that can make one process faster than another (Mytkowicz et al. 2009). Measured code
    is imported from the current folder and from ``folders``. Importing the framework may take
    ``import_limit_s`` seconds.
    """

    python: str
    backend: str
    isolation: str
    seed: int
    folders: tuple[str, ...] = ()
    import_limit_s: float = 300.0

    def environment(self) -> Mapping[str, str]:
        """The environment variables of the interpreter."""
        generator = random.Random(f"launch-{self.seed}")
        return {
            **OF_BACKEND.get(self.backend, {}),
            **os.environ,
            "PYTHONHASHSEED": str(generator.getrandbits(32)),
            "BENCH_PADDING": "x" * generator.randrange(4096),
            "KERAS_BACKEND": self.backend,
        }


def this_python() -> str:
    """The interpreter that runs the suite: the one measured unless another is named."""
    return sys.executable
