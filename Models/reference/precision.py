"""How far bfloat16 is from float32: embeddings of recordings, and verdicts on simulated sound. Needs Python only.

    python3 Models/reference/precision.py --ausculta .build/release/ausculta [--recordings FOLDER]
        [--model DIR ...] [--individuals 900000-900019]

Embeds every WAV or FLAC file below FOLDER in both precisions, with each model (by default the one that comes with Ausculta),
and prints cosines; then classifies a simulated corpus with the first model in both and prints how often the top label is the
same. Needs a machine that has AVX-512 BF16.
"""

import argparse
import csv
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

PRECISIONS = ("float32", "bfloat16")


def run(*command) -> str:
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr.strip() or f"{' '.join(map(str, command))} failed")
    return result.stdout


def with_model(model: str | None) -> list[str]:
    return ["--model", model] if model else []


def cosines(ausculta: str, model: str | None, files: list[pathlib.Path]) -> list[float]:
    values = []
    for precision in PRECISIONS:
        document = json.loads(run(ausculta, "embed", *files, *with_model(model), "--precision", precision, "--json"))
        values.append([row["values"] for row in document["embeddings"]])
    lengths = [[math.sqrt(sum(x * x for x in row)) for row in rows] for rows in values]
    return [
        sum(x * y for x, y in zip(left, right)) / lengths[0][i] / lengths[1][i]
        for i, (left, right) in enumerate(zip(*values))
    ]


def compare_recordings(ausculta: str, models: list[str | None], folder: pathlib.Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".wav", ".flac"))
    if not files:
        sys.exit(f"no WAV or FLAC files below {folder}")
    print(f"| model | recordings | cosine, least | median | 1 - cosine, largest |\n|---|---:|---:|---:|---:|")
    for model in models:
        found = cosines(ausculta, model, files)
        name = pathlib.Path(model).name if model else "embedded"
        print(f"| {name} | {len(found)} | {min(found):.6f} | {statistics.median(found):.6f} | {1 - min(found):.1e} |")
    sys.stdout.flush()


def compare_verdicts(ausculta: str, model: str | None, individuals: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        run(ausculta, "simulate", "--corpus", "--individuals", individuals, "--out", folder)
        with open(folder / "manifest.csv", newline="") as file:
            truth = {str(folder / row["file"]): row["label"].replace("-", " ") for row in csv.DictReader(file)}
        labels = sorted(set(truth.values()))
        results = []
        for precision in PRECISIONS:
            text = run(ausculta, "classify", folder, "--labels", ",".join(labels), *with_model(model), "--precision",
                       precision, "--json")
            results.append({file["file"]: file["fused"] for file in json.loads(text)["files"]})
        names = sorted(results[0])
        same = sum(results[0][name]["top"] == results[1][name]["top"] for name in names)
        apart = max(
            abs(results[0][name]["scores"][label] - results[1][name]["scores"][label])
            for name in names
            for label in labels
        )
        right = [sum(result[name]["top"] == truth[name] for name in names) for result in results]
        print(f"\n{len(names)} simulated windows, {len(labels)} labels: the same label on top in {same}, confidences at most "
              f"{apart:.4f} apart; right in {right[0]} with float32, in {right[1]} with bfloat16.")


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
