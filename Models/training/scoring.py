"""Prompts, probabilities and the figures of the model card: balanced accuracy, calibration error, agreement."""

import numpy as np
import torch
import torch.nn.functional as F

from classes import LABELS
from phrases import Grammar

# The prompts of the product's default vocabulary, and the same in Chinese.
PROMPTS = {
    "en": ["the sound of an air compressor running normally", "the sound of an air compressor with a bearing lacking oil",
           "the sound of an air compressor with a broken valve plate", "the sound of an air compressor with an overheating motor",
           "other sound"],
    "zh": ["空压机正常运行的声音", "空压机轴承缺油的声音", "空压机阀片破裂的声音", "空压机电机过热的声音", "其他声音"],
    "en, bare": ["normal running", "bearing lacking oil", "valve plate broken", "motor overheating", "other"],
    "zh, bare": ["正常运行", "轴承缺油", "阀片破裂", "电机过热", "其他"],
    "en, article": ["This is a sound of an air compressor running normally", "This is a sound of an air compressor with a bearing lacking oil",
                    "This is a sound of an air compressor with a valve plate broken", "This is a sound of an air compressor with a motor overheating",
                    "This is a sound of something else"],
}  # fmt: skip


def held_out_prompts(language, seed):
    grammar = Grammar(seed)
    return [grammar.phrase(label, language, held_out=True) for label in LABELS]


def probabilities(audio, text, log_scale):
    """(n, d), (labels, d) -> (n, labels), as ClapModel's logits_per_audio and a softmax give them."""
    return F.softmax(float(np.exp(log_scale)) * audio @ text.T, dim=-1)


def balanced_accuracy(scores, truth):
    found = scores.argmax(1)
    return float(np.mean([float((found[truth == k] == k).float().mean()) for k in range(len(LABELS)) if (truth == k).any()]))


def calibration_error(scores, truth, bins=10):
    """Expected calibration error of the top label, equal-width bins (Guo et al., 2017)."""
    confidence, found = scores.max(1)
    right = (found == truth).float()
    index = (confidence * bins).long().clamp(max=bins - 1)
    total = 0.0
    for b in range(bins):
        chosen = index == b
        if chosen.any():
            total += float(chosen.float().mean() * (right[chosen].mean() - confidence[chosen].mean()).abs())
    return total


def calibrate(audio, text, truth):
    """The log scale with the least negative log likelihood, by scan (one number, so no optimiser)."""
    candidates = torch.linspace(np.log(4), np.log(60), 60)
    similarity = audio @ text.T
    # Every label counts alike, whatever the mix of the windows.
    weight = torch.stack([1 / (truth == k).sum().clamp_min(1) for k in range(len(LABELS))])
    losses = [F.cross_entropy(c.exp() * similarity, truth, weight=weight) for c in candidates]
    return float(candidates[int(torch.stack(losses).argmin())])
