"""Prompts, probabilities and the figures of the model card: balanced accuracy, calibration error, agreement."""

import numpy as np
import torch
import torch.nn.functional as F

from classes import offered, offered_shared
from phrases import Grammar

# Per kind the prompts of its states in the order of `classes.STATES`, other last. Those of the compressor are the product's
# default vocabulary, and the same in Chinese; the bare ones are the names of docs/simulator.md.
PROMPTS = {
    "compressor": {
        "en": ["the sound of an air compressor running normally", "the sound of an air compressor with a bearing lacking oil",
               "the sound of an air compressor with a broken valve plate", "the sound of an air compressor with an overheating motor",
               "other sound"],
        "zh": ["空压机正常运行的声音", "空压机轴承缺油的声音", "空压机阀片破裂的声音", "空压机电机过热的声音", "其他声音"],
        "en, bare": ["normal running", "bearing lacking oil", "valve plate broken", "motor overheating", "other"],
        "zh, bare": ["正常运行", "轴承缺油", "阀片破裂", "电机过热", "其他"],
    },
    "pump": {
        "en": ["the sound of a pump running normally", "the sound of a pump with cavitation", "the sound of a pump with a worn bearing",
               "the sound of a pump running dry", "the sound of a pump with a leaking seal", "the sound of a pump with a loose coupling",
               "other sound"],
        "zh": ["泵正常运行的声音", "泵气蚀的声音", "泵轴承磨损的声音", "泵干转的声音", "泵轴封泄漏的声音", "泵联轴器松动的声音", "其他声音"],
        "en, bare": ["normal running", "cavitation", "bearing worn", "running dry", "seal leaking", "coupling loose", "other"],
        "zh, bare": ["正常运行", "气蚀", "轴承磨损", "干转或管路进气", "轴封泄漏", "联轴器松动", "其他"],
    },
    "fan": {
        "en": ["the sound of a fan running normally", "the sound of a fan with an unbalanced rotor", "the sound of a fan with a rubbing blade",
               "the sound of a fan with a bearing lacking grease", "the sound of a fan with a clogged filter", "other sound"],
        "zh": ["风机正常运行的声音", "风机转子不平衡的声音", "风机叶片碰擦的声音", "风机轴承缺脂的声音", "风机滤网堵塞的声音", "其他声音"],
        "en, bare": ["normal running", "unbalance", "blade rubbing", "bearing lacking grease", "filter clogged", "other"],
        "zh, bare": ["正常运行", "转子不平衡", "叶片碰擦", "轴承缺脂", "滤网堵塞", "其他"],
    },
    "motor": {
        "en": ["the sound of an electric motor running normally", "the sound of an electric motor with a damaged bearing outer race",
               "the sound of an electric motor with a broken rotor bar", "the sound of an overheating electric motor",
               "the sound of an electric motor with a loose foundation", "other sound"],
        "zh": ["电机正常运行的声音", "电机轴承外圈损伤的声音", "电机转子断条的声音", "电机过热的声音", "电机地脚松动的声音", "其他声音"],
        "en, bare": ["normal running", "bearing outer race damage", "rotor bar broken", "motor overheating", "foundation loose", "other"],
        "zh, bare": ["正常运行", "轴承外圈损伤", "转子断条", "电机过热", "地脚松动", "其他"],
    },
    "gearbox": {
        "en": ["the sound of a gearbox running normally", "the sound of a gearbox with a broken tooth", "the sound of a gearbox with worn gears",
               "the sound of a gearbox with a misaligned shaft", "the sound of a gearbox with gears lacking oil", "other sound"],
        "zh": ["齿轮箱正常运行的声音", "齿轮箱断齿的声音", "齿轮箱齿轮磨损的声音", "齿轮箱轴不对中的声音", "齿轮箱齿轮缺油的声音", "其他声音"],
        "en, bare": ["normal running", "tooth broken", "gears worn", "misalignment", "gears lacking oil", "other"],
        "zh, bare": ["正常运行", "断齿", "齿轮磨损", "轴不对中", "齿轮缺油", "其他"],
    },
}  # fmt: skip


def held_out_prompts(kind, language, seed):
    """Phrases for the labels of a kind that the text tower never saw, half of the sets without the machine's name."""
    grammar = Grammar(seed)
    names = offered(kind) if seed % 2 else offered_shared(kind)
    return [grammar.phrase(name, language, held_out=True) for name in names]


def probabilities(audio, text, log_scale):
    """(n, d), (labels, d) -> (n, labels), as ClapModel's logits_per_audio and a softmax give them."""
    return F.softmax(float(np.exp(log_scale)) * audio @ text.T, dim=-1)


def recalls(scores, truth):
    """Share found of every label that occurs."""
    found = scores.argmax(1)
    return [float((found[truth == k] == k).float().mean()) for k in range(scores.shape[1]) if (truth == k).any()]


def balanced_accuracy(scores, truth):
    return float(np.mean(recalls(scores, truth)))


def calibration_error(confidence, right, bins=10):
    """Expected calibration error of the top label, equal-width bins (Guo et al., 2017)."""
    index = (confidence * bins).long().clamp(max=bins - 1)
    total = 0.0
    for b in range(bins):
        chosen = index == b
        if chosen.any():
            total += float(chosen.float().mean() * (right[chosen].float().mean() - confidence[chosen].mean()).abs())
    return total


def calibrate(groups):
    """The log scale with the least negative log likelihood over [(audio, text, truth)], one group per kind of machine; by
    scan (one number, so no optimiser). Every label counts alike within its group, whatever the mix of the windows."""
    candidates = torch.linspace(np.log(4), np.log(60), 60)
    losses = torch.zeros(len(candidates))
    for audio, text, truth in groups:
        similarity = audio @ text.T
        weight = torch.stack([1 / (truth == k).sum().clamp_min(1) for k in range(len(text))])
        losses += torch.stack([F.cross_entropy(c.exp() * similarity, truth, weight=weight) for c in candidates])
    return float(candidates[int(losses.argmin())])
