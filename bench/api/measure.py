"""Measure from a program or a notebook."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from threading import current_thread, main_thread

from bench.api.planning import Chosen, choose, choose_or_default, plan_session
from bench.api.run import Run
from bench.api.session import CannotStart, Session, begin
from bench.domain.scenario import Arm, Scenario, arm_from, declared_inputs
from bench.execution.environments.made import pythons
from bench.execution.progress import ProgressLines
from bench.planning.registry import known_backend
from bench.planning.run_options import RunOptions
from bench.planning.written import interpreter as interpreter_from
from bench.planning.written import parse_duration
from bench.store.locate import RUNS


def measure(
    scenario: str | Path | Scenario | Sequence[str | Path] | None = None,
    *,
    arms: Mapping[str, str | Arm] | None = None,
    baseline: str | None = None,
    layers: Sequence[int] | None = None,
    architectures: Sequence[str] | None = None,
    call_modes: Sequence[str] | None = None,
    inputs: Sequence[str] = (),
    headline: Sequence[str] | None = None,
    name: str | None = None,
    preset: str = "standard",
    rounds: int | None = None,
    budget: str | float | None = None,
    evidence: bool = True,
    seed: int | None = None,
    backends: Sequence[str] = ("tensorflow",),
    devices: Sequence[str] = ("cpu",),
    interpreter: str | Path = sys.executable,
    interpreters: Mapping[str, str | Path] | None = None,
    out: str | Path = RUNS,
    progress: bool | Callable[[str], None] = True,
) -> Run:
    """Measure a scenario, or just ``arms``, and return the run.

    ``scenario`` is a name (``bench list``), the path of a scenario file, several of both, or a
    ``Scenario``; without it and without ``arms``, the default scenario is measured. ``arms`` add
    to its arms or replace them: each is an ``Arm``, or ``"module:function"`` with
    ``(name=value, …)`` after it or not. Builders are imported by the measured interpreter, from the
    current folder too: a function that is defined in a notebook cannot be measured.

    ``inputs`` are what models leave open of theirs, as ``--input`` writes them:
    ``"text=string[8,1]"``.

    ``headline`` are the phases that the comparison is about. ``name`` is that of a comparison of
    ``arms`` alone, by default theirs. ``preset`` is ``quick``, ``standard`` or ``thorough``;
    ``rounds`` and ``budget`` (seconds, or ``"10m"``) limit it further. With ``evidence``, programs
    are compared and calls counted after the rounds. ``interpreter`` is the path of the measured
    Python; ``interpreters`` are those of several environments by name, all of which are compared
    with the first: paths, or what to install into new environments (``"keras==3.10"``). ``out`` is
    the folder of runs. Each arm is measured on each of ``backends`` and ``devices``; several make
    an environment each. ``progress`` writes a line after each round to
    standard error, or gives each line to a function.

        >>> arms = {"old": "my_models:build_old", "new": "my_models:build_new"}
        >>> run = measure(arms=arms, layers=[4, 8], preset="quick")
        >>> sorted({finding.arm for finding in run.findings.comparisons})
        ['new', 'placebo']

    Call it in the main thread: the kernel ends a measured process with the thread that started it.
    Finished rounds are stored whatever happens.

    Raises ``UnknownName`` or ``InvalidScenario`` when the request is wrong, ``CannotStart`` when
    nothing can be measured, ``CannotInstall`` when an environment cannot be made,
    ``InterpreterFailed`` when the measured interpreter fails; all are ``BenchError``.
    """
    if current_thread() is not main_thread():
        raise CannotStart("call measure() in the main thread: measured processes end with theirs")
    say = _write_line if progress is True else progress or (lambda line: None)
    named = {key: interpreter_from(str(each)) for key, each in (interpreters or {}).items()}
    options = RunOptions(
        arms={key: arm_from(arm) if isinstance(arm, str) else arm for key, arm in _items(arms)},
        baseline=baseline,
        layers=layers,
        architectures=architectures,
        call_modes=call_modes,
        inputs=declared_inputs(inputs),
        headline=headline,
        name=None if isinstance(scenario, Scenario) else name,
        rounds=rounds,
        budget_s=parse_duration(budget) if isinstance(budget, str) else budget,
        evidence=evidence,
        seed=seed,
        backends=tuple(each if "." in each else known_backend(each) for each in backends),
        devices=tuple(devices),
        interpreters=pythons(named, backends, say),
    )
    plan = plan_session(_chosen(scenario, name, options), options, preset, str(interpreter))
    session = Session(
        say=say,
        listener=lambda folder: nullcontext(ProgressLines(folder.record.plan, say)),
    )
    folder, _ = begin(plan, Path(out).resolve(), session)
    return Run(folder)


def _items(arms: Mapping[str, str | Arm] | None) -> list[tuple[str, str | Arm]]:
    return list((arms or {}).items())


def _chosen(
    scenario: str | Path | Scenario | Sequence[str | Path] | None,
    name: str | None,
    options: RunOptions,
) -> Chosen:
    if scenario is None:
        return choose_or_default([], options)
    if isinstance(scenario, Scenario):
        return Chosen({name or "scenario": scenario})
    if isinstance(scenario, (str, Path)):
        return choose([str(scenario)])
    return choose(map(str, scenario))


def _write_line(line: str) -> None:
    sys.stderr.write(f"{line}\n")
