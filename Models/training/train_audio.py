"""Step 1: the audio tower learns to tell states and kinds of sound apart; its class prototypes are kept for the text."""

import argparse
import copy
import functools
import glob
import math
import os
import time
from pathlib import Path

import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F
from safetensors.torch import load_file

import model as clap
from augment import Augmentation
from classes import CLASSES, FIRST_AMBIENT, KINDS, MACHINE, OTHER, STATES, class_index, label_index, offered, offered_shared
from corpus import load

# The labels a window is judged among, by way of naming and kind, and how much each way counts.
WAYS = [(offered, 0.5), (offered_shared, 0.35), (functools.partial(offered_shared, coarse=True), 0.15)]
SETS = [[CLASSES.index(name) for name in way(kind)] for way, _ in WAYS for kind in KINDS]
AVX512 = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
SIMPLE = [CLASSES.index(name) for name in ("any/normal", "any/fault", "other")]
FINEST = [*range(len(MACHINE)), *range(FIRST_AMBIENT, len(CLASSES))]
KIND_OF = torch.tensor([KINDS.index(name.split("/")[0]) for name in MACHINE])
PLACE_OF = torch.tensor([STATES[name.split("/")[0]].index(name.split("/")[1]) for name in MACHINE])


class Heads(torch.nn.Module):
    """One unit vector per class in the embedding space, and a temperature."""

    def __init__(self):
        super().__init__()
        self.prototypes = torch.nn.Parameter(torch.randn(len(CLASSES), clap.PROJECTION) * 0.1)
        self.log_scale = torch.nn.Parameter(torch.tensor(math.log(15.0)))

    def forward(self, embeddings):
        return self.log_scale.clamp(max=math.log(40)).exp() * embeddings @ F.normalize(self.prototypes, dim=-1).T


def loss_of(logits, fine, kinds):
    """The question a plant asks, most of all: which of its own kind's labels, or other? With the labels of the kind
    and with those that name no machine; beside it normal, faulty or other, and the finest class of all."""
    is_machine = fine < OTHER
    place = torch.where(is_machine, PLACE_OF.to(fine.device)[fine.clamp(max=len(MACHINE) - 1)], -1)
    total = logits.new_zeros(())
    for number, members in enumerate(SETS):
        chosen = torch.nonzero(kinds == number % len(KINDS)).flatten()
        if len(chosen):
            target = torch.where(place[chosen] < 0, len(members) - 1, place[chosen])
            among = logits[chosen][:, members]
            share = WAYS[number // len(KINDS)][1]
            total = total + share * F.cross_entropy(among, target, label_smoothing=0.05, reduction="sum") / len(fine)
    simple = torch.where(is_machine, (place > 0).long(), 2)
    total = total + 0.15 * F.cross_entropy(logits[:, SIMPLE], simple, label_smoothing=0.05)
    finest = torch.where(is_machine, fine, fine - FIRST_AMBIENT + len(MACHINE))
    return total + 0.3 * F.cross_entropy(logits[:, FINEST], finest, label_smoothing=0.05)


class Shards:
    """All windows rendered so far, of the generators wanted; looks for new ones when asked."""

    def __init__(self, pattern, share, shares, generators):
        self.pattern, self.share, self.shares, self.seen = pattern, share, shares, []
        self.generators = generators
        self.mels, self.classes = None, None

    def refresh(self):
        parts, classes = ([], []) if self.mels is None else ([self.mels], [self.classes])
        for path in sorted(glob.glob(self.pattern)):
            if path in self.seen or not os.path.exists(path[:-4] + ".json"):
                continue
            mels, rows = load(path)
            wanted = [i for i, row in enumerate(rows) if row["generator"] in self.generators]
            chosen = wanted[self.share :: self.shares]
            parts += [
                clap.resize_frames(torch.tensor(mels[chosen[i : i + 64]]).float()).half()
                for i in range(0, len(chosen), 64)
            ]
            classes.append(torch.tensor([class_index(rows[i]) for i in chosen]))
            self.seen.append(path)
        if len(classes) > (self.mels is not None):
            self.mels, self.classes = torch.cat(parts), torch.cat(classes)
        return self


@torch.no_grad()
def judge(model, heads, mels, rows):
    """Balanced accuracy by kind and generator, by the prototypes: what the text tower is to come up to."""
    was_training = model.training
    model.eval()
    logits = torch.cat([heads(clap.audio_embeddings(model, part.float())) for part in mels.split(64)]).cpu()
    model.train(was_training)
    result = {}
    for kind in KINDS:
        for generator in sorted({row["generator"] for row in rows}):
            chosen = [i for i, row in enumerate(rows) if row["kind"] == kind and row["generator"] == generator]
            if not chosen:
                continue
            truth = torch.tensor([label_index(rows[i]) for i in chosen])
            found = logits[chosen][:, SETS[KINDS.index(kind)]].argmax(1)
            recalls = [float((found[truth == k] == k).float().mean()) for k in range(len(STATES[kind]) + 1)]
            result[f"{kind} {generator}"] = (sum(recalls) / len(recalls), [round(r, 2) for r in recalls])
    return result


def train(rank, arguments, rendezvous):
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(rank)
    if arguments.processes > 1:
        distributed.init_process_group(
            "gloo", init_method=f"file://{rendezvous}", rank=rank, world_size=arguments.processes
        )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    shards = Shards(arguments.train, rank, arguments.processes, arguments.generators).refresh()
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
        resume(arguments.resume, model, heads)
    towers = [*model.audio_model.parameters(), *model.audio_projection.parameters(), *heads.parameters()]
    parameters = [p for p in towers if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=arguments.rate, weight_decay=0.02, betas=(0.9, 0.98))
    average = copy.deepcopy((model, heads)) if rank == 0 else None
    val_mels, val_rows = load(arguments.val)
    val = clap.resize_frames(torch.tensor(val_mels).float()).half() if rank == 0 else None
    # Words and machines not of one kind are asked about at every kind of machine.
    to_kind = torch.cat([KIND_OF, torch.full((len(CLASSES) - len(MACHINE),), -1)])
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
            augment = Augmentation(shards.mels[shards.classes >= FIRST_AMBIENT], generator)
        if len(order) < arguments.batch:
            order = torch.randperm(len(shards.mels), generator=generator)
        picks, order = order[: arguments.batch], order[arguments.batch :]
        fine = shards.classes[picks]
        inputs = augment(shards.mels[picks].float(), fine < OTHER).to(device)
        kinds = to_kind[fine]
        kinds = torch.where(kinds < 0, torch.randint(0, len(KINDS), kinds.shape, generator=generator), kinds)
        warm = min(1, (step + 1) / 100)
        for group in optimiser.param_groups:
            group["lr"] = arguments.rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        # On processors without bfloat16 arithmetic it is several times slower than float32.
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda" or AVX512):
            embeddings = clap.audio_embeddings(model, inputs)
        loss = loss_of(heads(embeddings.float()), fine.to(device), kinds.to(device))
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
                figures = judge(*average, val.to(device), val_rows)
                mean = sum(value for value, _ in figures.values()) / len(figures)
                samples = step * arguments.batch * arguments.processes
                print(
                    f"{elapsed:.1f} min, step {step}, {samples} samples, {len(shards.seen)} shards, "
                    f"loss {running / arguments.report:.3f}, val {mean:.3f}: "
                    + ", ".join(f"{name} {value:.2f}" for name, (value, _) in figures.items()), flush=True,
                )  # fmt: skip
                running = 0.0
                save(arguments.out, average, step)
    if rank == 0:
        save(arguments.out, average, step)


def resume(path, model, heads):
    """Starts from an earlier result of this script, or from the audio tower of a finished model (*.safetensors)."""
    if str(path).endswith(".safetensors"):
        state = {k: v for k, v in load_file(path).items() if k.startswith("audio_")}
        model.load_state_dict(state, strict=False)
    else:
        state = torch.load(path)
        model.load_state_dict(state["model"])
        heads.load_state_dict(state["heads"])


def save(out, average, step):
    clap.make_kernels_zero_sum(average[0])
    torch.save({"model": average[0].state_dict(), "heads": average[1].state_dict(), "steps": step}, str(out) + ".part")
    os.replace(str(out) + ".part", out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", required=True, help="pattern of training shards, e.g. 'data/train-*.npy'")
    parser.add_argument("--val", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--resume", help="an earlier result, or a model.safetensors whose audio tower to start from")
    parser.add_argument("--generators", nargs="+", default=["a", "b"], help="leave one out to see what is learned of it")
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
