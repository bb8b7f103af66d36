#!/usr/bin/env python3
"""Renders simulated machines that are enrolled as real ones are: minutes of normal sound on end, then faults.

One machine per kind, generator and individual. Normal sound is one stream, cut into files of a minute with their times, so
that the first ones teach and the last ones test; every fault is two files at severities 0.5 and 1.

    python3 Models/evaluation/simulated_set.py OUT [--binary PATH] [--individuals 2] [--minutes 12] [--snr 20]
    .build/release/ausculta evaluate OUT/manifest.csv
"""

import argparse
import csv
import re
import subprocess
from pathlib import Path

FAULTS = {  # docs/simulator.md
    "compressor": ("bearing-lacking-oil", "valve-plate-broken", "motor-overheating"),
    "pump": ("cavitation", "bearing-worn", "running-dry", "seal-leaking", "coupling-loose"),
    "fan": ("unbalance", "blade-rubbing", "bearing-lacking-grease", "filter-clogged"),
    "gearbox": ("tooth-broken", "gears-worn", "misalignment", "gears-lacking-oil"),
    "motor": ("bearing-outer-race", "rotor-bar-broken", "motor-overheating", "foundation-loose"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--binary", default=".build/release/ausculta")
    parser.add_argument("--individuals", type=int, default=2)
    parser.add_argument("--minutes", type=int, default=12)
    parser.add_argument("--snr", default="20")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for kind, faults in FAULTS.items():
        for generator in "ab":
            for individual in range(options.individuals):
                machine = f"{kind}-{generator}-{individual}"
                seed = str(7_000_000 + individual)

                def simulate(state, severity, minutes):
                    folder = options.out / machine / f"{state}-{severity}"
                    subprocess.run(
                        [options.binary, "simulate", "--machine", machine, "--kind", kind, "--generator", generator,
                         "--seed", seed, "--snr", options.snr, "--state", state, "--severity", severity, "--rate", "16000",
                         "--duration", f"{minutes}m", "--chunk", "60s" if minutes >= 1 else "30s", "--out", str(folder)],
                        check=True, stdout=subprocess.DEVNULL)
                    for row in csv.DictReader((folder / "manifest.csv").open()):
                        number = int(re.search(r"-(\d+)\.wav$", row["file"]).group(1))
                        rows.append([(folder / row["file"]).relative_to(options.out), machine, kind, row["condition"],
                                     row["label"], number * 60])

                simulate("normal", "0", options.minutes)
                for state in faults:
                    for severity in ("0.5", "1"):
                        simulate(state, severity, 0.5)
                print(machine, len(rows), "files", flush=True)
    with (options.out / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "machine", "profile", "condition", "label", "time"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
