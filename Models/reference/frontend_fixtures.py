#!/usr/bin/env python3
"""Expected log-mel inputs and acoustic descriptors, made with the reference library.

Writes Tests/Fixtures/frontend: `cases.json` names every case (clip recipe, preprocessor configuration, frames kept, place
in `values.f32`), `values.f32` holds the kept frames as little-endian float32, `descriptor.json` the expected descriptors.
The clips themselves are not stored: the recipes in `clip()` are made again by the test (FrontEndFixtures.swift,
SignalRecipe.swift).

The reference draws crops and chunks at random; here its draws are replaced by the middle, as Ausculta takes them:
`numpy.random.choice(range)` becomes `range[len(range) // 2]`, `numpy.random.randint(0, n)` becomes `(n - 1) // 2`.

    python Models/reference/frontend_fixtures.py        needs transformers, torch, numpy, scipy
"""

import json
from pathlib import Path

import numpy as np
import scipy.stats
from transformers import ClapFeatureExtractor

OUT = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "frontend"
FRAME_STRIDE = 41  # frames kept of each channel, beside the first and last three


def uniform_noise(count: int, seed: int) -> np.ndarray:
    """Numbers in -1 ..< 1 from a 32-bit linear congruential generator's upper 24 bits: exact in any language."""
    state = seed
    values = np.empty(count)
    for index in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values[index] = (state >> 8) / 2**23 - 1
    return values


def clip(kind: str, count: int, rate: int) -> np.ndarray:
    """float32 samples of a recipe."""
    index = np.arange(count, dtype=np.float64)
    seconds = index / rate
    if kind == "sweep":  # 40 Hz to 0.45 of the rate over the clip
        end = 0.45 * rate
        phase = 40 * seconds + (end - 40) * seconds * seconds / (2 * (count / rate))
        wave = 0.8 * np.sin(2 * np.pi * (phase - np.floor(phase)))
    elif kind == "noise":
        wave = 0.3 * uniform_noise(count, 7)
    elif kind == "quiet":
        wave = 1e-5 * uniform_noise(count, 11)
    elif kind == "clicks":
        wave = np.where(index % 4801 == 100, np.where(index // 4801 % 2 == 0, 1.0, -1.0), 0.0)
    elif kind == "silence":
        wave = np.zeros(count)
    elif kind == "loudtone":  # full scale, the upper bands hold nothing but the window's side lobes
        phase = 97 * seconds
        wave = np.sin(2 * np.pi * (phase - np.floor(phase)))
    elif kind == "machine":  # hum, harmonics and noise that swells four times a second, clipped at full scale
        phase = 49.5 * seconds
        phase = phase - np.floor(phase)
        swell = 1 + 0.7 * np.sin(2 * np.pi * (4 * seconds - np.floor(4 * seconds)))
        hum = 0.5 * np.sin(2 * np.pi * phase) + 0.2 * np.sin(6 * np.pi * phase) + 0.05
        wave = np.clip(hum + 0.4 * swell * uniform_noise(count, 3), -1, 1)
    else:
        raise ValueError(kind)
    return wave.astype(np.float32)


FUSED = dict(feature_size=64, sampling_rate=48000, hop_length=480, max_length_s=10, fft_window_size=1024,
             frequency_min=50, frequency_max=14000, top_db=None, truncation="fusion", padding="repeatpad")
UNFUSED = dict(FUSED, truncation="rand_trunc")
SMALL = dict(FUSED, feature_size=32, sampling_rate=16000, hop_length=160, max_length_s=4, fft_window_size=512,
             frequency_min=0, frequency_max=8000, truncation="rand_trunc", padding="repeat")
SMALL_PAD = dict(SMALL, padding="pad", hop_length=200, fft_window_size=256, feature_size=24)
CONFIGURATIONS = {"fused": FUSED, "unfused": UNFUSED, "small": SMALL, "small-pad": SMALL_PAD}

CASES = [  # configuration, clip, samples
    ("fused", "sweep", 144000), ("fused", "sweep", 480000), ("fused", "sweep", 1104000),
    ("unfused", "sweep", 144000), ("unfused", "sweep", 480000), ("unfused", "sweep", 1104000),
    ("fused", "noise", 480000), ("unfused", "noise", 480000), ("fused", "machine", 1104000),
    ("fused", "machine", 144000), ("unfused", "machine", 1104001), ("fused", "clicks", 480000),
    ("unfused", "clicks", 144000), ("fused", "silence", 480000), ("fused", "quiet", 480000),
    ("unfused", "quiet", 480000), ("fused", "loudtone", 480000), ("unfused", "loudtone", 480000),
    ("fused", "noise", 1), ("fused", "noise", 7), ("fused", "machine", 161000), ("fused", "noise", 480100),
    ("fused", "noise", 480480), ("fused", "noise", 480960), ("fused", "noise", 481500),
    ("small", "sweep", 16000), ("small", "machine", 24001), ("small", "noise", 90001),
    ("small-pad", "machine", 30000), ("small-pad", "noise", 64000),
]  # fmt: skip


def kept_frames(count: int) -> list[int]:
    return sorted({0, 1, 2, count - 3, count - 2, count - 1, *range(0, count, FRAME_STRIDE)})


def chunk_starts(total: int) -> list[int]:
    """Where the reference's three chunks of 1001 frames start, read off a spectrogram that counts its frames."""
    counting = np.repeat(np.arange(total, dtype=np.float32)[:, None], 64, axis=1)
    fusion = ClapFeatureExtractor()._random_mel_fusion(counting, total, 1001)
    return [int(channel[0, 0]) for channel in fusion[1:]]


def write_features() -> None:
    np.random.choice = lambda values: values[len(values) // 2]
    np.random.randint = lambda low, high: (high - 1) // 2
    offset, rows, blobs = 0, [], []
    for name, kind, count in CASES:
        configuration = CONFIGURATIONS[name]
        extractor = ClapFeatureExtractor(**configuration)
        samples = clip(kind, count, configuration["sampling_rate"])
        mel, longer = extractor._get_input_mel(
            samples, extractor.nb_max_samples, configuration["truncation"], configuration["padding"]
        )
        whole = extractor(samples, sampling_rate=configuration["sampling_rate"], return_tensors="np")
        assert np.array_equal(whole["input_features"][0], mel)
        # A channel equal to the first is not stored again.
        stored = [0] + [c for c in range(1, mel.shape[0]) if not np.array_equal(mel[c], mel[0])]
        frames = kept_frames(mel.shape[1])
        values = mel[np.ix_(stored, frames)].astype("<f4")
        rows.append(dict(
            configuration=name, clip=kind, samples=count, shape=list(mel.shape), isLonger=bool(longer),
            referenceIsLonger=bool(whole["is_longer"][0][0]), channels=stored, frames=frames, offset=offset,
        ))  # fmt: skip
        blobs.append(values.tobytes())
        offset += values.size
    starts = {total: chunk_starts(total) for total in (1002, 1003, 1004, 1005, 1006, 1500, 2301, 3000, 60001)}
    (OUT / "cases.json").write_text(json.dumps(dict(configurations=CONFIGURATIONS, cases=rows, chunkStarts=starts)) + "\n")
    (OUT / "values.f32").write_bytes(b"".join(blobs))


def modulation(levels: np.ndarray) -> list[float]:
    """Modulation power of a (frames, 64) log-mel: 8 groups of bands x 7 modulation bands, dB."""
    frames = len(levels)
    length = min(frames, 1024)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    energy = np.sum(window**2)
    power, segments = 0, 0
    for start in range(0, frames - length + 1, 512):
        segment = levels[start : start + length].astype(np.float64)
        segment = (segment - segment.mean(axis=0)) * window[:, None]
        power = power + np.abs(np.fft.rfft(segment, n=1024, axis=0)) ** 2
        segments += 1
    hertz = np.arange(513) * 100 / 1024
    edges = [0.5, 1, 2, 4, 8, 16, 32, 50]
    values = []
    for group in range(8):
        for low, high in zip(edges, edges[1:]):
            rows = power[(hertz >= low) & (hertz < high), 8 * group : 8 * group + 8]
            share = 2 * rows.sum() / (1024 * energy * 8 * segments) if energy > 0 else 0.0
            values.append(float(10 * np.log10(share + 1e-4)))
    return values


def descriptor(samples: np.ndarray) -> list[float]:
    extractor = ClapFeatureExtractor(**FUSED)
    levels = extractor._np_extract_fbank_features(samples, extractor.mel_filters).astype(np.float64)
    means = levels.mean(axis=0)
    centres = 700 * (10 ** (np.linspace(*[2595 * np.log10(1 + f / 700) for f in (50, 14000)], 66) / 2595) - 1)[1:-1]
    powers = 10 ** (means / 10)
    wave = samples.astype(np.float64)
    rms, peak = np.sqrt(np.mean(wave**2)), np.max(np.abs(wave))
    constant = np.ptp(wave) == 0
    return [
        *means, *levels.std(axis=0), *modulation(levels),
        20 * np.log10(rms) if rms > 1e-8 else -160.0,
        20 * np.log10(peak) if peak > 1e-8 else -160.0,
        20 * np.log10(peak / rms) if rms > 0 else 0.0,
        0.0 if constant else scipy.stats.kurtosis(wave),
        0.0 if constant else scipy.stats.skew(wave),
        np.sum(powers * centres) / np.sum(powers) / 1000,
        np.mean(means) - 10 * np.log10(np.mean(powers)),
        np.mean(np.abs(samples) >= np.float32(0.9999)),
        np.mean(wave),
    ]  # fmt: skip


def write_descriptors() -> None:
    rows = []
    for kind, count in [("machine", 480000), ("noise", 144000), ("clicks", 480000), ("sweep", 1104000),
                        ("silence", 480000), ("quiet", 300), ("loudtone", 96000)]:  # fmt: skip
        rows.append(dict(clip=kind, samples=count, values=[round(float(v), 7) for v in descriptor(clip(kind, count, 48000))]))
    (OUT / "descriptor.json").write_text(json.dumps(rows) + "\n")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    write_features()
    write_descriptors()
