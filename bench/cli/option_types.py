"""How values are written on the command line: lists, durations, sizes, percentages, arms."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, NoReturn, TypeVar

import click

from bench.cli.errors import WrongRequest
from bench.domain.design.plan import Input
from bench.domain.errors import InvalidScenario
from bench.planning import written

_DTYPES = "bool|u?int(8|16|32|64)|float(16|32|64)|bfloat16"

Value = TypeVar("Value")


class Written(click.ParamType, Generic[Value]):  # type: ignore[type-arg]
    """A value that ``read`` makes of what was written, or raises ``InvalidScenario``."""

    def __init__(self, name: str, read: Callable[[str], Value]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: Any, ctx: Any) -> Value:
        if not isinstance(value, str):
            # A default, or what was read already.
            converted: Value = value
            return converted
        try:
            return self._read(value)
        except InvalidScenario as error:
            self.fail(str(error))


class InputShape(click.ParamType):  # type: ignore[type-arg]
    """``DTYPE[BATCH,…]``."""

    name = "input"

    def convert(self, value: Any, param: Any, ctx: Any) -> Input:
        if isinstance(value, Input):
            return value
        match = re.fullmatch(r"\s*([a-z]+\d*)\s*\[([\d,\s]+)\]\s*", value)
        lengths = match.group(2).split(",") if match else []
        if match is None or not all(each.strip().isdigit() for each in lengths):
            self._refuse(value, "is not an input: write its dtype and its shape, batch size first")
        dtype, shape = match.group(1), tuple(int(each) for each in lengths)
        if not re.fullmatch(_DTYPES, dtype):
            self._refuse(value, f"has an unknown dtype {dtype!r}")
        if min(shape) < 1:
            self._refuse(value, "has a length below 1")
        return Input(dtype=dtype, shape=shape)

    def _refuse(self, value: str, why: str) -> NoReturn:
        self.fail(f"{value!r} {why}, for example float32[32,224,224,3]")


NAMES = Written("names", written.names)
LAYERS = Written("counts", written.layer_counts)
BATCHES = Written("counts", partial(written.counts, what="batch size", example="1,32,256"))
DURATION = Written("duration", written.parse_duration)
SIZE = Written("size", written.size)
PERCENT = Written("percentage", written.percentage)
INPUT = InputShape()
ARM = Written("arm", written.named_arm)


def refuse_other_options(*allowed: str) -> None:
    """Raise ``WrongRequest`` when the current command was given more than ``allowed``."""
    context = click.get_current_context()
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if name not in allowed and source == click.core.ParameterSource.COMMANDLINE:
            raise WrongRequest(
                "--resume goes on with the run's own plan: it can't be given together with "
                f"{parameter.opts[0] if parameter.opts[0].startswith('-') else 'a scenario'}"
            )
