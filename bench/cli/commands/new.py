"""``bench new``: a scenario file of one's own, to start from."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.errors import WrongRequest

TEMPLATE = '''"""A question of your own: bench run {name} --quick"""

from bench.domain.scenario import Arm, Scenario


# Builders take a depth and return a model. They run in processes of their own, so that each
# imports what it needs itself: this file is also read where no framework is imported.


def narrow(depth):
    import keras

    hidden = [keras.layers.Dense(32, activation="relu") for _ in range(depth)]
    return keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10)])


def wide(depth):
    import keras

    hidden = [keras.layers.Dense(512, activation="relu") for _ in range(depth)]
    return keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10)])


# The variable's name is the scenario's. The baseline is what the other arms are compared with, and
# what the suite measures a second time as the placebo. An arm may also name a builder elsewhere,
# "my_package.models:build", with arguments={{"units": 64}}.

width = Scenario(
    question="What does it cost to make the layers sixteen times as wide?",
    arms={{
        "narrow": Arm("{module}:narrow"),
        "wide": Arm("{module}:wide"),
    }},
    baseline="narrow",
    layers=(4, 16, 64),
    # How models are called: "function", "predict", "train" and more (bench list --json).
    call modes=("function",),
    # The phases that the question is about; they get most of the error budget.
    headline=("construct", "inference"),
)
'''


@click.command("new")
@click.argument("path", type=click.Path(path_type=Path), default="my_scenarios.py")
def command(path: Path) -> int:
    """Write a scenario file that works, with comments, to PATH. [default: my_scenarios.py]

    Example: bench new my_scenarios.py
    """
    if path.suffix != ".py" or not path.stem.isidentifier():
        raise WrongRequest(f"{path.name!r} is no name of a Python module: my_scenarios.py is one")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.format(name=path, module=path.stem))
    except FileExistsError as error:
        raise WrongRequest(f"{path} exists already: give another name") from error
    except OSError as error:
        raise WrongRequest(f"cannot write {path}: {error.strerror}") from error
    click.echo(f"{path} is written; try: bench run {path} --quick")
    return 0
