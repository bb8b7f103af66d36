"""Figures of scikit-learn for random outcomes, read by EvaluationReportTests. Run: python make_evaluation.py

Accuracy, recall, precision, balanced accuracy, confusion matrix and one-against-the-rest ROC AUC come from
scikit-learn 1.9; the expected calibration error is written out from its definition (Guo et al. 2017,
https://arxiv.org/abs/1706.04599: ten equal bins of the top probability). Probabilities are rounded to two decimals
in half of the sets, so that ties occur.
"""

import json
from pathlib import Path

import numpy as np
from sklearn import metrics


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    bins = np.clip((confidence * 10).astype(int), 0, 9)
    error = 0.0
    for number in range(10):
        inside = bins == number
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return float(error)


def make(name: str, count: int, labels: int, sharpness: float, rounded: bool, unused: bool, seed: int) -> dict:
    random = np.random.default_rng(seed)
    truth = random.integers(0, labels - 1 if unused else labels, count)
    logits = random.normal(size=(count, labels))
    logits[np.arange(count), truth] += sharpness
    values = np.exp(logits)
    values /= values.sum(axis=1, keepdims=True)
    # Two decimals make ties, and sums that are not quite 1, which no figure may depend on.
    values = np.round(values, 2 if rounded else 6)
    top = values.argmax(axis=1)
    confidence = values.max(axis=1)
    right = top == truth
    everything = list(range(labels))
    threshold = 0.7
    determined = confidence >= threshold
    recall = metrics.recall_score(truth, top, labels=everything, average=None, zero_division=0)
    precision = metrics.precision_score(truth, top, labels=everything, average=None, zero_division=np.nan)
    auc = [
        metrics.roc_auc_score(truth == label, values[:, label]) if (truth == label).any() else None
        for label in everything
    ]
    return {
        "name": name,
        "threshold": threshold,
        "truth": truth.tolist(),
        "probabilities": values.tolist(),
        "accuracy": metrics.accuracy_score(truth, top),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, top),
        "undetermined": float(1 - determined.mean()),
        "accuracy_when_determined": float(right[determined].mean()) if determined.any() else None,
        "calibration_error": calibration_error(confidence, right),
        "recall": recall.tolist(),
        "precision": [None if np.isnan(value) else value for value in precision.tolist()],
        "auc": auc,
        "confusion": metrics.confusion_matrix(truth, top, labels=everything).tolist(),
    }


if __name__ == "__main__":
    sets = [
        make("sharp", 80, 5, 3.0, False, False, 1),
        make("blurred with ties", 120, 4, 0.6, True, False, 2),
        make("a label that never occurs", 60, 3, 1.5, True, True, 3),
        make("two labels", 40, 2, 1.0, False, False, 4),
    ]
    Path(__file__).with_name("expected.json").write_text(json.dumps(sets) + "\n")
