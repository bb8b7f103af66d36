"""Times two builds of `ausculta` in turns: what a change made of the audio encoder on a machine that others use, too.

    python3 Models/reference/builds.py --before OLD --after NEW --model DIR [--rounds 25] [--windows 6]

OLD and NEW are programs. Every round runs `ausculta bench --encoder-only` of both, now one first and now the other; the ratio
of a round compares two runs of the same few seconds. Prints the medians of milliseconds a window, the smallest, and the
median and the quartiles of the rounds' ratios. Needs nothing but Python.
"""

import argparse
import json
import statistics
import subprocess
import sys


def window_milliseconds(program, model, windows):
    """The median of one run, milliseconds a window, one thread."""
    command = [program, "bench", "--encoder-only", "--model", model, "--windows", str(windows), "--json"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {run.returncode}: {run.stderr.strip()}")
    return json.loads(run.stdout)["encoder_ms"]["median"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", required=True, metavar="PROGRAM", help="the build to compare with")
    parser.add_argument("--after", required=True, metavar="PROGRAM", help="the build that changed")
    parser.add_argument("--model", required=True, metavar="DIR", help="a checkpoint's folder")
    parser.add_argument("--rounds", type=int, default=25, help="turns of both (default: 25)")
    parser.add_argument("--windows", type=int, default=6, help="windows a turn (default: 6)")
    options = parser.parse_args()
    if options.rounds < 2:
        parser.error(f"--rounds {options.rounds}: expected 2 or more, for quartiles")

    before, after = [], []
    for number in range(options.rounds):
        turns = [(options.before, before), (options.after, after)]
        for program, found in turns if number % 2 == 0 else reversed(turns):
            found.append(window_milliseconds(program, options.model, options.windows))
        if sys.stderr.isatty():
            print(f"\r{number + 1} of {options.rounds} rounds", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)

    for name, found in (("before", before), ("after", after)):
        print(f"{name:7} median {statistics.median(found):6.1f} ms a window, least {min(found):6.1f}")
    low, middle, high = statistics.quantiles([b / a for a, b in zip(before, after)], n=4)
    print(f"after / before, median of {options.rounds} rounds: {middle:.3f} (quartiles {low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
