#!/usr/bin/env python3
"""Expected values for the Detection target, made with scikit-learn, SciPy and NumPy.

Writes Tests/Fixtures/detection/{novelty,calibration,trends,evaluation}.json. Inputs are rounded to four decimals and stored beside
what the libraries say of them, so that both sides start from the same numbers. Runs in seconds.

    python Models/reference/detection_fixtures.py        needs what requirements-detection.txt names
"""

import json
from pathlib import Path

import numpy as np
from scipy import optimize, special, stats
from sklearn.calibration import calibration_curve
from sklearn.covariance import EmpiricalCovariance, LedoitWolf
from sklearn.decomposition import PCA
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.neighbors import NearestNeighbors

OUT = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "detection"
NEIGHBOURS = 3


def numbers(values) -> list:
    """Nested lists with twelve significant digits."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim > 1:
        return [numbers(row) for row in values]
    return [float(f"{value:.12g}") for value in values]


def clustered(rng, points: int, width: int) -> np.ndarray:
    """A few regions of different density about a common direction, as embeddings of one machine are."""
    common = rng.normal(size=width)
    centres = rng.normal(size=(3, width)) * 0.3
    spread = np.array([0.05, 0.15, 0.3])
    which = np.arange(points) % 3
    return np.round(common + centres[which] + rng.normal(size=(points, width)) * spread[which][:, None], 4)


def unit(rows: np.ndarray) -> np.ndarray:
    """Rows at length one, in float32 as the bank keeps them."""
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32).astype(np.float64)


def nearest(bank, queries, metric):
    """Mean distance to the nearest points: of queries, and of each point among the others."""
    index = NearestNeighbors(n_neighbors=NEIGHBOURS, metric=metric, algorithm="brute").fit(bank)
    return index.kneighbors(queries)[0].mean(axis=1), index.kneighbors()[0].mean(axis=1)


def nearest_of_other_blocks(bank, blocks, metric):
    """Mean distance of each point to the nearest points of other blocks."""
    own = np.zeros(len(bank))
    for block in np.unique(blocks):
        held = blocks == block
        index = NearestNeighbors(n_neighbors=NEIGHBOURS, metric=metric, algorithm="brute").fit(bank[~held])
        own[held] = index.kneighbors(bank[held])[0].mean(axis=1)
    return own


def local_density(bank, queries, metric):
    """min over y of d(x, y) / (mean distance of y to its nearest others), the left-out point counting nowhere."""
    def score(points, rows):
        index = NearestNeighbors(n_neighbors=NEIGHBOURS, metric=metric, algorithm="brute").fit(points)
        spacing = index.kneighbors()[0].mean(axis=1)
        distances, order = index.kneighbors(rows, n_neighbors=len(points))
        return (distances / spacing[order]).min(axis=1)

    own = [score(np.delete(bank, left, axis=0), bank[left:left + 1])[0] for left in range(len(bank))]
    return score(bank, queries), np.array(own)


def mahalanobis(bank, queries):
    """Squared distances under Ledoit-Wolf, and each point's against the others at the whole bank's shrinkage."""
    fitted = LedoitWolf().fit(bank)
    target = fitted.shrinkage_ * np.trace(np.cov(bank.T, bias=True)) / bank.shape[1] * np.eye(bank.shape[1])
    own = []
    for left in range(len(bank)):
        others = EmpiricalCovariance().fit(np.delete(bank, left, axis=0))
        covariance = (1 - fitted.shrinkage_) * others.covariance_ + target
        offset = bank[left] - others.location_
        own.append(offset @ np.linalg.solve(covariance, offset))
    return fitted.shrinkage_, fitted.mahalanobis(queries), np.array(own)


def residual(bank, queries, explained=0.95):
    """Length of the reconstruction error; the fewest components that explain the share, at most half the points."""
    share = np.cumsum(PCA().fit(bank).explained_variance_ratio_)
    count = min(int(np.searchsorted(share, explained)) + 1, 32, len(bank) // 2, bank.shape[1])

    def fit(points):
        return PCA(n_components=min(count, len(points) // 2)).fit(points)

    def error(model, rows):
        return np.linalg.norm(rows - model.inverse_transform(model.transform(rows)), axis=1)

    model = fit(bank)
    own = np.zeros(len(bank))
    for fold in range(5):
        held = np.arange(len(bank)) % 5 == fold
        own[held] = error(fit(bank[~held]), bank[held])
    return model.n_components_, error(model, queries), own


def novelty_case(name, rng, points, width, kind):
    bank = clustered(rng, points, width)
    queries = np.round(bank[:6] + rng.normal(size=(6, width)) * np.array([[0.02], [0.1], [0.3], [0.6], [1], [3]]), 4)
    if kind == "embedding":
        rows, asked, metric, scale = unit(bank), unit(queries), "cosine", 1.0
    else:
        stored = bank.astype(np.float32).astype(np.float64)
        mean, deviation = stored.mean(axis=0), stored.std(axis=0)
        rows = ((stored - mean) / deviation).astype(np.float32).astype(np.float64)
        asked = np.clip((queries.astype(np.float32) - mean) / deviation, -10, 10).astype(np.float32).astype(np.float64)
        metric, scale = "euclidean", np.sqrt(width)
    near, near_own = nearest(rows, asked, metric)
    blocks = np.arange(points) * 6 // points
    near_blocks = nearest_of_other_blocks(rows, blocks, metric)
    dense, dense_own = local_density(rows, asked, metric)
    shrinkage, far, far_own = mahalanobis(rows, asked)
    count, left, left_own = residual(rows, asked)
    return dict(
        name=name, kind=kind, neighbours=NEIGHBOURS, bank=numbers(bank), queries=numbers(queries),
        nearest=numbers(near / scale), nearest_own=numbers(near_own / scale),
        blocks=[int(block) for block in blocks], nearest_own_of_other_blocks=numbers(near_blocks / scale),
        local_density=numbers(dense), local_density_own=numbers(dense_own),
        shrinkage=float(shrinkage), mahalanobis_squared=numbers(far), mahalanobis_squared_own=numbers(far_own),
        components=int(count), residual=numbers(left / scale), residual_own=numbers(left_own / scale),
    )


def novelty(rng) -> dict:
    cases = [
        novelty_case("embedding, fewer points than values", rng, 24, 40, "embedding"),
        novelty_case("embedding, more points than values", rng, 40, 12, "embedding"),
        novelty_case("descriptor, more points than values", rng, 36, 14, "descriptor"),
        novelty_case("descriptor, fewer points than values", rng, 15, 20, "descriptor"),
    ]
    truth = rng.random(80) < 0.3
    scores = np.round(rng.normal(size=80) + truth * 1.2, 1)  # one decimal: ties
    ranks = dict(scores=numbers(scores), truth=[bool(value) for value in truth],
                 area=float(roc_auc_score(truth, scores)),
                 partial_area=float(roc_auc_score(truth, scores, max_fpr=0.1)))
    matrix = rng.normal(size=(20, 20))
    matrix = np.round(matrix + matrix.T, 4)
    values = np.linalg.eigvalsh(matrix)[::-1]
    return dict(cases=cases, ranks=ranks, eigen=dict(matrix=numbers(matrix), values=numbers(values)))


def calibration(rng) -> dict:
    cases = []
    for name, sharpness in (("too sure", 3.0), ("too modest", 0.4)):
        truth = rng.integers(0, 4, 120)
        logits = rng.normal(size=(120, 4))
        logits[np.arange(120), truth] += 1.5
        logits = np.round(logits * sharpness, 4)

        def loss(log_temperature):
            scaled = special.log_softmax(logits / np.exp(log_temperature), axis=1)
            return -scaled[np.arange(120), truth].mean()

        best = optimize.minimize_scalar(loss, bounds=(np.log(0.02), np.log(50)), method="bounded",
                                        options=dict(xatol=1e-10))
        shares = special.softmax(logits, axis=1)
        top, right = shares.max(axis=1), shares.argmax(axis=1) == truth
        accuracy, confidence = calibration_curve(right, top, n_bins=10)
        edges = np.ceil(top * 10).astype(int) - 1
        error = sum(abs(top[edges == b].mean() - right[edges == b].mean()) * (edges == b).mean()
                    for b in range(10) if (edges == b).any())
        one_hot = np.eye(4)[truth]
        brier = sum(brier_score_loss(one_hot[:, c], shares[:, c]) for c in range(4))
        cases.append(dict(
            name=name, logits=numbers(logits), truths=[int(t) for t in truth], temperature=float(np.exp(best.x)),
            expected_calibration_error=float(error), brier_score=float(brier),
            log_loss=float(log_loss(truth, shares, labels=range(4))),
            bin_accuracy=numbers(accuracy), bin_confidence=numbers(confidence)))
    limits = []
    for count, share in ((20, 0.9), (60, 0.95), (256, 0.95), (256, 0.99), (300, 0.99), (1000, 0.99)):
        sums = stats.binom.cdf(np.arange(count), count, share)
        rank = int(np.argmax(sums >= 0.95)) + 1 if (sums >= 0.95).any() else 0
        limits.append(dict(count=count, share=share, rank=rank))
    return dict(cases=cases, limits=limits)


def trends(rng) -> dict:
    lines = []
    for name, tied in (("plain", False), ("ties", True)):
        times = np.sort(np.round(rng.random(40) * 100, 0 if tied else 3))
        values = np.round(0.05 * times + rng.normal(size=40), 1 if tied else 4)
        values[5] += 40
        fit = stats.theilslopes(values, times, alpha=0.95)
        lines.append(dict(name=name, times=numbers(times), values=numbers(values), slope=float(fit.slope),
                          intercept=float(fit.intercept), low=float(fit.low_slope), high=float(fit.high_slope)))
    # An exponentially weighted line, gaps included, solved at once instead of window by window.
    times = np.round(np.cumsum(np.where(rng.random(60) < 0.1, 400, 10) * rng.random(60) + 1), 3)
    values = np.round(0.3 + 0.002 * times + 0.2 * rng.normal(size=60), 4)
    memory = 300.0
    weights = np.exp(-(times[-1] - times) / memory)
    mean_time = np.average(times, weights=weights)
    mean = np.average(values, weights=weights)
    spread = np.sum(weights * (times - mean_time) ** 2)
    slope = np.sum(weights * (times - mean_time) * (values - mean)) / spread
    left = values - mean - slope * (times - mean_time)
    effective = weights.sum() ** 2 / np.sum(weights ** 2)
    variance = np.average(left ** 2, weights=weights) * effective / (effective - 2)
    error = np.sqrt(variance * np.sum(weights ** 2 * (times - mean_time) ** 2)) / spread
    return dict(lines=lines, exponential=dict(
        times=numbers(times), values=numbers(values), memory=memory, mean=float(mean), slope=float(slope),
        standard_error=float(error), effective_count=float(effective)))


def evaluation(rng) -> dict:
    """Ranks under resampling weights, limits of Poisson counts, percentile intervals."""
    ranks = []
    for name, count, decimals in (("few", 7, 1), ("many with ties", 90, 1), ("many", 60, 4)):
        truth = np.arange(count) % 3 == 0
        scores = np.round(rng.normal(size=count) + truth * 0.8, decimals)
        weights = rng.integers(0, 4, count)
        weights[:2] = 1  # one of each side at least
        ranks.append(dict(
            name=name, scores=numbers(scores), truth=[bool(value) for value in truth], weights=numbers(weights),
            area=float(roc_auc_score(truth, scores, sample_weight=weights)),
            partial_area=float(roc_auc_score(truth, scores, sample_weight=weights, max_fpr=0.1))))
    counts = [dict(count=count, low=float(stats.chi2.ppf(0.025, 2 * count) / 2) if count else 0.0,
                   high=float(stats.chi2.ppf(0.975, 2 * count + 2) / 2)) for count in (0, 1, 2, 7, 40, 300)]
    intervals = []
    for size in (1, 2, 25, 1000):
        values = np.round(rng.normal(size=size), 4)
        low, high = np.quantile(values, [0.025, 0.975])
        intervals.append(dict(values=numbers(values), low=float(low), high=float(high)))
    return dict(ranks=ranks, counts=counts, intervals=intervals)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20240611)
    contents = [("novelty", novelty(rng)), ("calibration", calibration(rng)), ("trends", trends(rng)),
                ("evaluation", evaluation(np.random.default_rng(20240612)))]
    for name, content in contents:
        path = OUT / f"{name}.json"
        path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
        print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
