"""The polynomial a + b·n + c·n² through the costs at several depths, fitted in each round."""

from __future__ import annotations

import numpy as np

from bench.analysis.arrays import Floats


def fit_quadratic(layers: Floats, costs: Floats) -> Floats:
    """Least-squares coefficients (a, b, c) of each round, shape (rounds, 3).

    ``layers`` has shape (depths,), at least three and all different; ``costs`` (rounds, depths).
    Costs are above 0. With three depths the curve goes through every point. With more, each point
    weighs 1/cost², since errors of times are proportional to their size: a deep model would else
    decide the intercept.
    """
    # Depths are scaled to at most 1, so that the powers stay of comparable size.
    deepest = layers.max()
    weights = np.ones_like(costs) if len(layers) == 3 else 1 / costs
    powers = np.vander(layers / deepest, 3, increasing=True)
    return _least_squares(powers * weights[:, :, np.newaxis], costs * weights) / np.vander(
        [deepest], 3, increasing=True
    )


def _least_squares(columns: Floats, target: Floats) -> Floats:
    """Solve ``columns`` (rounds, depths, 3) for ``target`` (rounds, depths), each round alone.

    By the modified Gram-Schmidt process (Golub & Van Loan, 5.2.8 and 5.3.5), written out: LAPACK's
    last digits depend on the processor.
    """
    count = columns.shape[2]
    remaining = [columns[:, :, i] for i in range(count)]
    coefficients = np.zeros((len(target), count))
    triangular = np.zeros((len(target), count, count))
    projections = np.zeros((len(target), count))
    for i in range(count):
        length = np.sqrt((remaining[i] ** 2).sum(axis=1))
        unit = remaining[i] / length[:, np.newaxis]
        triangular[:, i, i] = length
        for j in range(i + 1, count):
            triangular[:, i, j] = (unit * remaining[j]).sum(axis=1)
            remaining[j] = remaining[j] - unit * triangular[:, i, j, np.newaxis]
        projections[:, i] = (unit * target).sum(axis=1)
        target = target - unit * projections[:, i, np.newaxis]
    for i in reversed(range(count)):
        known = (triangular[:, i, i + 1 :] * coefficients[:, i + 1 :]).sum(axis=1)
        coefficients[:, i] = (projections[:, i] - known) / triangular[:, i, i]
    return coefficients
