#!/usr/bin/env python3
"""Writes the manifest of the real recordings in ../shared/recordings, for `ausculta evaluate`.

MIMII fans, pumps, slide rails and valves, one machine per identifier, and one brushless motor (M1), healthy against a
damaged propeller: in the other motors of that set machine and fault are the same thing. Every machine has labels of its
own profile, so a fan is never taken for a propeller. The recordings have no times, so splits are drawn by recording.

    python3 Models/evaluation/recordings_manifest.py ../shared/recordings OUT.csv
"""

import csv
import re
import sys
from pathlib import Path


def rows(root: Path):
    for kind in ("fan", "pump", "slider", "valve"):
        for path in sorted((root / "mimii" / kind).glob("*/*.wav")):
            number = re.search(r"id_(\d+)", path.name).group(1)
            condition = "normal" if path.parent.name == "normal" else "anomalous"
            yield path, f"mimii-{kind}-{number}", f"mimii-{kind}", condition, condition
    for path in sorted((root / "bldc" / "M1").glob("*/*.wav")):
        if path.parent.name == "healthy":
            yield path, "bldc-M1", "bldc", "normal", "normal"
        elif path.parent.name == "propeller":
            yield path, "bldc-M1", "bldc", "anomalous", "damaged-propeller"


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    root, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    found = list(rows(root))
    if not found:
        sys.exit(f"{root}: no recordings; expected mimii/{{fan,pump,slider,valve}} and bldc/M1 there")
    with out.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "machine", "profile", "condition", "label"])
        for path, machine, profile, condition, label in found:
            writer.writerow([path, machine, profile, condition, label])
    print(f"{out}: {len(found)} recordings of {len({row[1] for row in found})} machines")


if __name__ == "__main__":
    main()
