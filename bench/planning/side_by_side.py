"""What runs at once: how many groups on cores of their own, and how many arms share a core."""

from __future__ import annotations

from typing import NamedTuple

from bench.domain.design.plan import CoScheduling
from bench.domain.errors import InvalidScenario
from bench.planning.presets import Preset
from bench.planning.run_options import RunOptions

LEAST_MEMORY_BYTES = 1 << 30
"""What an invocation is given at least, before arms share a core."""

CPU = "cpu"
"""The device whose work can be shared; all others are GPUs."""


class SideBySide(NamedTuple):
    """What runs at once: ``jobs`` groups, each on a core of its own where they are pinned.

    ``memory_bytes`` is what one invocation may take.
    """

    jobs: int
    pin: bool
    co_scheduling: CoScheduling | None
    memory_bytes: int


def side_by_side(preset: Preset, options: RunOptions) -> SideBySide:
    """What runs at once under ``preset`` with the cores and the memory that ``options`` have.

    Two that compute on a GPU at once would take its time from each other. A CPU that is compared
    with a GPU has all its cores. Raises ``InvalidScenario`` where jobs for a GPU are asked for.
    """
    jobs = min(options.jobs or preset.jobs, options.cores)
    pin = options.pin and options.isolation != "none" and len(options.devices) == 1
    if set(options.devices) != {CPU}:
        if (options.jobs or 1) > 1:
            raise InvalidScenario("on a GPU one invocation runs at a time: leave --jobs out")
        jobs = 1
    if not pin:
        # Side by side only on cores of their own; and in one process nothing is.
        jobs = 1
    co_scheduling = _co_scheduling(options, jobs, is_pinned=pin)
    at_once = jobs * (co_scheduling.arms if co_scheduling else 1)
    memory_bytes = options.memory_bytes or options.free_memory_bytes // at_once
    return SideBySide(jobs, pin, co_scheduling, memory_bytes)


def _co_scheduling(options: RunOptions, jobs: int, *, is_pinned: bool) -> CoScheduling | None:
    """How arms share cores, as many as there is memory for; None where they do not.

    They can only where forks are pinned to a core, and what they wait for is no device. Where a CPU
    is compared with a GPU neither shares, so that both are measured in the same way.
    """
    if options.schedule == "solo" or options.isolation != "fork" or not is_pinned:
        return None
    if set(options.devices) != {CPU}:
        return None
    each = options.memory_bytes or LEAST_MEMORY_BYTES
    usual = CoScheduling()
    arms = min(usual.arms, options.free_memory_bytes // (jobs * each))
    return usual.model_copy(update={"arms": arms}) if arms > 1 else None
