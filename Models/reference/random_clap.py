"""Random CLAP models that are not degenerate, and test sounds, both from a seed.

A freshly initialised model is useless for comparing implementations: its relative position bias is zero, its norms are
the identity and its outputs hardly depend on the input. Here every tensor is drawn so that each part of the network
matters and two different sounds get clearly different embeddings.
"""

import numpy as np
import torch
from transformers import ClapConfig, ClapFeatureExtractor, ClapModel

SAMPLE_RATE_HZ = 48_000


def random_model(config: ClapConfig, seed: int) -> ClapModel:
    """The reference model with every parameter and running statistic drawn from `seed`."""
    generator = torch.Generator().manual_seed(seed)

    def normal(tensor, mean, deviation):
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * deviation + mean)

    model = ClapModel(config).eval()
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if name.startswith("logit_scale"):
                tensor.fill_(2.0 if name.endswith("_a") else 1.5)
            elif "relative_position_bias_table" in name:
                normal(tensor, 0, 0.7)
            elif "embeddings" in name and tensor.dim() == 2:
                normal(tensor, 0, 0.5)
            elif tensor.dim() == 1 and name.endswith("weight"):
                normal(tensor, 1, 0.2)  # norms
            elif tensor.dim() == 1:
                normal(tensor, 0, 0.1)  # biases
            else:
                fan_in = tensor[0].numel()
                normal(tensor, 0, 1.3 * fan_in**-0.5)
        for name, tensor in model.named_buffers():
            if name.endswith("audio_encoder.batch_norm.running_mean"):
                normal(tensor, -25, 6)  # decibels
            elif name.endswith("audio_encoder.batch_norm.running_var"):
                tensor.copy_(60 * (0.5 + torch.rand(tensor.shape, generator=generator)))
            elif name.endswith("running_mean"):
                normal(tensor, 0, 0.3)
            elif name.endswith("running_var"):
                tensor.copy_(0.5 + torch.rand(tensor.shape, generator=generator))
    return model


def noise(count: int, seed: int) -> np.ndarray:
    """White noise in -0.5 ..< 0.5 from a 32-bit linear congruential generator, the same in any language."""
    values = np.empty(count, dtype=np.float64)
    state = seed
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = (state >> 8) / 2.0**24 - 0.5
    return values


def clip(seconds: int, kind: int) -> np.ndarray:
    """A test sound that changes over time: a sweep, a hum whose level pulses, and noise. `kind` varies the pitches.

    Tests/CLAPTests/SyntheticClip.swift makes the same samples.
    """
    n = np.arange(seconds * SAMPLE_RATE_HZ, dtype=np.float64)
    t = n / SAMPLE_RATE_HZ
    hum_hz = 90.0 + 35.0 * kind
    pulse = 0.5 + 0.5 * np.sin(2 * np.pi * (0.4 + 0.3 * kind) * t)
    sweep = np.sin(2 * np.pi * (300.0 + 150.0 * kind) * t * (1 + t / 40))
    hum = np.sin(2 * np.pi * hum_hz * t) + 0.5 * np.sin(2 * np.pi * 3 * hum_hz * t)
    sound = 0.2 * pulse * hum + 0.1 * sweep + 0.05 * (1 + pulse) * noise(len(n), seed=12345 + kind)
    return sound.astype(np.float32)


class Deterministic:
    """The reference's feature extractor with its random draws replaced by the middle of what it draws from."""

    def __init__(self, truncation: str):
        self.extractor = ClapFeatureExtractor(truncation=truncation, frequency_min=50, frequency_max=14_000)

    def __call__(self, samples: np.ndarray) -> tuple[torch.Tensor, bool]:
        """Log-mel (channels, frames, mels) as float32, and whether the clip is longer than the window."""
        choice, randint = np.random.choice, np.random.randint
        np.random.choice = lambda options: options[len(options) // 2]
        np.random.randint = lambda low, high: low + (high - 1 - low) // 2
        try:
            mel, longer = self.extractor._get_input_mel(
                samples.astype(np.float64), self.extractor.nb_max_samples, self.extractor.truncation, "repeatpad"
            )
        finally:
            np.random.choice, np.random.randint = choice, randint
        return torch.from_numpy(np.asarray(mel, dtype=np.float32)), bool(longer)
