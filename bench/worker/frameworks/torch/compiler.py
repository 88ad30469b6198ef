"""``torch.compile``: whether it can be had here, and in which words it is not."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.gpu import first_line

_COMPILERS = ("g++", "clang++")
_OFF = ("TORCHDYNAMO_DISABLE", "TORCH_COMPILE_DISABLE")
"""Variables with which ``torch.compile`` returns what it is given."""


def check_compiler(on_gpu: bool) -> None:
    """Raises ``Unavailable`` where ``torch.compile`` is off, or what it generates is not compiled.

    Nothing of the compiler is imported: that belongs to the first call.
    """
    for name in _OFF:
        if os.environ.get(name) == "1":
            raise Unavailable(f"torch.compile is switched off: {name} is 1")
    if getattr(sys.modules.get("torch._dynamo.config"), "disable", False):
        raise Unavailable("torch.compile is switched off: torch._dynamo.config.disable is set")
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
