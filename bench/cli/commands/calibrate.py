"""``bench calibrate``: how often is the instrument wrong on this machine, and what does it find?"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import option_types, options
from bench.cli.errors import FAILED_CELLS
from bench.cli.output import echo
from bench.domain.design.validity import MOST_BLOCKS

if TYPE_CHECKING:
    from bench.cli.session import SessionActions
    from bench.domain.design.calibration import Calibration
    from bench.domain.findings.run import Findings
    from bench.execution.listener import Listener
    from bench.execution.processes.interpreter import Interpreters
    from bench.store.run_folder import RunFolder

_ITERATIONS = 12


@click.command("calibrate")
@click.option(
    "--experiments",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Experiments, each with groups of all arms of its own.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=60,
    show_default=True,
    help="Rounds of each experiment.",
)
@click.option(
    "--replicates", type=click.IntRange(1), default=2, show_default=True, help="Per round."
)
@click.option(
    "--blocks",
    type=click.IntRange(0, MOST_BLOCKS),
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
@options.seed
@options.runs_folder
@click.option("--resume", metavar="RUN", help="Resume an earlier calibration, or print it again.")
@options.trust
@options.json_output
def command(
    experiments: int,
    rounds: int,
    replicates: int,
    blocks: int,
    architecture: str | None,
    layers: int | None,
    budget_s: float,
    seed: int | None,
    runs: Path,
    resume: str | None,
    trust: bool,
    as_json: bool,
) -> int:
    """Measure equal work and work slowed by 1, 2, 4 and 10 %, many times, and count the verdicts.
    The same work is also measured sequentially, as common harnesses do.

    Example: bench calibrate --experiments 10
    """
    from bench.api.planning import Chosen, plan_session
    from bench.cli import session
    from bench.planning import registry
    from bench.planning.calibration import design_calibration
    from bench.planning.presets import PRESETS
    from bench.planning.run_options import RunOptions
    from bench.store.locate import locate

    if resume is not None:
        option_types.refuse_other_options("resume", "runs", "trust", "as_json")
        folder = locate(resume, runs)
        calibration = _stored(folder)
        return session.resume(folder, _actions(calibration, as_json), trust)
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
    asked = RunOptions(
        evidence=False,
        seed=seed,
        rounds=rounds,
        replicates=experiments * replicates,
        budget_s=budget_s,
    )
    preset = replace(PRESETS["standard"], iterations=_ITERATIONS)
    plan = plan_session(Chosen({name: one_panel}), asked, preset)
    return session.begin(plan, runs, _actions(calibration, as_json))


def _stored(folder: RunFolder) -> Calibration:
    from bench.store.files import InvalidRun

    design = folder.calibration()
    if design is None:
        raise InvalidRun(f"{folder.record.run} is no calibration")
    return design


def _actions(calibration: Calibration, as_json: bool) -> SessionActions:
    from bench.cli.printing import every_tenth, print_tables
    from bench.cli.session import SessionActions
    from bench.execution.passes.sequential import measure_blocks
    from bench.execution.rounds.run import execute_run
    from bench.report.charts.calibration import draw_calibration
    from bench.report.tables.calibration import calibration_tables
    from bench.runs.calibration import read_calibration

    def prepare(folder: RunFolder) -> None:
        folder.write_calibration(calibration)

    def measure(folder: RunFolder, listener: Listener, interpreters: Interpreters) -> Findings:
        # Experiments that are resolved go on: what they would say later is part of the question.
        findings = execute_run(folder, listener, interpreters, enough=lambda _: False)
        measure_blocks(folder, calibration, every_tenth("blocks"))
        return findings

    def answer(folder: RunFolder, findings: Findings) -> int:
        found = read_calibration(folder, calibration)
        if as_json:
            click.echo(found.model_dump_json(indent=2).encode())
        else:
            print_tables(calibration_tables(found))
        for path in draw_calibration(found, folder.path / "charts"):
            echo(f"chart: {path}", err=True)
        echo(f"run folder: {folder.path}", err=True)
        return FAILED_CELLS if findings.failures else 0

    return SessionActions(("calibrate",), answer, measure, prepare)
