"""Prints the figures of the model card: windows of individuals never trained on, rendered by the product's simulator.

    python evaluate.py --binary ../../.build/release/ausculta --model ../embedded
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, ClapModel

import corpus
import scoring
from classes import LABELS

# Training uses individuals below 400,000 and calibration 500,000 and up; nothing else ever saw these.
FIRST_TEST_INDIVIDUAL = 1_000_000
SETS = {
    "20 dB": "--snr-range 20...20 --severities 0.4...1",
    "5 dB": "--snr-range 5...5 --severities 0.4...1",
    "10 dB": "--snr-range 10...10 --severities 0.4...1",
    "30 dB": "--snr-range 30...30 --severities 0.4...1",
    "20 dB, 16 kHz microphone": "--snr-range 20...20 --severities 0.4...1 --rates 16000",
    "20 dB, 8 kHz microphone": "--snr-range 20...20 --severities 0.4...1 --rates 8000",
    "20 dB, weak faults (0.2-0.4)": "--snr-range 20...20 --severities 0.2...0.4",
    "20 dB, developed faults (0.7-1)": "--snr-range 20...20 --severities 0.7...1",
    "20 dB, clips of 4 s": "--snr-range 20...20 --severities 0.4...1 --chunk 4s",
}


def embed_audio(model, mels):
    with torch.no_grad():
        parts = []
        for start in range(0, len(mels), 16):
            features = torch.tensor(np.asarray(mels[start : start + 16], dtype=np.float32))[:, None]
            longer = torch.zeros(len(features), 1, dtype=torch.bool)
            output = model.get_audio_features(input_features=features, is_longer=longer)
            parts.append(getattr(output, "pooler_output", output))
        return torch.cat(parts)


def embed_text(model, tokenizer, texts):
    with torch.no_grad():
        output = model.get_text_features(**tokenizer(texts, padding=True, return_tensors="pt"))
        return getattr(output, "pooler_output", output)


def report(name, audio, truth, rows, model, tokenizer):
    scale = float(model.logit_scale_a.detach())
    scores = {key: scoring.probabilities(audio, embed_text(model, tokenizer, texts), scale) for key, texts in scoring.PROMPTS.items()}  # fmt: skip
    fields = [f"{key} {scoring.balanced_accuracy(value, truth):.3f}" for key, value in scores.items()]
    for language in ("en", "zh"):
        unseen = [
            scoring.balanced_accuracy(
                scoring.probabilities(audio, embed_text(model, tokenizer, scoring.held_out_prompts(language, seed)), scale),
                truth,
            )
            for seed in range(20)
        ]
        fields.append(f"{language}, 20 sets of held-out phrasings mean {np.mean(unseen):.3f} min {np.min(unseen):.3f}")
    agreement = float((scores["en"].argmax(1) == scores["zh"].argmax(1)).float().mean())
    error = {key: scoring.calibration_error(scores[key], truth) for key in ("en", "zh")}
    print(f"{name}: {len(truth)} windows\n  balanced accuracy: " + "; ".join(fields))
    print(f"  en/zh agreement {agreement:.3f}; ECE en {error['en']:.3f}, zh {error['zh']:.3f}")
    print("  recall: " + ", ".join(f"{l} {float((scores['en'][truth == k].argmax(1) == k).float().mean()):.3f}" for k, l in enumerate(LABELS)))  # fmt: skip
    own = scores["en"][torch.arange(len(truth)), truth]
    print("  true label above 0.75: " + ", ".join(f"{l} {float((own[truth == k] > 0.75).float().mean()):.2f}" for k, l in enumerate(LABELS)), flush=True)  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the ausculta executable")
    parser.add_argument("--model", default=str(Path(__file__).parent.parent / "embedded"))
    parser.add_argument("--individuals", type=int, default=100, help="machines per set")
    parser.add_argument("--sets", nargs="*", help=f"some of: {', '.join(SETS)}")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model = ClapModel.from_pretrained(arguments.model).eval()
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    for name in arguments.sets or SETS:
        with tempfile.TemporaryDirectory() as folder:
            individuals = (FIRST_TEST_INDIVIDUAL, FIRST_TEST_INDIVIDUAL + arguments.individuals)
            path = Path(folder, "set")
            corpus.make(arguments.binary, path, individuals, SETS[name].split(), workers=arguments.threads, quiet=True)
            mels, rows = corpus.load(path)
            truth = torch.tensor([LABELS.index(row["label"]) for row in rows])
            report(name, embed_audio(model, mels), truth, rows, model, tokenizer)
