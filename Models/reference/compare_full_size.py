"""Compares full-size models (random weights, the published architectures) between the reference and Ausculta.

    python Models/reference/compare_full_size.py --ausculta .build/release/ausculta --roberta DIR [--cache DIR]
        [--models htsat-tiny-fused htsat-tiny-unfused htsat-base-unfused] [--time 15]

Makes each model once in the cache folder (about 615 MB each, never committed; AUSCULTA_REFERENCE_CACHE or --cache,
default ~/.cache/ausculta-reference), embeds the test sounds and phrases with torch and with `ausculta embed`, and prints
the largest difference of the L2-normalised embeddings, in int16, where this machine computes in that, and in float32.
Fails above 1e-4. DIR holds RoBERTa's vocab.json and merges.txt.
--time N also times the audio tower on one thread, torch and Ausculta taking turns N times, and prints medians
(Ausculta's from `ausculta bench --model DIR --json`, median of "encoder_ms").
"""

import argparse
import functools
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
import wave

import numpy as np
import torch
import torch.nn.functional as F
from transformers import ClapAudioConfig, ClapConfig, ClapModel, RobertaTokenizerFast

from random_clap import SAMPLE_RATE_HZ, Deterministic, clip, random_model

LIMIT = 1e-4
# What linear layers are computed in.
PRECISIONS = ("int16", "float32")
CLIPS = ((3, 0), (10, 1), (23, 2))
TEXTS = [
    "This is a sound of an air compressor with a bearing lacking oil",
    "Hello world",
    "轴承缺油",
    "a long sentence about machines, motors, pumps and fans that run for years without anybody listening to them " * 4,
]


def configurations() -> dict[str, ClapConfig]:
    base = dict(patch_embeds_hidden_size=128, depths=[2, 2, 12, 2], hidden_size=1024)
    return {
        "htsat-tiny-fused": ClapConfig(
            audio_config=ClapAudioConfig(enable_fusion=True, fusion_type="aff_2d").to_dict()
        ),
        "htsat-tiny-unfused": ClapConfig(),
        "htsat-base-unfused": ClapConfig(audio_config=ClapAudioConfig(**base).to_dict()),
    }


def make_model(folder: pathlib.Path, config: ClapConfig, seed: int, roberta: pathlib.Path) -> None:
    if (folder / "complete").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    random_model(config, seed).save_pretrained(folder)
    Deterministic("fusion" if config.audio_config.enable_fusion else "rand_trunc").extractor.save_pretrained(folder)
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(roberta / name, folder / name)
    (folder / "complete").touch()


def write_wav(path: pathlib.Path, samples: np.ndarray) -> np.ndarray:
    """Writes 16-bit PCM and returns the samples as anybody who reads the file gets them."""
    pcm = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(pcm.tobytes())
    return (pcm / 32768.0).astype(np.float32)


def ausculta(binary: str, *arguments: str) -> dict:
    result = subprocess.run([binary, *arguments], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{binary} {' '.join(arguments)} failed:\n{result.stderr}")
    return json.loads(result.stdout)


@functools.cache
def has_integers(binary: str, folder: pathlib.Path) -> bool:
    """Whether this machine is fast at integers on the path in use, and computes in them by itself."""
    command = [binary, "bench", "--model", str(folder), "--windows", "1", "--encoder-only", "--json"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["precision"] == "int16"


@torch.no_grad()
def torch_audio(model, mel, longer: bool) -> np.ndarray:
    return model.get_audio_features(mel[None], is_longer=torch.tensor([[longer]])).pooler_output[0].numpy()


def differences(theirs: np.ndarray, folder: pathlib.Path, options, arguments: list[str]) -> dict[str, float]:
    """The largest difference of one embedding in each precision."""
    found = {}
    for precision in PRECISIONS:
        if precision == "float32" or has_integers(options.ausculta, folder):
            ours = ausculta(options.ausculta, "embed", *arguments, "--model", str(folder), "--json",
                            "--precision", precision)
            values = np.array(ours["embeddings"][0]["values"], dtype=np.float32)
            found[precision] = float(np.abs(values - theirs).max())
    return found


@torch.no_grad()
def compare(name: str, folder: pathlib.Path, options) -> list[tuple[str, dict[str, float]]]:
    """Inputs, each with the largest difference by precision."""
    model = ClapModel.from_pretrained(folder, attn_implementation="eager").eval()
    fused = model.config.audio_config.enable_fusion
    features = Deterministic("fusion" if fused else "rand_trunc")
    rows = []
    for seconds, kind in CLIPS:
        path = folder / f"clip-{seconds}s.wav"
        mel, longer = features(write_wav(path, clip(seconds, kind)))
        variants = [(f"audio {seconds} s", [], longer and fused)]
        if fused and not longer:
            variants.append((f"audio {seconds} s, marked longer", ["--reference-is-longer"], True))
        for row, flags, is_longer in variants:
            theirs = torch_audio(model, mel, is_longer)
            rows.append((row, differences(theirs, folder, options, [str(path), *flags])))
    tokenizer = RobertaTokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"))
    for text in TEXTS:
        ids = tokenizer(text, return_tensors="pt")["input_ids"]
        theirs = model.get_text_features(ids).pooler_output[0].numpy()
        rows.append((f"text of {ids.shape[1]} tokens", differences(theirs, folder, options, ["--text", text])))
    return rows


@torch.no_grad()
def compare_times(folder: pathlib.Path, rounds: int, binary: str) -> tuple[float, float]:
    """Medians in ms of one 10 s window on one thread: torch eager, Ausculta. They take turns."""
    model = ClapModel.from_pretrained(folder, attn_implementation="eager").eval()
    fused = model.config.audio_config.enable_fusion
    mel, _ = Deterministic("fusion" if fused else "rand_trunc")(clip(10, 1))
    torch_audio(model, mel, fused)
    theirs, ours = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        torch_audio(model, mel, fused)
        theirs.append(1000 * (time.perf_counter() - start))
        ours.append(ausculta(binary, "bench", "--model", str(folder), "--windows", "3", "--json")["encoder_ms"]["median"])
    return statistics.median(theirs), statistics.median(ours)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ausculta", required=True, help="the ausculta program")
    parser.add_argument("--roberta", required=True, type=pathlib.Path, help="folder with vocab.json and merges.txt")
    default_cache = os.environ.get("AUSCULTA_REFERENCE_CACHE", "~/.cache/ausculta-reference")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(default_cache).expanduser())
    parser.add_argument("--models", nargs="+", default=list(configurations()), choices=list(configurations()))
    parser.add_argument("--time", type=int, default=0, metavar="N")
    options = parser.parse_args()
    torch.set_num_threads(1)

    worst = 0.0
    print(f"| {'model':<20} | {'input':<26} | largest difference, int16 | float32  |")
    print(f"|{'-' * 22}|{'-' * 28}|--------------------------:|---------:|")
    for seed, (name, config) in enumerate(configurations().items()):
        if name not in options.models:
            continue
        folder = options.cache / name
        make_model(folder, config, seed, options.roberta)
        for row, differences in compare(name, folder, options):
            first, second = (f"{differences[name]:.2e}" if name in differences else "" for name in PRECISIONS)
            print(f"| {name:<20} | {row:<26} | {first:>25} | {second:>8} |", flush=True)
            worst = max(worst, *differences.values())
    for name in options.models if options.time else []:
        theirs, ours = compare_times(options.cache / name, options.time, options.ausculta)
        print(f"{name}: torch eager {theirs:.0f} ms, Ausculta {ours:.0f} ms a window (one thread, medians)")
    if worst > LIMIT:
        sys.exit(f"largest difference {worst:.2e} is above {LIMIT:.0e}")
    print(f"largest difference {worst:.2e}, limit {LIMIT:.0e}")


if __name__ == "__main__":
    main()
