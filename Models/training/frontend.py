"""The log-mel of ClapFeatureExtractor's "rand_trunc" path, computed in batches; `check()` proves it equal."""

import numpy as np
import torch
from transformers import ClapFeatureExtractor

RATE_HZ = 48_000
WINDOW_SAMPLES = 480_000
FLOOR = 1e-10
EXTRACTOR = ClapFeatureExtractor(
    frequency_min=50, frequency_max=14_000, truncation="rand_trunc", padding="repeatpad", max_length_s=10
)
_FILTERS = torch.tensor(EXTRACTOR.mel_filters_slaney, dtype=torch.float32)
_HANN = torch.hann_window(1024, periodic=True)


def repeat_pad(samples):
    """Repeats whole copies up to ten seconds, then pads with zeros, as the extractor does."""
    if len(samples) >= WINDOW_SAMPLES:
        return samples[:WINDOW_SAMPLES]
    copies = np.tile(samples, WINDOW_SAMPLES // len(samples))
    return np.pad(copies, (0, WINDOW_SAMPLES - len(copies)))


def power_mel(samples):
    """(windows, 480000) samples at 48 kHz -> (windows, 1001, 64) mel power."""
    samples = torch.as_tensor(np.asarray(samples, dtype=np.float32))
    spectrum = torch.stft(samples, 1024, 480, window=_HANN, center=True, pad_mode="reflect", return_complex=True)
    power = spectrum.real**2 + spectrum.imag**2
    return power.transpose(1, 2) @ _FILTERS


def log_mel(samples):
    """(windows, 480000) -> (windows, 1001, 64) in dB."""
    return 10 * torch.log10(power_mel(samples).clamp_min(FLOOR))


def check():
    noise = np.random.default_rng(1)
    samples = np.stack([repeat_pad(noise.normal(0, 0.1, n).astype(np.float32)) for n in (480_000, 200_000)])
    ours = log_mel(samples).numpy()
    theirs = np.stack([EXTRACTOR(s, sampling_rate=RATE_HZ)["input_features"][0][0] for s in samples])
    difference = np.abs(ours - theirs)
    loud = theirs > -80
    print(f"log-mel against ClapFeatureExtractor: max {difference[loud].max():.2e} dB")
    assert difference[loud].max() < 1e-2


if __name__ == "__main__":
    check()
