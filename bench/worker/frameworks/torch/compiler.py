"""``torch.compile``: whether it can be had here, and in which words it is not."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.gpu import first_line

_COMPILERS = ("g++", "clang++")


def check_compiler(on_gpu: bool) -> None:
    """Raises ``Unavailable`` where what ``torch.compile`` generates cannot be compiled."""
    if on_gpu:
        if importlib.util.find_spec("triton") is None:
            raise Unavailable("torch.compile needs Triton on a GPU, and it is not installed")
        return
    wanted = [os.environ["CXX"]] if "CXX" in os.environ else _COMPILERS
    if not any(map(shutil.which, wanted)):
        raise Unavailable(f"torch.compile needs a C++ compiler, and there is no {wanted[0]}")


@contextmanager
def refused_by_compiler() -> Iterator[None]:
    """What ``torch.compile`` does not compile while this is open is ``Unavailable``."""
    from torch._dynamo.exc import TorchDynamoException

    try:
        yield
    except TorchDynamoException as error:
        raise Unavailable(f"refused by torch.compile: {first_line(error)}") from error
