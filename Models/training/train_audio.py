"""Step 1: the audio tower learns to tell labels and kinds of sound apart; its class prototypes are kept for the text."""

import argparse
import copy
import glob
import math
import os
import time
from pathlib import Path

import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F

import model as clap
from augment import Augmentation
from classes import CLASSES, LABELS, OTHER, class_index
from corpus import load


class Heads(torch.nn.Module):
    """One unit vector per class in the embedding space, and a temperature."""

    def __init__(self):
        super().__init__()
        self.prototypes = torch.nn.Parameter(torch.randn(len(CLASSES), clap.PROJECTION) * 0.1)
        self.log_scale = torch.nn.Parameter(torch.tensor(math.log(15.0)))

    def forward(self, embeddings):
        return self.log_scale.clamp(max=math.log(40)).exp() * embeddings @ F.normalize(self.prototypes, dim=-1).T


def loss_of(logits, fine):
    """Five-way loss over the labels, and among the finest classes (states and ambient kinds) beside it."""
    coarse = fine.clamp(max=OTHER)
    labels = F.cross_entropy(logits[:, : len(LABELS)], coarse, label_smoothing=0.05)
    finest = torch.cat([logits[:, :OTHER], logits[:, len(LABELS) :]], 1)
    target = torch.where(fine < OTHER, fine, fine - 1)
    return labels + 0.5 * F.cross_entropy(finest, target, label_smoothing=0.05)


class Shards:
    """All windows rendered so far; looks for new ones when asked."""

    def __init__(self, pattern, share, shares):
        self.pattern, self.share, self.shares, self.seen = pattern, share, shares, []
        self.mels, self.classes = None, None

    def refresh(self):
        for path in sorted(glob.glob(self.pattern)):
            if path in self.seen or not os.path.exists(path[:-4] + ".json"):
                continue
            mels, rows = load(path)
            chosen = list(range(self.share, len(rows), self.shares))
            parts = [
                clap.resize_frames(torch.tensor(mels[chosen[i : i + 64]]).float()).half()
                for i in range(0, len(chosen), 64)
            ]
            classes = torch.tensor([class_index(rows[i]) for i in chosen])
            self.mels = torch.cat([self.mels, *parts] if self.seen else parts)
            self.classes = torch.cat([self.classes, classes]) if self.seen else classes
            self.seen.append(path)
        return self


@torch.no_grad()
def validate(model, heads, mels, classes):
    model.eval()
    logits = torch.cat([heads(clap.audio_embeddings(model, part.float())) for part in mels.split(64)]).cpu()
    model.train()
    found, truth = logits[:, : len(LABELS)].argmax(1), classes.clamp(max=OTHER)
    return [float((found[truth == k] == k).float().mean()) for k in range(len(LABELS))]


def train(rank, arguments, rendezvous):
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(rank)
    if arguments.processes > 1:
        distributed.init_process_group(
            "gloo", init_method=f"file://{rendezvous}", rank=rank, world_size=arguments.processes
        )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    shards = Shards(arguments.train, rank, arguments.processes).refresh()
    model, heads = clap.build(seed=1), Heads()
    with torch.no_grad():
        heads.prototypes.copy_(torch.randn(heads.prototypes.shape, generator=torch.Generator().manual_seed(2)) * 0.1)
    if rank == 0:
        sample = shards.mels[:: max(1, len(shards.mels) // 500)].float()
        normalisation = torch.cat([sample.mean((0, 1)), sample.std()[None]])
    else:
        normalisation = torch.zeros(65)
    if arguments.processes > 1:
        distributed.broadcast(normalisation, 0)
    clap.set_input_normalisation(model, normalisation[:64], float(normalisation[64]))
    model, heads = model.to(device), heads.to(device)
    if arguments.resume:
        state = torch.load(arguments.resume)
        model.load_state_dict(state["model"])
        heads.load_state_dict(state["heads"])
    towers = [*model.audio_model.parameters(), *model.audio_projection.parameters(), *heads.parameters()]
    parameters = [p for p in towers if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=arguments.rate, weight_decay=0.02, betas=(0.9, 0.98))
    average = copy.deepcopy((model, heads)) if rank == 0 else None
    val_mels, val_rows = load(arguments.val)
    val = clap.resize_frames(torch.tensor(val_mels).float()).half() if rank == 0 else None
    val_classes = torch.tensor([class_index(row) for row in val_rows])
    generator = torch.Generator().manual_seed(100 + rank)
    started, step, running = time.time(), 0, 0.0
    order = torch.empty(0, dtype=torch.long)
    while True:
        # The schedule follows steps where steps are given, else the clock; one rank decides for all.
        elapsed = (time.time() - started) / 60
        progress = step / arguments.steps if arguments.steps else elapsed / arguments.minutes
        progress = torch.tensor([progress])
        if arguments.processes > 1:
            distributed.broadcast(progress, 0)
        progress = float(progress)
        if progress >= 1:
            break
        if step % 100 == 0 or len(order) < arguments.batch:
            shards.refresh()
            augment = Augmentation(shards.mels[shards.classes >= len(LABELS)], generator)
        if len(order) < arguments.batch:
            order = torch.randperm(len(shards.mels), generator=generator)
        picks, order = order[: arguments.batch], order[arguments.batch :]
        fine = shards.classes[picks]
        inputs = augment(shards.mels[picks].float(), fine < OTHER).to(device)
        warm = min(1, (step + 1) / 100)
        for group in optimiser.param_groups:
            group["lr"] = arguments.rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        with torch.autocast(device, dtype=torch.bfloat16):
            embeddings = clap.audio_embeddings(model, inputs)
        loss = loss_of(heads(embeddings.float()), fine.to(device))
        optimiser.zero_grad()
        loss.backward()
        if arguments.processes > 1:
            flat = torch.cat([p.grad.flatten() for p in parameters])
            distributed.all_reduce(flat)
            flat /= arguments.processes
            for p, part in zip(parameters, flat.split([p.numel() for p in parameters])):
                p.grad.copy_(part.view_as(p))
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step += 1
        running += loss.item()
        if rank == 0:
            decay = min(0.995, step / (step + 20))
            with torch.no_grad():
                for kept, now in zip(average, (model, heads)):
                    for a, b in zip(kept.parameters(), now.parameters()):
                        a.lerp_(b, 1 - decay)
            if step % arguments.report == 0:
                clap.make_kernels_zero_sum(average[0])
                recalls = validate(*average, val.to(device), val_classes)
                samples = step * arguments.batch * arguments.processes
                print(
                    f"{elapsed:.1f} min, step {step}, {samples} samples, {len(shards.seen)} shards, "
                    f"loss {running / arguments.report:.3f}, val {sum(recalls) / 5:.3f} "
                    f"{[round(r, 2) for r in recalls]}", flush=True,
                )  # fmt: skip
                running = 0.0
                save(arguments.out, average, step)
    if rank == 0:
        save(arguments.out, average, step)


def save(out, average, step):
    clap.make_kernels_zero_sum(average[0])
    torch.save({"model": average[0].state_dict(), "heads": average[1].state_dict(), "steps": step}, str(out) + ".part")
    os.replace(str(out) + ".part", out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", required=True, help="pattern of training shards, e.g. 'data/train-*.npy'")
    parser.add_argument("--val", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--resume")
    parser.add_argument("--steps", type=int, default=0, help="steps to train; 0: by --minutes")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--batch", type=int, default=32, help="windows per process and step")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--report", type=int, default=100)
    arguments = parser.parse_args()
    rendezvous = Path(arguments.out).resolve().with_suffix(".rendezvous")
    rendezvous.unlink(missing_ok=True)
    if arguments.processes > 1:
        multiprocessing.spawn(train, (arguments, rendezvous), nprocs=arguments.processes)
    else:
        train(0, arguments, rendezvous)
