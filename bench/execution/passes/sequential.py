"""Measures the blocks of a calibration: each in a process of its own, as many at once as rounds."""

from __future__ import annotations

from collections.abc import Callable

from bench.domain.design.calibration import Block, Calibration
from bench.domain.design.plan import Plan
from bench.domain.errors import BenchError
from bench.domain.findings.evidence import Failure
from bench.execution.processes.dispatcher import Dispatcher
from bench.execution.processes.jobs import Job
from bench.execution.processes.requests import RoundInterpreters, limits_of, measured_cores
from bench.planning.order import round_seed
from bench.store.documents import Observation
from bench.store.run_folder import RunFolder
from bench.worker.wire.requests import SequentialRequest


class BlockFailed(BenchError, RuntimeError):
    """A block that could not be measured; the message says why."""


def measure_blocks(
    folder: RunFolder, calibration: Calibration, done: Callable[[int, int], None]
) -> None:
    """Measure the blocks of ``calibration`` that ``folder`` lacks, and store each.

    ``done`` is called with how many are stored, and of how many. Raises ``BlockFailed``, and
    ``InterpreterFailed`` when no interpreter starts.
    """
    plan = folder.record.plan
    stored = folder.observations(Observation.BLOCK)
    waiting = [number for number in range(len(calibration.blocks)) if number not in stored]
    if not waiting:
        return
    total = len(calibration.blocks)
    source = RoundInterpreters(plan, plan.rounds)
    with Dispatcher(limits_of(plan), source, measured_cores(plan)) as dispatcher:
        where = plan.first_environment
        jobs = [Job(number, _request(plan, calibration, number), where) for number in waiting]
        for ended, completed in enumerate(dispatcher.run(jobs), start=1):
            if isinstance(completed.outcome, Failure):
                reason = completed.outcome.reason
                raise BlockFailed(f"a block could not be measured: {reason}")
            document = {"wall_ns": completed.outcome.wall_ns}
            folder.write_observation(Observation.BLOCK, completed.key, document)
            done(total - len(waiting) + ended, total)


def _request(plan: Plan, calibration: Calibration, number: int) -> SequentialRequest:
    panel = plan.panels[0]
    builders = {arm.name: arm.builder for arm in plan.scenario(panel.scenario).arms}
    block: Block = calibration.blocks[number]
    return SequentialRequest(
        builders=(builders[block.first], builders[block.second]),
        architecture=plan.architectures[panel.architecture or ""],
        layers=panel.layers,
        device=plan.device_of(plan.cells()[0]),
        samples=calibration.samples,
        seed=round_seed(plan, number),
        threads=plan.threads,
    )
