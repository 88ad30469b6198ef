"""One number for the calls of an invocation: what a call costs once the start is over.

Assumption: whatever warms up does so in the first half of the calls. Caches, thread pools and
lazily made kernels of a framework settle within a few calls, and a median over the second half is
unmoved by what is left of that and by single disturbed calls. Where a process changes its speed
later than that, the number is an average over its speeds and not a steady state; nothing here
detects it (Barrett et al. 2017, 'Virtual machine warmup blows hot and cold', on how often).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.analysis.invocations import Floats, Integers


def steady_seconds(
    sequence: Integers, iteration: Integers, seconds: Floats, sequences: int
) -> Floats:
    """The steady cost of a call in each sequence of calls: the median of its second half.

    ``sequence``, ``iteration`` and ``seconds`` have one entry per call, in any order: the sequence
    it belongs to (0 to ``sequences`` - 1), its place in it (from 0), and its wall time. Of an odd
    number of calls the middle one is in the second half. Returns seconds, shape (sequences,), NaN
    for a sequence without calls.
    """
    calls = np.bincount(sequence, minlength=sequences)
    late = iteration >= calls[sequence] // 2
    medians = pd.Series(seconds[late]).groupby(sequence[late]).median()
    steady = np.full(sequences, np.nan)
    steady[medians.index.to_numpy()] = medians.to_numpy()
    return steady
