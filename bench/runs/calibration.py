"""From the folder of a calibration to what it shows."""

from __future__ import annotations

import numpy as np

from bench.analysis.calibration.findings import CalibrationFindings
from bench.analysis.calibration.trials import (
    Pair,
    block_rules,
    equal_work,
    injected_work,
    trials,
)
from bench.domain.design.calibration import Calibration
from bench.domain.design.comparison import family
from bench.store.documents import Observation
from bench.store.run_folder import RunFolder


def read_calibration(folder: RunFolder, calibration: Calibration) -> CalibrationFindings:
    """What the stored rounds and blocks say. Raises ``InvalidRun`` when they cannot be read."""
    plan = folder.record.plan
    found = trials(
        folder.samples(),
        plan,
        family(plan),
        injected=calibration.injected,
        experiments=calibration.experiments,
        replicates=calibration.replicates,
    )
    return CalibrationFindings(
        run=folder.record.run,
        experiments=calibration.experiments,
        rounds=len(folder.rounds()),
        replicates=calibration.replicates,
        samples=calibration.samples,
        margin=plan.margin,
        confidence=plan.confidence,
        environment=dict(folder.record.environment),
        equal=equal_work(found),
        injected=tuple(injected_work(found)),
        blocks=tuple(block_rules(_pairs(folder, calibration))),
    )


def _pairs(folder: RunFolder, calibration: Calibration) -> dict[float, list[Pair]]:
    """Injected effect → the blocks that were measured of it."""
    pairs: dict[float, list[Pair]] = {}
    for number, document in folder.observations(Observation.BLOCK).items():
        block = calibration.blocks[number]
        times = dict(zip(block, map(np.asarray, document["wall_ns"]), strict=True))
        arm = next(name for name in block if name in calibration.injected)
        (baseline,) = (name for name in block if name != arm)
        pair = Pair(baseline=times[baseline], arm=times[arm])
        pairs.setdefault(calibration.injected[arm], []).append(pair)
    return pairs
