# SPDX-License-Identifier: GPL-3.0-or-later
"""Coefficients of the kernels' 2**r: smallest largest relative error of 1 + c1 r + ... on [-1/2, 1/2] and on [0, 1]."""
import numpy as np


def fit(degree, low, high, rounds=400, points=4001):
    """Lawson's iteration: reweighted least squares converges to the minimax polynomial."""
    r = (low + high) / 2 + (high - low) / 2 * np.cos(np.linspace(0, np.pi, points))
    y = 2.0**r
    design = np.stack([r**k for k in range(1, degree + 1)], 1) / y[:, None]
    target = (y - 1) / y
    weight = np.ones(points)
    best = (np.inf, None)
    for _ in range(rounds):
        root = np.sqrt(weight)
        c, *_ = np.linalg.lstsq(design * root[:, None], target * root, rcond=None)
        error = np.abs(design @ c - target)
        if error.max() < best[0]:
            best = (error.max(), c)
        weight = weight * (error + 1e-3 * error.max())
        weight /= weight.sum()
    return best


for low, high in ((-0.5, 0.5), (0.0, 1.0)):
    for degree in (4, 5, 6):
        error, coefficients = fit(degree, low, high)
        print(low, degree, f"{error:.2e}", " ".join(f"{c:.9e}" for c in coefficients))
