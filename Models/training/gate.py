"""A plain classifier on log-mel statistics: do the simulator's states separate at all, before anything deep is trained?"""

import argparse

import numpy as np
import torch

from corpus import load

LABELS = ["normal", "bearing-lacking-oil", "valve-plate-broken", "motor-overheating", "other"]


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


def fit(train, labels, steps=400):
    mean, deviation = train.mean(0), train.std(0) + 1e-6
    inputs, targets = torch.tensor((train - mean) / deviation).float(), torch.tensor(labels)
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(inputs.shape[1], 128), torch.nn.ReLU(), torch.nn.Dropout(0.3), torch.nn.Linear(128, len(LABELS)))
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    for _ in range(steps):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(inputs), targets, label_smoothing=0.05).backward()
        optimiser.step()
    model.eval()
    return lambda x: model(torch.tensor((x - mean) / deviation).float()).argmax(1).numpy()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train")
    parser.add_argument("test")
    arguments = parser.parse_args()
    (train, train_rows), (test, test_rows) = load(arguments.train), load(arguments.test)
    predict = fit(statistics(train), [LABELS.index(r["label"]) for r in train_rows])
    truth = np.array([LABELS.index(r["label"]) for r in test_rows])
    found = predict(statistics(test))
    severity = np.array([float(r["severity"]) for r in test_rows])
    recall = [np.mean(found[truth == k] == k) for k in range(len(LABELS))]
    print("balanced accuracy", np.mean(recall), dict(zip(LABELS, np.round(recall, 3))))
    confusion = np.zeros((5, 5), int)
    np.add.at(confusion, (truth, found), 1)
    print(confusion)
    for low, high in [(0.3, 0.5), (0.5, 0.7), (0.7, 1.01)]:
        for k in (1, 2, 3):
            chosen = (severity >= low) & (severity < high) & (truth == k)
            print(LABELS[k], low, high, np.mean(found[chosen] == k), end="; ")
        print()
