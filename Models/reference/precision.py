"""How far sixteen bits are from float32: embeddings of recordings, and verdicts on simulated sound. Needs Python only.

    python3 Models/reference/precision.py --ausculta .build/release/ausculta [--recordings FOLDER]
        [--model DIR ...] [--individuals 900000-900019]

Embeds every WAV or FLAC file below FOLDER in each precision this machine has, with each model (by default the one that comes
with Ausculta), and prints cosines to float32, the largest difference of a value, and what storing embeddings in half precision,
as the trend log does, makes of them; then classifies a simulated corpus with the first model in each and prints how often the top
label is that of float32. A small model computes in float32 where int16 is asked for.
"""

import argparse
import csv
import json
import math
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile

PRECISIONS = ("int16", "bfloat16")


def run(*command) -> str:
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr.strip() or f"{' '.join(map(str, command))} failed")
    return result.stdout


def with_model(model: str | None) -> list[str]:
    return ["--model", model] if model else []


def has(ausculta: str, model: str | None, precision: str) -> bool:
    command = [ausculta, "bench", "--windows", "1", "--encoder-only", *with_model(model), "--precision", precision]
    return subprocess.run(command, capture_output=True).returncode == 0


def embeddings(ausculta: str, model: str | None, files: list[pathlib.Path], precision: str) -> list[list[float]]:
    document = json.loads(run(ausculta, "embed", *files, *with_model(model), "--precision", precision, "--json"))
    return [row["values"] for row in document["embeddings"]]


def cosine(left: list[float], right: list[float]) -> float:
    lengths = math.sqrt(sum(x * x for x in left)) * math.sqrt(sum(x * x for x in right))
    return sum(x * y for x, y in zip(left, right)) / lengths


def compare_recordings(ausculta: str, models: list[str | None], folder: pathlib.Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".wav", ".flac"))
    if not files:
        sys.exit(f"no WAV or FLAC files below {folder}")
    print("| model | recordings | precision | 1 - cosine, largest | median | largest difference |\n|---|---:|---|---:|---:|---:|")
    for model in models:
        name = pathlib.Path(model).name if model else "embedded"
        exact = embeddings(ausculta, model, files, "float32")
        rows = {"float32 stored in half precision": [list(struct.unpack(f"{len(x)}e", struct.pack(f"{len(x)}e", *x))) for x in exact]}
        rows |= {p: embeddings(ausculta, model, files, p) for p in PRECISIONS if has(ausculta, model, p)}
        for precision, found in rows.items():
            apart = [1 - cosine(left, right) for left, right in zip(exact, found)]
            largest = max(abs(x - y) for left, right in zip(exact, found) for x, y in zip(left, right))
            print(f"| {name} | {len(files)} | {precision} | {max(apart):.1e} | {statistics.median(apart):.1e} | {largest:.1e} |")
    sys.stdout.flush()


def compare_verdicts(ausculta: str, model: str | None, individuals: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        run(ausculta, "simulate", "--corpus", "--individuals", individuals, "--out", folder)
        with open(folder / "manifest.csv", newline="") as file:
            truth = {str(folder / row["file"]): row["label"].replace("-", " ") for row in csv.DictReader(file)}
        labels = sorted(set(truth.values()))

        def verdicts(precision: str) -> dict:
            text = run(ausculta, "classify", folder, "--labels", ",".join(labels), *with_model(model), "--precision",
                       precision, "--json")
            return {file["file"]: file["fused"] for file in json.loads(text)["files"]}

        def right(found: dict) -> int:
            return sum(found[name]["top"] == truth[name] for name in found)

        exact = verdicts("float32")
        print(f"\n{len(exact)} simulated windows, {len(labels)} labels, {right(exact)} right in float32.")
        for precision in PRECISIONS:
            if not has(ausculta, model, precision):
                continue
            found = verdicts(precision)
            same = sum(found[name]["top"] == exact[name]["top"] for name in exact)
            apart = max(abs(found[name]["scores"][label] - exact[name]["scores"][label]) for name in exact for label in labels)
            print(f"{precision}: the same label on top in {same}, confidences at most {apart:.1e} apart, {right(found)} right.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ausculta", required=True, help="the ausculta program")
    parser.add_argument("--recordings", type=pathlib.Path, help="a folder of recordings")
    parser.add_argument("--model", action="append", help="a model's folder; may be given several times")
    parser.add_argument("--individuals", default="900000-900019", help="seeds of the simulated machines")
    options = parser.parse_args()
    models = options.model or [None]
    if options.recordings:
        compare_recordings(options.ausculta, models, options.recordings)
    compare_verdicts(options.ausculta, models[0], options.individuals)


if __name__ == "__main__":
    main()
