"""The options of the plugin."""

from __future__ import annotations

import argparse

import pytest

from bench.pytest_plugin import options
from bench.store.run_folder import RunFolder
from tests.pytest_plugin.sessions import HEAD, PHASES, Sessions

pytest_plugins = ["pytester"]


@pytest.mark.parametrize("text", ["0", "-3", "x", "", "4,,16", "4.5"])
def test_layer_counts_are_whole_numbers_from_1(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="write whole numbers from 1"):
        options.layer_counts(text)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "10d", ""])
def test_budget_is_a_duration_above_0(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a duration"):
        options.seconds(text)


def test_budget_has_a_unit_as_on_the_command_line() -> None:
    assert [options.seconds(text) for text in ("90", "90s", "10m", "1h")] == [90, 90, 600, 3600]


def test_lists_hold_each_value_once() -> None:
    assert options.layer_counts("64, 4,4") == (4, 64)
    assert options.names("mlp, cnn,mlp") == ("mlp", "cnn")
    sized = "cnn(side=64,legacy_shape=True)"
    assert options.names(f"{sized},mlp") == (sized, "mlp")
    with pytest.raises(argparse.ArgumentTypeError, match="is not a list of names"):
        options.names("mlp,")


def test_wrong_option_is_refused_in_one_line(sessions: Sessions) -> None:
    result = sessions.run("fakes.py", "--bench-layers=4,0")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*--bench-layers: '4,0' has a layer count below 1: write whole numbers from 1*"]
    )


def test_options_choose_depths_architectures_and_the_folder_of_runs(sessions: Sessions) -> None:
    flat = HEAD + (
        "flat = Scenario('Flat?', arms={'all': Arm('tests.fakes.builders:without_depth')}, "
        "baseline='all')\n"
    )
    sessions.write("flat.py", flat)
    result = sessions.run(
        ".", "-k", "ready", "--bench-layers=3", "--bench-out=elsewhere", "--bench-preset=standard"
    )
    result.assert_outcomes(passed=3 + 2, deselected=5 * (len(PHASES) - 1))
    result.stdout.fnmatch_lines(["bench: read the verdicts with: bench show elsewhere/*"])
    (record,) = (sessions.path / "elsewhere").glob("*/run.json")
    panels = RunFolder(record.parent).record.plan.panels
    assert [(panel.scenario, panel.layers) for panel in panels] == [("fakes", 3), ("flat", None)]
