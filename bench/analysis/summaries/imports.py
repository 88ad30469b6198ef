"""What it costs to import the framework, compared between environments."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.analysis.arrays import log, median
from bench.analysis.inference.intervals import median_interval, ratio_or_none
from bench.domain.findings.costs import ImportFinding
from bench.domain.phases import IMPORT
from bench.domain.status import OK


def import_findings(
    samples: pd.DataFrame, error: float, environments: Sequence[str]
) -> tuple[ImportFinding, ...]:
    """What an import takes in each of several ``environments``; nothing of one alone.

    Each is compared with the first that imported anything, by the ratio within rounds. ``error`` is
    what the intervals may err, all together.
    """
    if samples.empty:
        return ()
    imports = samples[(samples["phase"] == IMPORT) & (samples["status"] == OK)]
    known = set(imports["environment"].astype(str))
    names = [each for each in environments if each in known]
    if len(names) < 2:
        return ()
    by_round = (
        imports.assign(environment=imports["environment"].astype(str))
        .groupby(["round", "environment"])["wall_ns"]
        .mean()
        .unstack()
        / 1e9
    )
    found = []
    for name in names:
        first, own = (by_round[each].to_numpy(dtype=float) for each in (names[0], name))
        both = ~np.isnan(first) & ~np.isnan(own)
        if not both.any():
            continue
        seconds = own[both]
        effects = log(seconds / first[both])
        interval = median_interval(effects, error / (len(names) - 1))
        found.append(
            ImportFinding(
                environment=name,
                baseline_environment=names[0],
                rounds=len(seconds),
                seconds=median(seconds),
                ratio=math.exp(median(effects)),
                ratio_low=ratio_or_none(interval.low),
                ratio_high=ratio_or_none(interval.high),
            )
        )
    return tuple(found)
