"""``bench calibrate``: how often is the instrument wrong on this machine, and what does it find?"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import option_types
from bench.cli.errors import FAILED_CELLS

if TYPE_CHECKING:
    from bench.cli.session import SessionActions
    from bench.domain.calibration import Calibration
    from bench.domain.findings.run import Findings
    from bench.domain.plan import Plan
    from bench.domain.scenario import Scenario
    from bench.execution.listener import Listener
    from bench.execution.processes.interpreter import Interpreter
    from bench.store.run_folder import RunFolder

_ITERATIONS = 12


@click.command("calibrate")
@click.option(
    "--experiments",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Independent experiments, each with all arms.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=60,
    show_default=True,
    help="Rounds of each experiment.",
)
@click.option(
    "--replicates", type=click.IntRange(1), default=1, show_default=True, help="Per round."
)
@click.option(
    "--blocks",
    type=click.IntRange(0),
    default=40,
    show_default=True,
    help="A/A comparisons measured sequentially; half as many with an injected slowdown.",
)
@click.option("--architecture", help="[default: the calibration scenario's first]")
@click.option(
    "--layers", type=click.IntRange(1), help="[default: the calibration scenario's first]"
)
@click.option(
    "--budget",
    "budget_s",
    type=option_types.DURATION,
    default="1h",
    help="Limit of the time to measure. [default: 1h]",
)
@click.option("--seed", type=click.IntRange(0), help="Seed of order and data. [default: random]")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of runs. [default: results/runs]"
)
@click.option("--resume", metavar="RUN", help="Resume an earlier calibration, or print it again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    experiments: int,
    rounds: int,
    replicates: int,
    blocks: int,
    architecture: str | None,
    layers: int | None,
    budget_s: float,
    seed: int | None,
    out: Path | None,
    resume: str | None,
    as_json: bool,
) -> int:
    """Measure equal work and work slowed by 1, 2, 5 and 10 %, many times, and count the verdicts.
    The same work is also measured sequentially, as common harnesses do.

    Example: bench calibrate --experiments 10
    """
    from bench.cli import session
    from bench.planning import registry
    from bench.planning.calibration import design_calibration
    from bench.store.locate import RUNS, locate

    runs = out or RUNS
    if resume is not None:
        option_types.refuse_other_options("resume", "out", "as_json")
        folder = locate(resume, runs)
        calibration = _stored(folder)
        return session.resume(folder, _job(calibration, as_json))
    seed = random.SystemRandom().getrandbits(32) if seed is None else seed
    name = registry.suite().calibration
    scenario = registry.scenarios()[name]
    calibration = design_calibration(
        scenario,
        experiments=experiments,
        replicates=replicates,
        rounds=rounds,
        blocks=blocks,
        seed=seed,
    )
    architectures = (architecture,) if architecture else scenario.architectures[:1]
    depths = (layers,) if layers else scenario.layers[:1]
    one_panel = replace(scenario, architectures=architectures, layers=depths)
    plan = _plan({name: one_panel}, calibration, rounds, budget_s, seed)
    return session.begin(plan, runs, _job(calibration, as_json))


def _plan(
    scenarios: Mapping[str, Scenario],
    design: Calibration,
    rounds: int,
    budget_s: float,
    seed: int,
) -> Plan:
    from bench.doctor.machine import resources
    from bench.planning.build import RunOptions, compose
    from bench.planning.presets import PRESETS

    machine = resources()
    return compose(
        scenarios,
        replace(PRESETS["standard"], iterations=_ITERATIONS),
        RunOptions(
            seed=seed,
            cores=machine.cores,
            free_memory_bytes=machine.memory_bytes,
            rounds=rounds,
            replicates=design.experiments * design.replicates,
            budget_s=budget_s,
        ),
        python=sys.executable,
    )


def _stored(folder: RunFolder) -> Calibration:
    from bench.store.files import InvalidRun

    design = folder.calibration()
    if design is None:
        raise InvalidRun(f"{folder.record.run} is no calibration")
    return design


def _job(calibration: Calibration, as_json: bool) -> SessionActions:
    from bench.cli.printing import print_tables
    from bench.cli.session import SessionActions
    from bench.execution.passes.sequential import measure_blocks
    from bench.execution.rounds.run import execute_run
    from bench.report.charts.calibration import draw_calibration
    from bench.report.tables.calibration import calibration_tables
    from bench.runs.calibration import read_calibration

    def prepare(folder: RunFolder) -> None:
        folder.write_calibration(calibration)

    def carry(folder: RunFolder, listener: Listener, interpreter: Interpreter | None) -> Findings:
        # Experiments that are resolved go on: what they would say later is part of the question.
        findings = execute_run(folder, listener, interpreter, enough=lambda _: False)
        measure_blocks(folder, calibration, _say)
        return findings

    def answer(folder: RunFolder, findings: Findings) -> int:
        found = read_calibration(folder, calibration)
        if as_json:
            click.echo(found.model_dump_json(indent=2))
        else:
            print_tables(calibration_tables(found))
        for path in draw_calibration(found, folder.path / "charts"):
            click.echo(f"chart: {path}", err=True)
        click.echo(f"run folder: {folder.path}", err=True)
        return FAILED_CELLS if findings.failures else 0

    return SessionActions(("calibrate",), carry, answer, prepare)


def _say(done: int, blocks: int) -> None:
    if done % 10 == 0 or done == blocks:
        click.echo(f"blocks: {done} of {blocks}", err=True)
