"""The polynomial a + b·n + c·n² through the costs at several depths, fitted in each round."""

from __future__ import annotations

import numpy as np

from bench.analysis.invocations import Floats


def fit_quadratic(layers: Floats, costs: Floats) -> Floats:
    """Least-squares coefficients (a, b, c) of each round, shape (rounds, 3).

    ``layers`` has shape (depths,), at least three and all different; ``costs`` (rounds, depths).
    Costs are above 0. With three depths the curve goes through every point. With more, each point
    weighs 1/cost², since errors of times are proportional to their size: a deep model would else
    decide the intercept.
    """
    # Depths are scaled to at most 1, so that the powers stay of comparable size.
    deepest = layers.max()
    powers = np.vander(layers / deepest, 3, increasing=True)
    if len(layers) == 3:
        scaled = np.linalg.solve(powers, costs.T).T
    else:
        weights = 1 / costs
        orthogonal, triangular = np.linalg.qr(powers * weights[:, :, np.newaxis])
        target = np.einsum("rdk,rd->rk", orthogonal, costs * weights)
        scaled = np.linalg.solve(triangular, target[:, :, np.newaxis])[:, :, 0]
    coefficients: Floats = scaled / deepest ** np.arange(3)
    return coefficients
