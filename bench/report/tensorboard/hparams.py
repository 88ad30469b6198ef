"""Trials: every cell for the HParams views, factors and arm as hyperparameters."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tensorboard.plugins.hparams import summary_v2 as hparams

from bench.domain.design.plan import Plan
from bench.domain.findings.costs import CellFinding
from bench.domain.findings.explanation import Explanation
from bench.domain.labels import place_slug
from bench.domain.panel import FACTORS
from bench.domain.phases import is_overhead_phase
from bench.report.run_view import RunView
from bench.report.tensorboard.event_files import began, event_file
from bench.report.views import in_lifecycle_order

Value = str | int | float | bool
Trial = tuple[tuple[str, Value], ...]
"""The factors of a cell that vary within the run, its arm, and what that is called with."""

_MODEL = "model"


def write_trials(view: RunView, directory: Path) -> None:
    """Write a run below ``trials`` for each cell: its phases in seconds, and its exact counts."""
    findings, explanations, arguments = view.findings, view.explanations, _arguments(view.plan)
    trials: dict[Trial, list[CellFinding]] = {}
    # The views show no more than a few hyperparameters at first: what is the same for all cells
    # stands in the report.
    varying = [
        name for name in FACTORS if len({getattr(cell, name) for cell in findings.timed_cells}) > 1
    ]
    for cell in findings.timed_cells:
        given = arguments.get((cell.scenario, cell.arm), {})
        trials.setdefault(_trial(cell, varying, given), []).append(cell)
    metrics = {
        trial: [*_phases(cells), *_counts(cells[0], explanations)]
        for trial, cells in trials.items()
    }
    if not trials:
        return
    with event_file(directory / "trials", findings) as file:
        file.summary(_experiment(list(trials), metrics))
    places = [cells[0] for cells in trials.values()]
    for (trial, values), place in zip(metrics.items(), places, strict=True):
        name = place_slug(place, place.arm, among=places)
        with event_file(directory / "trials" / name, findings) as file:
            file.summary(hparams.hparams_pb(dict(trial), name, began(findings.run)))
            for tag, value in values:
                file.scalar(tag, 0, value)


def _trial(cell: CellFinding, varying: Sequence[str], arguments: Mapping[str, Value]) -> Trial:
    values = {name: getattr(cell, name) for name in varying}
    known = [(name, value) for name, value in values.items() if value is not None]
    return (*known, ("arm", cell.arm), *arguments.items())


def _arguments(plan: Plan) -> dict[tuple[str, str], dict[str, Value]]:
    """Scenario and arm → what its builder, architecture and lifecycle are called with.

    The views want values of one type: those of an argument are text where their types differ.
    """
    arms = {
        (scenario.name, arm.name): {
            f"{name} (argument)" if name in (*FACTORS, "arm") else name: value
            for given in (arm.arguments, arm.architecture_arguments, arm.lifecycle_arguments)
            for name, value in given.items()
        }
        for scenario in plan.scenarios
        for arm in scenario.arms
    }
    types: dict[str, set[type]] = {}
    for values in arms.values():
        for name, value in values.items():
            types.setdefault(name, set()).add(type(value))
    return {
        arm: {name: _as_one_of(types[name], value) for name, value in values.items()}
        for arm, values in arms.items()
    }


def _as_one_of(types: Collection[type], value: Any) -> Value:
    if types == {int, float}:
        return float(value)
    is_plain = len(types) == 1 and isinstance(value, (str, int, float, bool))
    text: Value = value if is_plain or isinstance(value, str) else json.dumps(value)
    return text


def _phases(cells: Sequence[CellFinding]) -> Iterator[tuple[str, float]]:
    seconds = {cell.phase: cell.value for cell in cells if not is_overhead_phase(cell.phase)}
    for phase in in_lifecycle_order(seconds):
        yield f"trial_seconds/{phase}", seconds[phase]


def _counts(cell: CellFinding, explanations: Sequence[Explanation]) -> Iterator[tuple[str, float]]:
    for explanation in explanations:
        if (explanation.scenario, explanation.architecture) != (cell.scenario, cell.architecture):
            continue
        for counter in explanation.counters:
            if counter.arm != cell.arm or not counter.exact:
                continue
            found = dict(zip(counter.depths, counter.values, strict=True))
            if (cell.layers or 0) in found:
                phase = counter.phase or _MODEL
                yield f"trial_{counter.counter}/{phase}", float(found[cell.layers or 0])


def _experiment(
    trials: Sequence[Trial],
    metrics: dict[Trial, list[tuple[str, float]]],
) -> object:
    """What the views may choose from: every value of every factor, and every metric."""
    names = dict.fromkeys(name for trial in trials for name, _ in trial)
    values = {
        name: {dict(trial)[name] for trial in trials if name in dict(trial)} for name in names
    }
    tags = dict.fromkeys(tag for found in metrics.values() for tag, _ in found)
    return hparams.hparams_config_pb(
        [hparams.HParam(name, hparams.Discrete(sorted(found))) for name, found in values.items()],
        [
            hparams.Metric(tag, display_name=tag.removeprefix("trial_").replace("/", ", "))
            for tag in tags
        ],
    )
