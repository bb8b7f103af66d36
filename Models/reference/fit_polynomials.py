"""Fits the approximations of exp and erf in Sources/CKernels/ck_simd.h and prints coefficients and errors.

    python Models/reference/fit_polynomials.py

exp: e^r = 1 + r + r^2 q(r) on |r| <= ln 2 / 2, q of degree 4. erf: x p(x^2) / q(x^2) on |x| <= 3.9, degrees 5 and 5.
Both by least squares with Lawson's weights, which come near the smallest maximal relative error.
"""

import numpy as np
from scipy.special import erf


def lawson(solve, error, points: int, rounds: int):
    """Repeats a weighted fit, weights growing where the error is large."""
    weights = np.ones(points)
    for _ in range(rounds):
        coefficients = solve(np.sqrt(weights))
        wrong = np.abs(error(coefficients))
        weights *= wrong / wrong.max() + 1e-9
        weights /= weights.sum()
    return coefficients, wrong.max()


def fit_exp() -> None:
    r = np.cos(np.linspace(0, np.pi, 2001)) * np.log(2) / 2 * 1.0005
    r = r[np.abs(r) > 1e-3]
    target = (np.expm1(r) - r) / r**2
    matrix = np.vander(r, 5, increasing=True)
    size = r**2 / np.exp(r)
    coefficients, worst = lawson(
        lambda w: np.linalg.lstsq(matrix * (w * size)[:, None], target * w * size, rcond=None)[0],
        lambda c: (matrix @ c - target) * size,
        len(r),
        200,
    )
    print(f"exp, relative error {worst:.1e}:", [f"{v:.9e}" for v in coefficients])


def fit_erf(degree: int = 5, largest: float = 3.9) -> None:
    z = np.abs(np.cos(np.linspace(0, np.pi, 4001))) * largest
    z = z[z > 1e-5]
    u = z**2 / 16  # scaled for conditioning
    target = erf(z) / z
    powers = np.vander(u, degree + 1, increasing=True)
    matrix = np.hstack([powers, -target[:, None] * powers[:, 1:]])
    denominator = np.ones_like(u)

    def solve(w):
        size = w / (target * denominator)
        return np.linalg.lstsq(matrix * size[:, None], target * size, rcond=None)[0]

    def error(c):
        nonlocal denominator
        denominator = 1 + powers[:, 1:] @ c[degree + 1 :]
        return powers @ c[: degree + 1] / denominator / target - 1

    coefficients, worst = lawson(solve, error, len(z), 400)
    scale = 16.0 ** -np.arange(degree + 1)
    print(f"erf, relative error {worst:.1e}:")
    print("  p", [f"{v:.9e}" for v in coefficients[: degree + 1] * scale])
    print("  q", [f"{v:.9e}" for v in np.r_[1, coefficients[degree + 1 :]] * scale])


if __name__ == "__main__":
    fit_exp()
    fit_erf()
