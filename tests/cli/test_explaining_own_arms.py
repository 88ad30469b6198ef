"""``bench explain`` of builders of the user's own, with the options of ``bench run``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.api.explain import DEPTHS, has_default_depths, plan_explanation, without_needless_depths
from bench.api.planning import Chosen
from bench.domain.scenario import Arm
from bench.planning.run_options import RunOptions
from bench.worker.references import positional_parameters
from tests.cli.command import run

BUILDERS = """
import keras

def deep(depth):
    hidden = [keras.layers.Dense(4) for _ in range(depth)]
    return keras.Sequential([keras.Input((None, 4)), *hidden])

def flat():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])

class Unknown(keras.Model):
    def __init__(self):
        super().__init__()
        self.only = keras.layers.Dense(2)

    def call(self, inputs):
        return self.only(inputs)
"""


def explained(folder: Path, *arguments: str) -> dict[str, Any]:
    (folder / "own.py").write_text(BUILDERS)
    result = run(["explain", *arguments, "--json"], folder)
    assert result.returncode == 0, result.stderr
    (document,) = json.loads(result.stdout)["explanations"]
    return dict(document)


def depths(document: dict[str, Any]) -> set[int]:
    return {depth for each in document["counters"] for depth in each["depths"]}


def test_builder_that_takes_a_depth_is_explained_at_the_default_ones(tmp_path: Path) -> None:
    document = explained(tmp_path, "--arm", "deep=own:deep", "--input", "float32[2,3,4]")
    assert depths(document) == set(DEPTHS)
    assert document["failures"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--arm", "flat=own:flat", "--call-mode", "predict", "--batch", "2"),
        ("--arm", "unknown=own:Unknown", "--input", "float32[2,4]"),
    ],
)
def test_builder_that_takes_none_is_explained_without(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    document = explained(tmp_path, *arguments)
    assert depths(document) == {0}
    assert document["failures"] == []


def test_depths_that_are_named_are_kept() -> None:
    options = RunOptions(arms={"a": Arm("m:f")}, layers=(3,))
    assert not has_default_depths(Chosen(), options)
    assert has_default_depths(Chosen(), RunOptions(arms={"a": Arm("m:f")}))


@pytest.mark.parametrize(
    ("positional", "arguments", "expected"),
    [
        (("depth",), {}, list(DEPTHS)),
        (("depth",), {"depth": 4}, [None]),
        ((), {}, [None]),
        (None, {}, list(DEPTHS)),
    ],
)
def test_depths_are_left_out_where_no_builder_takes_one(
    positional: tuple[str, ...] | None, arguments: dict[str, Any], expected: list[int | None]
) -> None:
    plan = plan_explanation(Chosen(), RunOptions(arms={"a": Arm("m:f", arguments)}))
    known = {} if positional is None else {"m:f": positional}
    found = without_needless_depths(plan, known)
    assert [panel.layers for panel in found.panels] == expected


def test_parameters_that_a_builder_must_be_given_are_a_depth() -> None:
    def required(count: int, units: int = 4) -> None: ...
    def named(units: int = 4, depth: int = 2) -> None: ...
    def optional(input_shape: object = None, *, weights: object = None) -> None: ...

    assert positional_parameters(required) == ("count",)
    assert positional_parameters(named) == ("depth",)
    assert positional_parameters(optional) == ()
