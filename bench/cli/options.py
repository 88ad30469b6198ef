"""The options that several commands have: what is measured, which run, where, and JSON."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bench.cli import completion, option_types
from bench.domain.names import check_name
from bench.domain.phases import TENSORFLOW
from bench.store.locate import RUNS

if TYPE_CHECKING:
    from bench.domain.inputs import Input
    from bench.domain.scenario import Arm

Command = TypeVar("Command", bound=Callable[..., Any])

run_argument = click.argument("run", metavar="RUN", shell_complete=completion.RUN)
"""The run that a command reads."""

runs_folder = click.option(
    "--out",
    "runs",
    type=click.Path(path_type=Path),
    default=RUNS,
    help="Folder of runs. [default: results/runs]",
)

json_output = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")

seed = click.option(
    "--seed", type=click.IntRange(0), help="Seed of order and data. [default: random]"
)

_WHAT = (
    click.option(
        "--architecture",
        "architectures",
        type=option_types.NAMES,
        shell_complete=completion.ARCHITECTURES,
        help="Architectures, by name or MODULE:FUNCTION; add (name=value, ...) to change the "
        "size of the input. [default: the scenario's first ones]",
    ),
    click.option(
        "--arm",
        "arms",
        type=option_types.ARM,
        multiple=True,
        metavar="NAME=MODULE:FUNCTION[@ENVIRONMENT]",
        help="Add or replace an arm; without a SCENARIO, compare only these. Repeatable.",
    ),
    click.option(
        "--input",
        "inputs",
        type=option_types.INPUT,
        multiple=True,
        metavar="[NAME=]DTYPE[BATCH,...]",
        help="Declare a model input that cannot be inferred, or a length that is left open; "
        "repeat for each.",
    ),
    click.option(
        "--batch",
        "batches",
        type=option_types.BATCHES,
        help="Batch sizes to sweep. [default: 32, or that of --input]",
    ),
    click.option(
        "--name",
        help="Name of a comparison of --arm alone, without a SCENARIO. [default: the arms']",
    ),
    click.option(
        "--baseline", help="The arm that others are compared with. [default: the scenario's]"
    ),
    click.option(
        "--headline",
        type=option_types.NAMES,
        shell_complete=completion.PHASES,
        metavar="PHASES",
        help="Phases that the comparison is about, for example trace,first_call. [default: the "
        "scenario's; of --arm alone construct, or the calls of the call modes that are named]",
    ),
    click.option(
        "--call-mode",
        "call_modes",
        type=option_types.NAMES,
        shell_complete=completion.CALL_MODE_NAMES,
        help="How models are called. [default: the scenario's, usually function]",
    ),
    click.option(
        "--device",
        "devices",
        type=option_types.NAMES,
        shell_complete=completion.DEVICES,
        default=("cpu",),
        help="Devices: cpu, gpu, gpu:1. [default: cpu]",
    ),
    click.option(
        "--backend",
        "backends",
        type=option_types.NAMES,
        shell_complete=completion.BACKENDS,
        default=(TENSORFLOW,),
        help="Backends of Keras: tensorflow, jax, torch. [default: tensorflow]",
    ),
)


trust = click.option(
    "--trust", is_flag=True, help="Execute what somebody else's run names. [default: refuse]"
)


def scenario_options(
    command: Callable[..., int], depths: str = "Depths to sweep. [default: the scenario's]"
) -> Callable[..., int]:
    """Give ``command`` the options that say what is measured, as one ``RunOptions``: ``asked``.

    ``depths`` is the help of ``--layers``.
    """

    @wraps(command)
    def wrapped(
        *,
        layers: tuple[int, ...] | None,
        architectures: tuple[str, ...] | None,
        arms: tuple[tuple[str, Arm], ...],
        inputs: tuple[Input, ...],
        batches: tuple[int, ...] | None,
        name: str | None,
        baseline: str | None,
        headline: tuple[str, ...] | None,
        call_modes: tuple[str, ...] | None,
        devices: tuple[str, ...],
        backends: tuple[str, ...],
        **others: Any,
    ) -> int:
        from bench.planning import registry
        from bench.planning.run_options import RunOptions

        asked = RunOptions(
            layers=layers,
            architectures=architectures,
            arms=dict(arms),
            inputs=inputs,
            batches=batches,
            name=None if name is None else check_name(name, "scenario"),
            baseline=baseline,
            headline=headline,
            call_modes=call_modes,
            devices=devices,
            backends=[registry.known_backend(each) for each in backends],
        )
        return command(asked=asked, **others)

    for option in reversed(
        (click.option("--layers", type=option_types.LAYERS, help=depths), *_WHAT)
    ):
        wrapped = option(wrapped)
    return wrapped
