"""A plain classifier on log-mel statistics, one per kind: do the simulator's states separate at all, before anything deep
is trained?"""

import argparse

import numpy as np
import torch

from classes import KINDS, STATES, label_index
from corpus import load


def statistics(mels):
    """(n, 1001, 64) dB -> gain-free mean, deviation, skew and coarse modulation spectrum per band."""
    rows = []
    for mel in mels:
        mel = np.asarray(mel, dtype=np.float32)
        mel = mel - mel.mean()
        mean, deviation = mel.mean(0), mel.std(0) + 1e-3
        skew = (((mel - mean) / deviation) ** 3).mean(0)
        modulation = np.abs(np.fft.rfft(mel - mean, axis=0)) ** 2
        edges = [5, 30, 80, 150, 250, 350, 500]
        bands = [np.log(modulation[a:b].mean(0) + 1e-3) for a, b in zip(edges[:-1], edges[1:])]
        rows.append(np.concatenate([mean, deviation, skew, *bands]))
    return np.stack(rows)


def fit(train, labels, outputs, steps=400):
    mean, deviation = train.mean(0), train.std(0) + 1e-6
    inputs, targets = torch.tensor((train - mean) / deviation).float(), torch.tensor(labels)
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(inputs.shape[1], 128), torch.nn.ReLU(), torch.nn.Dropout(0.3), torch.nn.Linear(128, outputs))
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    for _ in range(steps):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(inputs), targets, label_smoothing=0.05).backward()
        optimiser.step()
    model.eval()
    return lambda x: model(torch.tensor((x - mean) / deviation).float()).argmax(1).numpy()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--test", required=True)
    arguments = parser.parse_args()
    parts = [load(path) for path in arguments.train]
    train, train_rows = np.concatenate([mels for mels, _ in parts]), [row for _, rows in parts for row in rows]
    test, test_rows = load(arguments.test)
    for kind in KINDS:
        chosen, tested = ([i for i, row in enumerate(rows) if row["kind"] == kind] for rows in (train_rows, test_rows))
        labels = [*STATES[kind], "other"]
        predict = fit(statistics(train[chosen]), [label_index(train_rows[i]) for i in chosen], len(labels))
        truth = np.array([label_index(test_rows[i]) for i in tested])
        found = predict(statistics(test[tested]))
        recalls = [np.mean(found[truth == k] == k) for k in range(len(labels))]
        print(f"{kind}: balanced accuracy {np.mean(recalls):.3f}; " + ", ".join(f"{l} {r:.2f}" for l, r in zip(labels, recalls)))
