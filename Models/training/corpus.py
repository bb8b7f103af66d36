"""Renders windows with the product's own simulator and keeps their log-mels (float16 dB) and labels, not the sound."""

import argparse
import csv
import json
import subprocess
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
import soxr
import torch

import frontend


def read_window(path):
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != frontend.RATE_HZ:
        samples = soxr.resample(samples, rate, frontend.RATE_HZ, quality="HQ")
    return frontend.repeat_pad(samples)


def render(job):
    """One range of individuals -> (log-mels, manifest rows)."""
    binary, first, last, options = job
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "simulate", "--corpus", "--individuals", f"{first}..<{last}", "--out", folder, *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(Path(folder, "manifest.csv"), newline="") as file:
            rows = list(csv.DictReader(file))
        mels = []
        for start in range(0, len(rows), 8):
            windows = np.stack([read_window(Path(folder, row["file"])) for row in rows[start : start + 8]])
            mels.append(frontend.log_mel(windows).numpy().astype(np.float16))
    return np.concatenate(mels), rows


def make(binary, out, individuals, options, workers=2, step=5, quiet=False):
    """Writes OUT.npy (windows, 1001, 64) and OUT.json (the manifest rows in the same order)."""
    jobs = [
        (binary, first, min(first + step, individuals[1]), options) for first in range(*individuals, step)
    ]
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    mels, rows = [], []
    with ProcessPoolExecutor(workers) as pool:
        for number, (part, part_rows) in enumerate(pool.map(render, jobs)):
            mels.append(part)
            rows += part_rows
            if number % 20 == 0 and not quiet:
                print(f"{out.name}: {len(rows)} windows", flush=True)
    np.save(out.with_suffix(".npy"), np.concatenate(mels))
    out.with_suffix(".json").write_text(json.dumps(rows))


def load(path):
    path = Path(path)
    return np.load(path.with_suffix(".npy"), mmap_mode="r"), json.loads(path.with_suffix(".json").read_text())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="the ausculta executable")
    parser.add_argument("--individuals", nargs=2, type=int, required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("options", nargs="*", help="further options of `ausculta simulate --corpus` after --")
    arguments = parser.parse_args()
    make(arguments.binary, arguments.out, arguments.individuals, arguments.options, arguments.workers)
