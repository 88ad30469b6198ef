"""Measures the blocks of a calibration: each in a process of its own, as many at once as rounds."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from bench.domain.calibration import Block, Calibration
from bench.domain.errors import BenchError
from bench.domain.plan import Plan
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import cores, launch
from bench.store.documents import Observation
from bench.store.run_folder import RunFolder
from bench.worker.protocol import OK, Message


class BlockFailed(BenchError, RuntimeError):
    """A block that could not be measured; the message says why."""


def measure_blocks(
    folder: RunFolder, calibration: Calibration, done: Callable[[int, int], None]
) -> None:
    """Measure the blocks of ``calibration`` that ``folder`` lacks, and store each.

    ``done`` is told how many are stored, and of how many. Raises ``BlockFailed``, and
    ``InterpreterFailed`` when no interpreter starts.
    """
    plan = folder.record.plan
    stored = folder.observations(Observation.BLOCK)
    waiting = deque(number for number in range(len(calibration.blocks)) if number not in stored)
    if not waiting:
        return
    free = deque(cores(plan))
    flying: dict[int, tuple[int, int | None]] = {}
    with Interpreter(launch(plan, plan.rounds)) as interpreter:
        interpreter.wait_until_ready()
        while waiting or flying:
            while waiting and free:
                number, core = waiting.popleft(), free.popleft()
                request = _request(plan, calibration, number, core)
                flying[interpreter.send(request)] = number, core
            for outcome in interpreter.receive():
                number, core = flying.pop(outcome["id"])
                free.append(core)
                folder.write_observation(Observation.BLOCK, number, {"wall_ns": _times(outcome)})
                done(len(calibration.blocks) - len(waiting) - len(flying), len(calibration.blocks))


def _request(plan: Plan, calibration: Calibration, number: int, core: int | None) -> Message:
    panel = plan.panels[0]
    builders = {arm.name: arm.builder for arm in plan.scenario(panel.scenario).arms}
    block: Block = calibration.blocks[number]
    return {
        "pass": "sequential",
        "builders": [builders[block.first], builders[block.second]],
        "architecture": plan.architectures[panel.architecture or ""],
        "layers": panel.layers,
        "device": panel.device,
        "samples": calibration.samples,
        "seed": plan.round_seed(number),
        "threads": plan.threads,
        "core": core,
        "timeout_s": plan.timeout_s,
        "memory_bytes": plan.memory_bytes,
    }


def _times(outcome: Message) -> Sequence[Any]:
    if outcome["status"] != OK:
        raise BlockFailed(f"a block could not be measured: {outcome['reason']}")
    times: Sequence[Any] = outcome["wall_ns"]
    return times
