"""Prints the figures of the model card: windows of individuals never trained on, rendered by the product's simulator.

    python evaluate.py --binary ../../.build/release/ausculta --model ../embedded

A window is judged among the labels of its own kind of machine and `other`. One row per set, kind and generator.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, ClapModel

import corpus
import model as clap
import scoring
from classes import CLASSES, KINDS, STATES, label_index, offered
from train_audio import Heads, resume

# Training uses individuals below 400,000 and calibration 500,000 and up; nothing else ever saw these.
FIRST_TEST_INDIVIDUAL = 1_000_000
SETS = {
    "20 dB": "--snr-range 20...20 --severities 0.4...1",
    "5 dB": "--snr-range 5...5 --severities 0.4...1",
    "0 dB": "--snr-range 0...0 --severities 0.4...1",
    "10 dB": "--snr-range 10...10 --severities 0.4...1",
    "30 dB": "--snr-range 30...30 --severities 0.4...1",
    "20 dB, 16 kHz microphone": "--snr-range 20...20 --severities 0.4...1 --rates 16000",
    "20 dB, 8 kHz microphone": "--snr-range 20...20 --severities 0.4...1 --rates 8000",
    "20 dB, weak faults (0.2-0.4)": "--snr-range 20...20 --severities 0.2...0.4",
    "20 dB, developed faults (0.7-1)": "--snr-range 20...20 --severities 0.7...1",
    "20 dB, clips of 4 s": "--snr-range 20...20 --severities 0.4...1 --chunk 4s",
}


class FinishedModel:
    """A checkpoint in Hugging Face's format, by the reference's own code."""

    def __init__(self, folder):
        self.model = ClapModel.from_pretrained(folder).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.scale = float(self.model.logit_scale_a.detach())

    def audio(self, mels):
        longer = torch.zeros(len(mels), 1, dtype=torch.bool)
        output = self.model.get_audio_features(input_features=mels[:, None], is_longer=longer)
        return getattr(output, "pooler_output", output)

    def text(self, texts):
        output = self.model.get_text_features(**self.tokenizer(texts, padding=True, return_tensors="pt"))
        return getattr(output, "pooler_output", output)

    def questions(self, kind):
        """-> {name: [embeddings of the labels]}, several where a name stands for a mean over sets of phrasings."""
        named = {name: [self.text(texts)] for name, texts in scoring.PROMPTS[kind].items()}
        for language in ("en", "zh"):
            sets = [self.text(scoring.held_out_prompts(kind, language, seed)) for seed in range(20)]
            named[f"{language}, held out"] = sets
        return named


class AudioTower:
    """What train_audio.py wrote: no words yet, so the class prototypes stand for the labels."""

    def __init__(self, path):
        self.model, self.heads = clap.build(), Heads()
        resume(path, self.model, self.heads)
        self.model.eval()
        self.scale = float(self.heads.log_scale.detach())

    def audio(self, mels):
        return clap.audio_embeddings(self.model, clap.resize_frames(mels))

    def questions(self, kind):
        prototypes = torch.nn.functional.normalize(self.heads.prototypes, dim=-1)
        return {"prototypes": [prototypes[[CLASSES.index(name) for name in offered(kind)]]]}


def report(judge, questions, kind, mels, rows):
    """-> ({question: balanced accuracy}, lines about the details)."""
    audio = torch.cat([judge.audio(torch.tensor(np.asarray(mels[i : i + 16], dtype=np.float32))) for i in range(0, len(mels), 16)])
    truth = torch.tensor([label_index(row) for row in rows])
    scores = {name: [scoring.probabilities(audio, text, judge.scale) for text in texts] for name, texts in questions.items()}
    accuracies = {name: [scoring.balanced_accuracy(part, truth) for part in parts] for name, parts in scores.items()}
    labels = [*STATES[kind], "other"]
    first = next(iter(scores))
    fields = [f"{name} {np.mean(values):.3f}" + (f" (min {min(values):.3f})" if len(values) > 1 else "") for name, values in accuracies.items()]
    lines = ["; ".join(fields)]
    if "zh" in scores:
        agreement = float((scores["en"][0].argmax(1) == scores["zh"][0].argmax(1)).float().mean())
        errors = [scoring.calibration_error(scores[l][0].max(1).values, scores[l][0].argmax(1) == truth) for l in ("en", "zh")]
        lines.append(f"en/zh agreement {agreement:.3f}; ECE en {errors[0]:.3f}, zh {errors[1]:.3f}")
    lines.append("recall: " + ", ".join(f"{l} {r:.2f}" for l, r in zip(labels, scoring.recalls(scores[first][0], truth))))
    own = scores[first][0][torch.arange(len(truth)), truth]
    lines.append("true label above 0.75: " + ", ".join(f"{l} {float((own[truth == k] > 0.75).float().mean()):.2f}" for k, l in enumerate(labels)))  # fmt: skip
    return {name: float(np.mean(values)) for name, values in accuracies.items()}, lines


@torch.no_grad()
def evaluate(arguments, folder):
    judge = AudioTower(arguments.audio) if arguments.audio else FinishedModel(arguments.model)
    questions = {kind: judge.questions(kind) for kind in arguments.kinds}
    for name in arguments.sets or SETS:
        for generator in arguments.generators:
            results = []
            for kind in arguments.kinds:
                path = Path(folder, f"{name}-{kind}-{generator}-{arguments.individuals}".replace(" ", "_"))
                if not path.with_suffix(".json").exists():
                    individuals = (FIRST_TEST_INDIVIDUAL, FIRST_TEST_INDIVIDUAL + arguments.individuals)
                    corpus.make(
                        arguments.binary, path, individuals, SETS[name].split(), [kind], [generator],
                        workers=arguments.threads, quiet=True,
                    )  # fmt: skip
                mels, rows = corpus.load(path)
                figures, lines = report(judge, questions[kind], kind, mels, rows)
                results.append(figures)
                print(f"{name}, {kind}, generator {generator}: {len(rows)} windows, balanced accuracy")
                print("".join(f"  {line}\n" for line in lines), end="", flush=True)
            means = {key: np.mean([figures[key] for figures in results]) for key in results[0]}
            print(f"{name}, mean over kinds, generator {generator}: " + "; ".join(f"{key} {value:.3f}" for key, value in means.items()), flush=True)  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the ausculta executable")
    parser.add_argument("--model", default=str(Path(__file__).parent.parent / "embedded"))
    parser.add_argument("--audio", help="judge what train_audio.py wrote instead, by its prototypes")
    parser.add_argument("--individuals", type=int, default=40, help="machines per set, kind and generator")
    parser.add_argument("--kinds", nargs="+", default=KINDS)
    parser.add_argument("--generators", nargs="+", default=corpus.GENERATORS)
    parser.add_argument("--sets", nargs="*", help=f"some of: {', '.join(SETS)}")
    parser.add_argument("--keep", help="folder to keep the rendered sets in, for another model")
    parser.add_argument("--threads", type=int, default=1, help="also renderers at a time")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.keep:
        evaluate(arguments, arguments.keep)
    else:
        with tempfile.TemporaryDirectory() as folder:
            evaluate(arguments, folder)
