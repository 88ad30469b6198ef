"""Doubts that go with a result: drift, two modes, a margin out of reach, a throttled device.

They are shown with verdicts and do not change them: the interval of a median holds with two
modes, and drift only makes the median an average over what the machine went through. They say when
one number does not tell the whole story.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis.arrays import Floats
from bench.domain.findings.comparisons import ComparisonFinding, ResultWarning
from bench.domain.panel import CELL_FIELDS
from bench.domain.words import pluralise

FEWEST = 20
"""Rounds from which either is looked for."""

RARE = 0.001
"""Probability with which a series without drift is said to drift. A run looks at hundreds."""

APART = 6.0
"""Distance of two modes, in their own standard deviations, from which they are called two.

Split at the best place, 20 rounds of one normal distribution are 3.1 apart in the middle and more
than 5.8 in one series of a thousand, of a uniform one more than 5.95 in one of a hundred; more
rounds come nearer to 2.7 and 3.5 (20,000 and 5,000 simulated series).
"""

MINORITY = 0.2
"""Part of the rounds that the smaller mode has at least: fewer are outliers, not a mode."""


HELD_BACK = 0x4 | 0x8 | 0x20 | 0x40 | 0x80
"""NVML's throttle reasons that slow work down: power, slowdown, heat. Being idle is none."""


def drifts(log_ratio: Floats) -> float | None:
    """How much an effect rose over the run, in log ratio, or None where it did not drift.

    ``log_ratio`` (rounds,) is in the order of the rounds. The test is Kendall's for a monotone
    trend; the rise is Theil and Sen's median slope times the number of rounds.
    """
    if len(log_ratio) < FEWEST or np.ptp(log_ratio) == 0:
        return None
    order = np.arange(len(log_ratio))
    if stats.kendalltau(order, log_ratio).pvalue >= RARE:
        return None
    return float(stats.theilslopes(log_ratio, order).slope * (len(log_ratio) - 1))


def modes(log_ratio: Floats) -> tuple[float, float] | None:
    """The means of two modes of an effect, the lower first, or None where it has one.

    The rounds are split where the two parts vary least within themselves (Otsu 1979); they are two
    modes when their means are far apart for how much each part varies (Ashman, Bird & Zepf 1994).
    """
    count = len(log_ratio)
    if count < FEWEST:
        return None
    ordered = np.sort(log_ratio)
    least = max(int(np.ceil(MINORITY * count)), 2)
    sizes = np.arange(least, count - least + 1)
    # The variance within two parts is least where that between their means is greatest.
    below = np.cumsum(ordered)[sizes - 1]
    apart = (below - ordered.mean() * sizes) ** 2 / (sizes * (count - sizes))
    split = int(sizes[np.argmax(apart)])
    low, high = ordered[:split], ordered[split:]
    spread = np.sqrt((low.var() + high.var()) / 2)
    if high.mean() - low.mean() <= APART * spread:
        return None
    return float(low.mean()), float(high.mean())


def effect_warnings(log_ratio: Floats) -> Iterator[ResultWarning]:
    """Warnings of one effect (rounds,), in the order of the rounds."""
    rise = drifts(log_ratio)
    if rise is not None:
        text = f"the ratio drifts over the run, by a factor of {math.exp(rise):.2f} to its end"
        yield ResultWarning(kind="drift", text=text)
    found = modes(log_ratio)
    if found is not None:
        low, high = (math.exp(each) for each in found)
        text = f"the rounds have two modes, at ratios of about {low:.2f} and {high:.2f}"
        yield ResultWarning(kind="bimodal", text=text)


def margin_warnings(
    comparisons: Sequence[ComparisonFinding], margin: float, planned_rounds: int
) -> tuple[ResultWarning, ...]:
    """A warning that names the phases in which not even the placebo can be called equivalent.

    The placebo is equivalent by construction. Of its comparisons of a phase the one that is nearest
    to a verdict counts: the margin that its interval would allow, and the rounds it is expected to
    take. A phase of which a joint claim says more is not named. ``margin`` is the run's; a phase
    whose own is wider says so.
    """
    placebos = [each for each in comparisons if each.placebo and each.rounds]
    shown = {each.phase for each in comparisons if each.joint}
    phrases = []
    for phase in dict.fromkeys(each.phase for each in placebos):
        these = [each for each in placebos if each.phase == phase]
        needed = [each.rounds + each.more_rounds for each in these if each.more_rounds]
        in_reach = bool(needed) and min(needed) <= planned_rounds
        if in_reach or phase in shown or any(each.verdict == "equivalent" for each in these):
            continue
        floor, own = min((_floor(each), each.margin) for each in these)
        reached = "no bounds yet" if math.isinf(floor) else f"±{100 * floor:.0f} % now"
        if own > margin:
            reached = f"margin ±{100 * own:.0f} %, {reached}"
        reach = f"about {min(needed)} rounds would reach it" if needed else "out of sight"
        phrases.append(f"{phase} ({reached}, {reach})")
    if not phrases:
        return ()
    text = (
        f"the margin of ±{100 * margin:g} % is below what {planned_rounds} rounds can show here of "
        f"{', '.join(phrases)}: not even the placebo would be called equivalent; more replicates a "
        "round or a quieter machine help too"
    )
    return (ResultWarning(kind="margin_below_floor", text=text),)


def _floor(finding: ComparisonFinding) -> float:
    """The margin at which ``finding`` would be called equivalent by its interval as it is."""
    if finding.ratio_low is None or finding.ratio_high is None:
        return math.inf
    return max(finding.ratio_high, 1 / finding.ratio_low) - 1


def throttle_warnings(samples: pd.DataFrame) -> tuple[ResultWarning, ...]:
    """A warning when the device held its clock back during measured phases, and for which arms."""
    if samples.empty:
        return ()
    reasons = samples["device_throttle_reasons"].fillna(0).to_numpy(dtype=np.int64)
    throttled = samples[(reasons & HELD_BACK) != 0]
    if throttled.empty:
        return ()
    cells = throttled[list(CELL_FIELDS)].drop_duplicates()
    text = (
        f"the device was throttled in {pluralise(len(throttled), 'measured phase')} of "
        f"{pluralise(len(cells), 'cell')}: {', '.join(sorted(set(throttled['arm'].astype(str))))}"
    )
    return (ResultWarning(kind="throttled", text=text),)


def shared_device_warnings(samples: pd.DataFrame) -> tuple[ResultWarning, ...]:
    """A warning when another process computed on the device during measured phases."""
    if samples.empty:
        return ()
    processes = samples["device_processes"].fillna(0).to_numpy(dtype=np.int64)
    shared = int(np.count_nonzero(processes > 1))
    if not shared:
        return ()
    text = (
        f"another process computed on the device in {pluralise(shared, 'measured phase')}: its "
        "times are not those of a device that is free"
    )
    return (ResultWarning(kind="shared_device", text=text),)


def core_speed_warnings(
    samples: pd.DataFrame, devices: Mapping[str, str] = MappingProxyType({})
) -> tuple[ResultWarning, ...]:
    """A warning for each core whose speed is not known in whole rounds: its probe had ended.

    ``devices`` are those of environments that have their own.
    """
    if samples.empty:
        return ()
    computes = samples["environment"].isin(each for each in devices if devices[each] == "cpu")
    pinned = samples[samples["core"].notna() & (computes | (samples["device"] == "cpu"))]
    pinned = pinned[pinned["cpu_ns"].notna() & pinned["iteration"].isna()]
    readings = pinned.groupby(["core", "round"], observed=True)["probe_ns"].count()
    lacking = Counter(int(core) for core, _ in readings[readings == 0].index)
    return tuple(
        ResultWarning(
            kind="no_core_speed",
            text=f"the speed of core {core} is not known in {pluralise(rounds, 'round')}: "
            "the times measured there are not corrected for it",
        )
        for core, rounds in sorted(lacking.items())
    )
