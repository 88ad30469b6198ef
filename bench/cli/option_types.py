"""How values are written on the command line: lists, durations, sizes, percentages, arms."""

from __future__ import annotations

import re
from typing import Any, NoReturn

import click

from bench.cli.errors import WrongRequest
from bench.domain.errors import InvalidName, InvalidScenario
from bench.domain.names import PLACEBO, check_name
from bench.domain.plan import Input
from bench.domain.scenario import Arm, arm_from

_DURATION = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_SIZE = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


_DTYPES = "bool|u?int(8|16|32|64)|float(16|32|64)|bfloat16"


class _Type(click.ParamType):  # type: ignore[type-arg]
    def __init__(self, name: str, example: str) -> None:
        self.name = name
        self._example = example

    def refuse(self, value: str, why: str) -> NoReturn:
        self.fail(f"{value!r} {why}, for example {self._example}")


class Names(_Type):
    """Comma-separated words."""

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        # A comma between parentheses belongs to the word.
        words = tuple(word.strip() for word in re.split(r",(?![^()]*\))", value))
        if not all(words):
            self.refuse(value, "is not a list of names: write them with commas between them")
        return tuple(dict.fromkeys(words))


class Counts(_Type):
    """Comma-separated whole numbers from 1: counts of ``what``."""

    def __init__(self, what: str, example: str) -> None:
        super().__init__("counts", example)
        self._what = what

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        counts = []
        for word in value.split(","):
            if not re.fullmatch(r"\s*[+-]?\d+\s*", word):
                self.refuse(value, f"is not a list of {self._what}s: write whole numbers from 1")
            counts.append(int(word))
        if min(counts) < 1:
            self.refuse(value, f"has a {self._what} below 1: write whole numbers from 1")
        return tuple(sorted(set(counts)))


class Quantity(_Type):
    """A positive number and a unit."""

    def __init__(self, name: str, units: dict[str, float], example: str) -> None:
        super().__init__(name, example)
        self._units = units

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        if isinstance(value, (int, float)):
            return float(value)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([A-Za-z%]?)", value.strip())
        if not match or match.group(2) not in self._units or not float(match.group(1)):
            units = ", ".join(unit or "none" for unit in self._units)
            self.refuse(value, f"is not a {self.name}: write a number above 0 and a unit ({units})")
        return float(match.group(1)) * self._units[match.group(2)]


class NamedArm(_Type):
    """``NAME=MODULE:FUNCTION``, with ``(name=value, …)`` after it or not."""

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, Arm]:
        if isinstance(value, tuple):
            return value
        name, separator, builder = value.partition("=")
        name = name.strip()
        if not separator or not name:
            self.refuse(value, "does not name an arm: write NAME=MODULE:FUNCTION")
        if name == PLACEBO:
            self.refuse(value, f"cannot be: {PLACEBO!r} is the suite's own copy of the baseline")
        try:
            check_name(name, "arm")
        except InvalidName as error:
            self.fail(str(error))
        try:
            return name, arm_from(builder.strip())
        except InvalidScenario as error:
            self.fail(f"arm {name!r}: {error}")


class InputShape(_Type):
    """``DTYPE[BATCH,…]``."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Input:
        if isinstance(value, Input):
            return value
        match = re.fullmatch(r"\s*([a-z]+\d*)\s*\[([\d,\s]+)\]\s*", value)
        lengths = match.group(2).split(",") if match else []
        if match is None or not all(each.strip().isdigit() for each in lengths):
            self.refuse(value, "is not an input: write its dtype and its shape, batch size first")
        dtype, shape = match.group(1), tuple(int(each) for each in lengths)
        if not re.fullmatch(_DTYPES, dtype):
            self.refuse(value, f"has an unknown dtype {dtype!r}")
        if min(shape) < 1:
            self.refuse(value, "has a length below 1")
        return Input(dtype=dtype, shape=shape)


NAMES = Names("names", "mlp,cnn")
LAYERS = Counts("layer count", "4,16,64")
BATCHES = Counts("batch size", "1,32,256")
DURATION = Quantity("duration", _DURATION, "90s, 10m or 1h")
SIZE = Quantity("size", {unit: float(factor) for unit, factor in _SIZE.items()}, "512M or 4G")
PERCENT = Quantity("percentage", {"%": 0.01}, "5%")
INPUT = InputShape("input", "float32[32,224,224,3]")
ARM = NamedArm("arm", "mine=my_package.models:build")


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
