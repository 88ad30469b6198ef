"""What PyTorch does when a model is called: its operations, one after the other."""

from __future__ import annotations

from typing import Any, Callable

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.keras.three import tensors_in


class _Noted(TorchDispatchMode):
    """While it is open, notes every operation that PyTorch dispatches."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        named = kwargs or {}
        result = function(*args, **named)
        taken = [*map(_described, args)]
        taken += [f"{name}={_described(each)}" for name, each in named.items()]
        self.lines.append(f"{function}({', '.join(taken)}) -> {_described(result)}")
        return result


def operations(call: Callable[[Any], Any], inputs: Any) -> list[str]:
    """The operations of ``call`` in their order: each with the shapes that it takes and gives."""
    with _Noted() as noted:
        call(inputs)
    return list(noted.lines)


def gradients(model: Any, called: Callable[..., Any], inputs: Any) -> list[Any]:
    """Gradients of the mean square of the outputs, for each trainable weight that has one.

    Raises ``Unavailable`` when none has.
    """
    outputs = tensors_in(called(inputs, training=True))
    squares = [each.square().mean() for each in outputs if each.is_floating_point()]
    loss = sum(squares) if squares else None
    weights = [each.value for each in model.trainable_weights]
    if not isinstance(loss, torch.Tensor) or not loss.requires_grad or not weights:
        raise Unavailable("no weight of the model has a gradient")
    found = torch.autograd.grad(loss, weights, allow_unused=True)
    return [each for each in found if each is not None]


def _described(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return f"{str(value.dtype).rpartition('.')[2]}[{','.join(map(str, value.shape))}]"
    if isinstance(value, (list, tuple)):
        return f"({', '.join(map(_described, value))})"
    plain = (str, int, float, bool, type(None), torch.dtype, torch.device)
    return str(value) if isinstance(value, plain) else type(value).__name__
