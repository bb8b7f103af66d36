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
from classes import KINDS

GENERATORS = ["a", "b"]


def read_window(path):
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != frontend.RATE_HZ:
        samples = soxr.resample(samples, rate, frontend.RATE_HZ, quality="HQ")
    return frontend.repeat_pad(samples)


def render(job):
    """One range of individuals of one kind and generator -> (log-mels, manifest rows with `kind` and `generator`)."""
    binary, kind, generator, first, last, options = job
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        command = [
            binary, "simulate", "--corpus", "--kind", kind, "--generator", generator,
            "--individuals", f"{first}..<{last}", "--out", folder, *options,
        ]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(Path(folder, "manifest.csv"), newline="") as file:
            rows = [dict(row, kind=kind, generator=generator) for row in csv.DictReader(file)]
        mels = []
        for start in range(0, len(rows), 8):
            windows = np.stack([read_window(Path(folder, row["file"])) for row in rows[start : start + 8]])
            mels.append(frontend.log_mel(windows).numpy().astype(np.float16))
    return np.concatenate(mels), rows


def seed_offset(kind, generator):
    """Ambient sounds follow from the seed alone, so every kind and generator has seeds of its own."""
    return 10_000 * KINDS.index(kind) + 5_000 * GENERATORS.index(generator)


def make(binary, out, individuals, options, kinds=KINDS, generators=GENERATORS, workers=2, step=5, quiet=False):
    """Writes OUT.npy (windows, 1001, 64) and OUT.json (the manifest rows in the same order). Every kind and generator has
    as many individuals, from the same range of seeds plus its `seed_offset`."""
    jobs = [
        (binary, kind, generator, first + offset, min(first + step, individuals[1]) + offset, options)
        for kind in kinds
        for generator in generators
        for offset in [seed_offset(kind, generator)]
        for first in range(*individuals, step)
    ]
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    mels, rows = [], []
    with ProcessPoolExecutor(workers) as pool:
        for part, part_rows in pool.map(render, jobs):
            mels.append(part)
            rows += part_rows
    np.save(out.with_suffix(".npy"), np.concatenate(mels))
    # The rows come last: who finds them knows the log-mels are whole.
    out.with_suffix(".json").write_text(json.dumps(rows))
    if not quiet:
        print(f"{out.name}: {len(rows)} windows", flush=True)


def load(path):
    path = Path(path)
    return np.load(path.with_suffix(".npy"), mmap_mode="r"), json.loads(path.with_suffix(".json").read_text())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="the ausculta executable")
    parser.add_argument("--individuals", nargs=2, type=int, required=True, help="first seed, and the one after the last")
    parser.add_argument("--out", required=True)
    parser.add_argument("--kinds", nargs="+", default=KINDS)
    parser.add_argument("--generators", nargs="+", default=GENERATORS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("options", nargs="*", help="further options of `ausculta simulate --corpus` after --")
    arguments = parser.parse_args()
    make(
        arguments.binary, arguments.out, arguments.individuals, arguments.options, arguments.kinds, arguments.generators,
        arguments.workers,
    )  # fmt: skip
