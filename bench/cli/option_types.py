"""How values are written on the command line: lists, durations, sizes, percentages, arms."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

import click

from bench.cli.errors import WrongRequest
from bench.domain.errors import InvalidScenario
from bench.domain.inputs import input_from
from bench.planning import written

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


NAMES = Written("names", written.names)
LAYERS = Written("counts", written.layer_counts)
BATCHES = Written("counts", partial(written.counts, what="batch size", example="1,32,256"))
DURATION = Written("duration", written.parse_duration)
SIZE = Written("size", written.size)
PERCENT = Written("percentage", written.percentage)
INPUT = Written("input", input_from)
ARM = Written("arm", written.named_arm)
INTERPRETER = Written("interpreter", written.named_interpreter)


_RESUMED = "--resume goes on with the run's own plan"


def refuse_other_options(*allowed: str, why: str = _RESUMED) -> None:
    """Raise ``WrongRequest`` when the current command was given more than ``allowed``."""
    for parameter in click.get_current_context().command.params:
        if parameter.name not in allowed:
            _refuse(parameter, why)


def refuse_option(name: str, why: str) -> None:
    """Raise ``WrongRequest`` when the current command was given the option ``name``."""
    for parameter in click.get_current_context().command.params:
        if parameter.name == name:
            _refuse(parameter, why)


def _refuse(parameter: click.Parameter, why: str) -> None:
    context = click.get_current_context()
    source = context.get_parameter_source(parameter.name or "")
    if source != click.core.ParameterSource.COMMANDLINE or not _means(parameter, context):
        return
    of_off = parameter.secondary_opts and context.params[parameter.name or ""] is False
    (option, *_) = parameter.secondary_opts if of_off else parameter.opts
    what = option if option.startswith("-") else "a scenario"
    raise WrongRequest(f"{why}: it can't be given together with {what}")


def _means(parameter: click.Parameter, context: click.Context) -> bool:
    """Whether ``parameter`` is the one of several for one value that was given."""
    value = getattr(parameter, "flag_value", None)
    is_one_of_several = getattr(parameter, "is_flag", False) and isinstance(value, str)
    return not is_one_of_several or context.params[parameter.name or ""] == value
