"""``bench new``: writes a commented scenario file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.errors import WrongRequest

TEMPLATE = '''"""My own comparison. Measure it with: bench run {name} --quick"""

from bench import Arm, Scenario


# A builder takes a depth and returns a model. It runs in a measured process, so it imports the
# framework itself: the suite also reads this file in a process without one.


def narrow(depth):
    import keras

    hidden = [keras.layers.Dense(32, activation="relu") for _ in range(depth)]
    return keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10)])


def wide(depth):
    import keras

    hidden = [keras.layers.Dense(512, activation="relu") for _ in range(depth)]
    return keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10)])


# The variable's name is the name of the scenario. Every other arm is compared with the baseline.
# The suite also measures a second copy of the baseline: the placebo. An arm can name a builder of
# another module and pass arguments to it: Arm("my_models:build", arguments={{"units": 64}}).

width = Scenario(
    question="What does it cost to make the layers sixteen times as wide?",
    arms={{
        "narrow": Arm("{module}:narrow"),
        "wide": Arm("{module}:wide"),
    }},
    baseline="narrow",
    layers=(4, 16, 64),
    # How the models are called: "function", "predict", "train", ... (bench list --json names all).
    call_modes=("function",),
    # The phases that the question is about. They get most of the error budget.
    headline=("construct", "inference"),
)
'''


@click.command("new")
@click.argument("path", type=click.Path(path_type=Path), default="my_scenarios.py")
def command(path: Path) -> int:
    """Write a commented scenario file to PATH. [default: my_scenarios.py]

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
