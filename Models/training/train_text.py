"""Step 2: the text tower learns to put every way of naming a class on that class's prototype."""

import argparse
import json
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

import model as clap
import tokenizer as bpe
from classes import AMBIENT, CLASSES, KINDS, offered, offered_shared
from phrases import NAMED, NAMELESS, Grammar

# Labels are asked for far more often than ambient kinds; the compressor is the product's example.
WEIGHTS = [
    1.0 if name in AMBIENT else 0.0 if name in NAMELESS else 9.0 if name in ("other", "any/normal") else
    5.0 if name.startswith("compressor") else 4.0 for name in CLASSES
]  # fmt: skip


def embed(model, tokenizer, texts, dropout=0.0):
    ids, mask = (torch.tensor(part) for part in bpe.batch(tokenizer, texts, dropout))
    pooled = model.text_model(input_ids=ids, attention_mask=mask).pooler_output
    return F.normalize(model.text_projection(pooled), dim=-1)


def take_over(model, tokenizer, folder):
    """Starts from the text tower of an earlier model: its layers, and its token embeddings where a token is still there."""
    before = {k: v for k, v in load_file(Path(folder, "model.safetensors")).items() if k.startswith("text_")}
    old = json.loads(Path(folder, "vocab.json").read_text())
    name = "text_model.embeddings.word_embeddings.weight"
    words = model.state_dict()[name].clone()
    kept = {number: old[token] for token, number in tokenizer.get_vocab().items() if token in old}
    words[list(kept)] = before[name][list(kept.values())]
    model.load_state_dict({**before, name: words}, strict=False)
    print(f"{len(kept)} of {len(words)} tokens are known to {folder}")


def held_out_accuracy(model, tokenizer, prototypes, count=8):
    """Share of held-out phrasings nearest to their own prototype, per language: among the labels of a kind, with the
    machine's name and without, and among all classes; and their mean cosine to it."""
    model.eval()
    result = {}
    for language in ("en", "zh"):
        grammar = Grammar(99)
        similarity = {}
        for name in NAMED:
            texts = [grammar.phrase(name, language, held_out=True) for _ in range(3 if name in AMBIENT else count)]
            with torch.no_grad():
                similarity[name] = embed(model, tokenizer, texts) @ prototypes.T
        right = lambda name, among: float((similarity[name][:, among].argmax(1) == among.index(CLASSES.index(name))).float().mean())  # noqa: E731
        labels = [
            right(name, [CLASSES.index(other) for other in names])
            for kind in KINDS for names in (offered(kind), offered_shared(kind)) for name in names if name not in NAMELESS
        ]  # fmt: skip
        every = [right(name, list(range(len(CLASSES)))) for name in NAMED]
        cosine = [float(value[:, CLASSES.index(name)].mean()) for name, value in similarity.items()]
        result[language] = [round(sum(part) / len(part), 3) for part in (labels, every, cosine)]
    model.train()
    return result


def train(model, prototypes, tokenizer, steps, save, batch=96, rate=1e-3, minutes=None):
    torch.manual_seed(3)
    grammar = Grammar(3)
    parameters = [*model.text_model.parameters(), *model.text_projection.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.02)
    targets_all = F.normalize(prototypes, dim=-1)
    model.train()
    started = time.time()
    for step in range(steps):
        progress = step / steps
        if minutes is not None:
            progress = max(progress, (time.time() - started) / 60 / minutes)
            if progress >= 1:
                break
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 50) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        kinds = grammar.draw.choices(range(len(CLASSES)), WEIGHTS, k=batch)
        languages = [grammar.draw.choice(["en", "zh"]) for _ in kinds]
        texts = [grammar.thinned(grammar.phrase(CLASSES[k], l), l) for k, l in zip(kinds, languages)]
        embeddings = embed(model, tokenizer, texts, dropout=0.1)
        wanted = torch.tensor(kinds)
        similarity = embeddings @ targets_all.T
        away = 1 - similarity[torch.arange(batch), wanted].mean()
        loss = 3 * away + F.cross_entropy(12 * similarity, wanted)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if (step + 1) % 250 == 0:
            save(step + 1)
            print(f"text step {step + 1}: loss {loss.item():.3f}, held out {held_out_accuracy(model, tokenizer, targets_all)}", flush=True)  # fmt: skip
    model.eval()
    return step + 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", required=True, help="what train_audio.py wrote")
    parser.add_argument("--out", required=True)
    parser.add_argument("--resume", help="an earlier result whose text tower to start from")
    parser.add_argument("--start", help="folder of an earlier model whose text tower to start from")
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--steps", type=int, default=4_000)
    parser.add_argument("--minutes", type=float, help="stop after so many minutes even if steps are left")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    tokenizer = bpe.train(clap.VOCABULARY)
    print("vocabulary", tokenizer.get_vocab_size())
    state = torch.load(arguments.audio)
    # The audio tower was built with the nominal vocabulary; the text tower gets the tokenizer's own size.
    model = clap.build(seed=4, vocabulary=tokenizer.get_vocab_size())
    audio = {k: v for k, v in state["model"].items() if k.startswith("audio_")}
    model.load_state_dict(audio, strict=False)
    if arguments.start:
        take_over(model, tokenizer, arguments.start)
    if arguments.resume:
        before = torch.load(arguments.resume)["model"]
        model.load_state_dict({k: v for k, v in before.items() if k.startswith("text_")}, strict=False)

    def save(steps):
        torch.save(
            {"model": model.state_dict(), "vocabulary": tokenizer.get_vocab_size(), "scale": state["heads"]["log_scale"],
             "audio_steps": state["steps"], "text_steps": steps}, arguments.out
        )  # fmt: skip

    save(train(model, state["heads"]["prototypes"], tokenizer, arguments.steps, save, arguments.batch, arguments.rate, arguments.minutes))
