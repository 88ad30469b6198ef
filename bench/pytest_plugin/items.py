"""What happens when the item of a phase of a cell runs: its samples are reported, or their lack."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bench.domain import status
from bench.domain.words import pluralise
from bench.planning.presets import PRESETS
from bench.pytest_plugin.replay import ReplayClock

if TYPE_CHECKING:
    from bench.domain.panel import Cell
    from bench.pytest_plugin.experiment import Experiment


@dataclass(frozen=True)
class Measurement:
    """What an item stands for: a phase of a cell, and the clock that it is played back with."""

    cell: Cell
    phase: str
    clock: ReplayClock


MEASUREMENT = pytest.StashKey[Measurement]()
_EXPERIMENT = pytest.StashKey["Experiment"]()


def experiment_of(config: pytest.Config) -> Experiment:
    """The one experiment of the session; made when it is first asked for."""
    if _EXPERIMENT not in config.stash:
        from bench.pytest_plugin.experiment import Experiment
        from bench.pytest_plugin.planning import Planner, Request

        request = Request(
            preset=PRESETS[config.getoption("bench_preset")],
            rounds=config.getoption("bench_rounds"),
            budget_s=config.getoption("bench_budget"),
            layers=config.getoption("bench_layers"),
            architectures=config.getoption("bench_architecture"),
            backend=config.getoption("bench_backend"),
        )
        config.stash[_EXPERIMENT] = Experiment(Planner(request), config.getoption("bench_out"))
    return config.stash[_EXPERIMENT]


def summary(config: pytest.Config) -> list[str]:
    """Where the run of the session is; nothing where none was begun."""
    experiment = config.stash.get(_EXPERIMENT, None)
    return [] if experiment is None else experiment.summary()


def report(benchmark: Any, item: pytest.Item) -> None:
    """Play the samples of ``item`` back to ``benchmark``, or fail or skip with the reason."""
    __tracebackhide__ = True
    if not benchmark.enabled:
        pytest.skip("nothing is measured where pytest-benchmark is disabled")
    # Else it complains that it was not used, where the experiment is interrupted.
    benchmark.skipped = True
    experiment = experiment_of(item.config)
    if not experiment.has_begun:
        _measure(experiment, item.session)
    measurement = item.stash[MEASUREMENT]
    cell, phase = measurement.cell, measurement.phase
    results = experiment.results
    if (problem := experiment.problem(cell)) or results is None:
        pytest.fail(problem, pytrace=False)
    seconds = results.seconds(cell, phase)
    failures = results.failures(cell)
    reasons = "; ".join(f"{failure.kind}: {failure.reason}" for failure in failures)
    if not seconds:
        if failures and all(failure.kind == status.UNAVAILABLE for failure in failures):
            pytest.skip(reasons)
        pytest.fail(reasons or "no round measured this phase", pytrace=False)
    if failures:
        times = sum(failure.count for failure in failures)
        often = pluralise(times, "invocation")
        item.warn(pytest.PytestWarning(f"{cell.arm} failed in {often}: {reasons}"))
    measurement.clock.play(benchmark, seconds)
    benchmark.extra_info.update(results.extra_info(cell, phase))


def _measure(experiment: Experiment, session: pytest.Session) -> None:
    selected = {
        (item.stash[MEASUREMENT].cell.panel, item.stash[MEASUREMENT].cell.arm)
        for item in session.items
        if MEASUREMENT in item.stash and item.get_closest_marker("skip") is None
    }
    try:
        with _visible(session.config):
            experiment.measure(selected, _speaker(session.config))
    except KeyboardInterrupt:
        # It may have come where Python 3.11 knows no line, and pytest fails on printing that.
        raise KeyboardInterrupt from None


def _speaker(config: pytest.Config) -> Callable[[str], None]:
    terminal = config.pluginmanager.getplugin("terminalreporter")
    if terminal is None or config.get_verbosity() < 0:
        return lambda line: None
    say: Callable[[str], None] = terminal.write_line
    return say


def _visible(config: pytest.Config) -> AbstractContextManager[None]:
    """Lets what is written to the terminal through while pytest captures a test's output."""
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is None:
        return nullcontext()
    through: AbstractContextManager[None] = capture.global_and_fixture_disabled()
    return through
