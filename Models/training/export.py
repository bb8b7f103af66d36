"""Step 3: sets the logit scale on held-out individuals and writes the checkpoint in Hugging Face's format."""

import argparse
import math
import shutil
from pathlib import Path

import torch

import frontend
import model as clap
import scoring
import tokenizer as bpe
from classes import KINDS, label_index
from corpus import load
from train_text import embed

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True, help="what train_text.py wrote")
    parser.add_argument("--val", required=True, help="windows of individuals not trained on")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    state = torch.load(arguments.checkpoint)
    tokenizer = bpe.train(clap.VOCABULARY)
    assert tokenizer.get_vocab_size() == state["vocabulary"], "the tokenizer of the training and of the export differ"
    model = clap.build(vocabulary=state["vocabulary"])
    model.load_state_dict(state["model"])
    clap.make_kernels_zero_sum(model)
    model.eval()
    mels, rows = load(arguments.val)
    with torch.no_grad():
        audio = torch.cat([
            clap.audio_embeddings(model, clap.resize_frames(torch.tensor(mels[i : i + 32]).float()))
            for i in range(0, len(mels), 32)
        ])  # fmt: skip
        groups = []
        for kind in KINDS:
            chosen = [i for i, row in enumerate(rows) if row["kind"] == kind]
            truth = torch.tensor([label_index(rows[i]) for i in chosen])
            groups.append((audio[chosen], embed(model, tokenizer, scoring.PROMPTS[kind]["en"]), truth))
        scale = scoring.calibrate(groups)
        scores = [scoring.probabilities(part, text, scale) for part, text, _ in groups]
        accuracies = [scoring.balanced_accuracy(score, truth) for score, (_, _, truth) in zip(scores, groups)]
        confidence = torch.cat([score.max(1).values for score in scores])
        right = torch.cat([score.argmax(1) == truth for score, (_, _, truth) in zip(scores, groups)])
        print(f"logit scale {math.exp(scale):.2f}; on the calibration set balanced accuracy "
              f"{sum(accuracies) / len(accuracies):.3f} ({', '.join(f'{k} {a:.3f}' for k, a in zip(KINDS, accuracies))}), "
              f"ECE {scoring.calibration_error(confidence, right):.3f}")  # fmt: skip
        model.logit_scale_a.fill_(scale)
        model.logit_scale_t.fill_(scale)
    model.config.logit_scale_init_value = math.exp(scale)
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(out, safe_serialization=True)
    bpe.save(tokenizer, out)
    frontend.EXTRACTOR.save_pretrained(out)
    (out / "generation_config.json").unlink(missing_ok=True)
    shutil.rmtree(out / ".cache", ignore_errors=True)
    print(sorted((p.name, p.stat().st_size) for p in out.iterdir()))
