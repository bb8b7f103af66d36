"""Fits the approximations of exp, 2^x and GELU in Sources/CKernels/ck_simd.h and prints coefficients and errors.

    python Models/reference/fit_polynomials.py

exp: e^r = 1 + r + r^2 q(r) on |r| <= ln 2 / 2, q of degree 4. 2^r = 1 + r q(r) on |r| <= 1/2, q of degree 4. GELU:
x (1/2 + e(x)), e(x) = erf(x / sqrt 2) / 2 = x p(x^2) / q(x^2) on |x| <= 5.375, degrees 4 and 5; beyond, x is clamped,
so e must come out as exactly 1/2 at the end in float32, for which three coefficients are moved by a few units in the
last place. All by least squares with Lawson's weights, which come near the smallest maximal error (relative for the
powers; for e that of the GELU it makes, relative to the larger of 1 and |x|).
"""

import itertools

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


def fit_exp2() -> None:
    r = np.cos(np.linspace(0, np.pi, 4001)) / 2 * 1.0002
    r = r[np.abs(r) > 1e-4]
    target = np.expm1(r * np.log(2)) / r
    matrix = np.vander(r, 5, increasing=True)
    size = r / np.exp2(r)
    coefficients, worst = lawson(
        lambda w: np.linalg.lstsq(matrix * (w * size)[:, None], target * w * size, rcond=None)[0],
        lambda c: (matrix @ c - target) * size,
        len(r),
        300,
    )
    print(f"2^x, relative error {worst:.1e}:", [f"{v:.9e}" for v in coefficients])


def evaluate(x: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """x p(x^2) / q(x^2) in float32 with fused multiply-adds, as the kernel computes it."""
    square = (x.astype(np.float64) ** 2).astype(np.float32)

    def horner(coefficients):
        sums = np.full_like(x, coefficients[-1])
        for value in coefficients[-2::-1]:
            sums = (sums.astype(np.float64) * square + np.float64(value)).astype(np.float32)
        return sums

    return (x * horner(p)).astype(np.float32) / horner(q)


def fit_gelu(largest: float = 5.375, over: int = 4, under: int = 5) -> None:
    x = np.abs(np.cos(np.linspace(0, np.pi / 2, 8001))) * largest
    x = x[x > 1e-4]
    half_erf = erf(x / np.sqrt(2)) / 2
    half_erf[0] = 0.5  # the end, to be met exactly
    target = half_erf / x
    u = (x / largest) ** 2  # scaled for conditioning
    powers = np.vander(u, max(over, under) + 1, increasing=True)
    matrix = np.hstack([powers[:, : over + 1], -target[:, None] * powers[:, 1 : under + 1]])
    size = x * np.minimum(1, x)
    size[0] *= 300
    denominator = np.ones_like(u)

    def solve(w):
        weights = w * size / denominator
        weights[0] = size[0] / denominator[0]
        return np.linalg.lstsq(matrix * weights[:, None], target * weights, rcond=None)[0]

    def error(c):
        nonlocal denominator
        denominator = 1 + powers[:, 1 : under + 1] @ c[over + 1 :]
        wrong = (powers[:, : over + 1] @ c[: over + 1] / denominator - target) * size
        wrong[0] = 0
        return wrong

    coefficients, worst = lawson(solve, error, len(x), 600)
    p = coefficients[: over + 1] * largest ** (-2.0 * np.arange(over + 1))
    q = np.r_[1, coefficients[over + 1 :]] * largest ** (-2.0 * np.arange(under + 1))
    points = np.linspace(-largest, largest, 400_001).astype(np.float32)
    gelu = points * (0.5 + erf(points.astype(np.float64) / np.sqrt(2)) / 2)
    best = None
    for steps in itertools.product(range(-3, 4), range(-2, 3), range(-2, 3)):
        moved_p, moved_q = p.astype(np.float32), q.astype(np.float32)
        for values, index, count in zip((moved_p, moved_p, moved_q), (1, 2, 2), steps):
            for _ in range(abs(count)):
                values[index] = np.nextafter(values[index], np.float32(np.sign(count)))
        if evaluate(np.array([largest], np.float32), moved_p, moved_q)[0] != 0.5:
            continue
        found = points * (np.float32(0.5) + evaluate(points, moved_p, moved_q))
        wrong = (np.abs(found - gelu) / np.maximum(1, np.abs(points))).max()
        if best is None or wrong < best[0]:
            best = (wrong, moved_p, moved_q)
    if best is None:
        raise SystemExit("no coefficients nearby meet the end exactly")
    print(f"gelu, error of the fit {worst:.1e}, in float32 {best[0]:.1e} of the larger of 1 and |x|:")
    print("  p", [f"{v:.9e}" for v in best[1]])
    print("  q", [f"{v:.9e}" for v in best[2]])


if __name__ == "__main__":
    fit_exp()
    fit_exp2()
    fit_gelu()
