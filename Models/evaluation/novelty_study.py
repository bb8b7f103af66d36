#!/usr/bin/env python3
"""Which ways of measuring novelty rank faults above normal sound: alternatives on the windows of `evaluate --features`.

    ausculta evaluate SET.csv --features SET.jsonl
    python3 Models/evaluation/novelty_study.py SET.jsonl [SET2.jsonl …]        needs numpy

For every machine half of its normal recordings (at least one) teach, the others and every faulty one test, over repeated
draws; a recording's score is the mean over its windows. Printed is the mean over machines of the area under the curve,
per set, for the baselines and for every alternative. The methods are those of Sources/Detection/Novelty, written down a
second time; only the residual's own scores differ (folds there, here too).
"""

import json
import sys
from pathlib import Path

import numpy as np

REPEATS = 6
NEIGHBOURS = 3


def load(path):
    machines = {}
    for line in Path(path).open():
        row = json.loads(line)
        recording = machines.setdefault(row["machine"], {}).setdefault(row["file"], dict(
            condition=row["condition"], embedding=[], descriptor=[], level=[]))
        recording["embedding"].append(row["embedding"])
        recording["descriptor"].append(row["descriptor"])
        recording["level"].append(row["level_dbfs"])
    for recordings in machines.values():
        for recording in recordings.values():
            for key in ("embedding", "descriptor", "level"):
                recording[key] = np.array(recording[key])
    return machines


def area(normal, faulty):
    difference = np.asarray(faulty)[:, None] - np.asarray(normal)[None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def partial_area(normal, faulty, limit=0.1):
    """As scikit-learn's roc_auc_score(max_fpr=…)."""
    thresholds = np.unique(np.concatenate([normal, faulty]))[::-1]
    false = np.concatenate([[0], [(normal >= t).mean() for t in thresholds]])
    true = np.concatenate([[0], [(faulty >= t).mean() for t in thresholds]])
    stop = np.searchsorted(false, limit, "right")
    false_cut = np.append(false[:stop], limit)
    true_cut = np.append(true[:stop], np.interp(limit, [false[stop - 1], false[stop]], [true[stop - 1], true[stop]]))
    raw = np.trapezoid(true_cut, false_cut)
    return 0.5 * (1 + (raw - limit ** 2 / 2) / (limit - limit ** 2 / 2))


# Descriptor values: log-mel means 0-63 and deviations 64-127 over the frames, modulation 128-183, then level, peak, crest
# factor, kurtosis, skewness, centroid, flatness, clipped share, constant part.
VIEWS = {  # name: values, and the least deviation they are standardised with
    "everything": (lambda rows: rows, 0),
    "log-mel": (lambda rows: rows[:, :64], 1),
    "shape": (lambda rows: rows[:, :64] - rows[:, :64].mean(axis=1, keepdims=True), 1),
    "variability": (lambda rows: rows[:, 64:128], 0.5),
    "rhythm": (lambda rows: rows[:, 128:184], 2),
    "level": (lambda rows: rows[:, 184:185], 1),
    "peaks": (lambda rows: rows[:, 186:188], 1),
}


def standardised(train, rows, floor):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.maximum(np.maximum(deviation, 1e-3 * np.abs(mean)), max(floor, 1e-6))
    return np.clip((rows - mean) / deviation, -10, 10)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def distances(left, right, cosine):
    if cosine:
        return np.maximum(0, 1 - left @ right.T)
    squares = (left ** 2).sum(1)[:, None] + (right ** 2).sum(1)[None, :] - 2 * left @ right.T
    return np.sqrt(np.maximum(0, squares)) / np.sqrt(left.shape[1])


def smallest(values, count):
    return np.sort(values, axis=1)[:, :count].mean(axis=1) if values.shape[1] else np.zeros(len(values))


def zscore(own, scores, least):
    mean, deviation = own.mean(), own.std()
    deviation = max(deviation, least, 0.02 * abs(mean)) * (1 + 4 / max(1, len(own)))
    return (scores - mean) / deviation, (own - mean) / deviation


def raw_scores(bank, rows, cosine):
    """Per method the rows' scores and the bank's own, each judged without itself."""
    least = 1e-3 if cosine else 0.02
    own_distances = distances(bank, bank, cosine)
    np.fill_diagonal(own_distances, np.inf)
    between = distances(rows, bank, cosine)
    count = min(NEIGHBOURS, len(bank) - 1)
    found = {"nearest": (smallest(between, count), smallest(own_distances, count), least)}
    spacing = np.maximum(smallest(own_distances, count), least * 1e-3)
    found["density"] = ((between / spacing).min(axis=1), (own_distances / spacing).min(axis=1), 0.05)
    scale = 1 if cosine else np.sqrt(bank.shape[1])
    found["mahalanobis"] = (*mahalanobis(bank, rows, least), 0.05)
    residuals = residual(bank, rows)
    found["residual"] = (residuals[0] / scale, residuals[1] / scale, least)
    return found


def mahalanobis(bank, rows, least):
    points, width = bank.shape
    mean = bank.mean(axis=0)
    centred = bank - mean
    variance = (centred ** 2).sum() / points / width
    gram = centred @ centred.T
    frobenius = (gram ** 2).sum() / points ** 2
    spread = (frobenius - width * variance ** 2) / width
    noise = min(((np.diag(gram) ** 2).sum() / points - frobenius) / (width * points), spread)
    shrinkage = max(noise / spread if noise > 0 else 0, 1e-6)
    variance = max(variance, (least / np.sqrt(width)) ** 2)
    sphere = shrinkage * variance
    part = max(1 - shrinkage, 1e-9)

    def form(offsets, count):
        inner = np.linalg.inv(np.eye(points) * sphere * count / part + gram)
        along = offsets @ centred.T
        return np.maximum(0, (offsets ** 2).sum(1) - (along @ inner * along).sum(1)) / sphere

    others = max(1, points - 1)
    own = form(centred, others)
    share = part * points / others ** 2
    own = points / others * np.sqrt(own / np.maximum(1e-12, 1 - share * own)) / np.sqrt(width)
    return np.sqrt(form(rows - mean, points) / width), own


def residual(bank, rows, explained=0.95, most=32):
    def fit(points, share, limit):
        mean = points.mean(axis=0)
        _, values, vectors = np.linalg.svd(points - mean, full_matrices=False)
        total, count = (values ** 2).sum(), 0
        limit = min(limit, len(points) // 2, points.shape[1])
        while count < limit and values[count] > 1e-6 and (values[:count] ** 2).sum() < share * total:
            count += 1
        return mean, vectors[:count]

    def error(model, points):
        offset = points - model[0]
        return np.sqrt(np.maximum(0, (offset ** 2).sum(1) - ((offset @ model[1].T) ** 2).sum(1)))

    model = fit(bank, explained, most)
    own = np.zeros(len(bank))
    folds = min(5, len(bank))
    for fold in range(folds):
        held = np.arange(len(bank)) % folds == fold
        own[held] = error(fit(bank[~held], np.inf, len(model[1])), bank[held])
    return error(model, rows), own


def combine(scores, rule, weights=None):
    scores = np.stack(scores)
    if rule in ("mean", "log"):
        # On the logarithmic scale; a recording's score is the mean over its windows on that scale, too.
        return np.average(np.arcsinh(scores) if rule == "log" else scores, axis=0, weights=weights)
    return scores.min(axis=0) if rule == "min" else scores.max(axis=0)


def space_scores(name, train, rows):
    if name == "embedding":
        return raw_scores(unit(train["embedding"]), unit(rows["embedding"]), True)
    choose, floor = VIEWS[name]
    chosen, asked = choose(train["descriptor"]), choose(rows["descriptor"])
    return raw_scores(standardised(chosen, chosen, floor), standardised(chosen, asked, floor), False)


METHOD_SETS = {  # the mean of their z-scores
    "nearest": (0,), "density": (1,), "mahalanobis": (2,), "residual": (3,), "all": (0, 1, 2, 3),
    "nearest+mahalanobis": (0, 2), "nearest+density": (0, 1), "nearest+density+mahalanobis": (0, 1, 2),
}
COMBINATIONS = [(space,) for space in ("embedding", *VIEWS)] + [
    ("embedding", "everything"), ("level", "everything"), ("level", "log-mel"), ("level", "shape"), ("level", "variability"),
    ("level", "rhythm"), ("level", "variability", "rhythm"), ("embedding", "level"), ("embedding", "everything", "level"),
    ("embedding", "everything", "level*2"), ("embedding", "everything*2", "level*2"),
]


def weighted(spaces):
    """Names and weights: "level*2" counts twice in a mean."""
    parts = [space.split("*") for space in spaces]
    return [part[0] for part in parts], np.array([float(part[1]) if len(part) > 1 else 1.0 for part in parts])


def splits(recordings, rng):
    normal = [name for name, recording in recordings.items() if recording["condition"] == "normal"]
    faulty = [name for name, recording in recordings.items() if recording["condition"] == "anomalous"]
    seen = set()
    for _ in range(REPEATS):
        order = list(rng.permutation(normal))
        teach = tuple(sorted(order[:max(1, len(order) * 3 // 5)]))
        if teach in seen:
            continue
        seen.add(teach)
        yield list(teach), [name for name in normal if name not in teach], faulty


def study(path):
    machines = load(path)
    table = {}
    for machine, recordings in machines.items():
        rng = np.random.default_rng(1)
        normal = [r for r in recordings.values() if r["condition"] == "normal"]
        faulty = [r for r in recordings.values() if r["condition"] == "anomalous"]
        if len(normal) < 2 or not faulty:
            continue
        for teach, test, faults in splits(recordings, rng):
            train = {key: np.concatenate([recordings[name][key] for name in teach])
                     for key in ("embedding", "descriptor", "level")}
            tested = test + faults
            rows = {key: np.concatenate([recordings[name][key] for name in tested]) for key in train}
            lengths = [len(recordings[name]["level"]) for name in tested]
            edges = np.cumsum([0] + lengths)

            def add(name, scores):
                means = [scores[a:b].mean() for a, b in zip(edges, edges[1:])]
                left, right = np.array(means[:len(test)]), np.array(means[len(test):])
                table.setdefault(name, {}).setdefault(machine, []).append((area(left, right), partial_area(left, right)))

            deviation = max(train["level"].std(), 0.5)
            add("RMS level", np.abs(rows["level"] - train["level"].mean()) / deviation)
            kept = standardised(train["descriptor"][:, :128], rows["descriptor"][:, :128], 0.5)
            own = standardised(train["descriptor"][:, :128], train["descriptor"][:, :128], 0.5)
            add("log-mel kNN", smallest(distances(kept, own, False), NEIGHBOURS))
            scored = {space: [zscore(own, scores, least)[0] for scores, own, least in space_scores(space, train, rows).values()]
                      for space in ("embedding", *VIEWS)}
            for methods, picks in METHOD_SETS.items():
                joined = {space: combine([z[i] for i in picks], "mean") for space, z in scored.items()}
                for spaces in COMBINATIONS:
                    names, weights = weighted(spaces)
                    rules = ("log",) if max(weights) > 1 else ("mean", "min", "max", "log") if len(names) > 1 else ("log",)
                    for rule in rules:
                        add(f"{' + '.join(spaces)} | {rule} | {methods}",
                            combine([joined[name] for name in names], rule, weights))
    return {name: tuple(np.mean([np.mean(values, axis=0) for values in machines.values()], axis=0))
            for name, machines in table.items()}


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    results = {Path(path).stem: study(path) for path in sys.argv[1:]}
    names = list(next(iter(results.values())))
    mean = {name: np.mean([results[s][name] for s in results], axis=0) for name in names}
    print(f"{'':64}" + "".join(f"{s[:14]:>16}" for s in results) + f"{'mean':>16}")
    for name in sorted(names, key=lambda n: -mean[n][0]):
        cells = "".join(f"{results[s][name][0]:9.3f} {results[s][name][1]:6.3f}" for s in results)
        print(f"{name:64}{cells}{mean[name][0]:9.3f} {mean[name][1]:6.3f}")


if __name__ == "__main__":
    main()
