"""Times the full-size audio tower in Ausculta and in what a user would run instead, side by side, and prints one table.

    python Models/reference/peers.py --ausculta .build/release/ausculta [--models htsat-tiny-unfused htsat-tiny-fused]
        [--rounds 7] [--avx2] [--cache DIR] [--roberta DIR]

The checkpoints have the published architectures and random weights (see compare_full_size.py, which shares the cache
folder). Every runtime gets the same log-mel of one 10 s window; the fused model goes through its fusion path. Runtimes take
turns within each round, so that a neighbour on the machine slows all of them alike; the table gives medians over the
rounds. Two settings: one thread with one window at a time, and two cores with eight windows at a time. Ausculta has no
batches: its figure for two cores is the throughput, by the clock on the wall, of two workers that share one queue of windows
(`bench --threads 2 --encoder-only`). Differences are those of the L2-normalised embedding to PyTorch's. What cannot be
exported or is not installed is named and left out.

--avx2 holds everything that can be told so to AVX2: Ausculta, PyTorch with oneDNN and MKL, and OpenVINO but for the products
it leaves to MLAS. MLAS, and with it ONNX Runtime, asks the processor itself and cannot be told; ONNX Runtime is left out then.
"""

import argparse
import json
import logging
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import torch
import transformers
from transformers import ClapModel

from compare_full_size import SAMPLE_RATE_HZ, configurations, make_model, write_wav
from random_clap import Deterministic, clip

BATCH = 8
HERE = pathlib.Path(__file__).resolve().parent
# Read when these libraries are loaded, so main starts this script anew with them.
AVX2 = {
    "AUSCULTA_ISA": "avx2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
}
HELD_TO_AVX2 = all(os.environ.get(name) == value for name, value in AVX2.items())


class AudioTower(torch.nn.Module):
    """Log-mel (batch, channels, frames, mels) to the L2-normalised embedding."""

    def __init__(self, model: ClapModel, longer: bool, batch: int):
        super().__init__()
        self.model = model
        self.register_buffer("longer", torch.tensor([[longer]] * batch))

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        return self.model.get_audio_features(mel, is_longer=self.longer).pooler_output


def export(tower: AudioTower, mel: torch.Tensor, path: pathlib.Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            tower, (mel,), str(path), input_names=["mel"], output_names=["embedding"], opset_version=17, dynamo=False
        )


class Torch:
    name = "PyTorch eager"

    def __init__(self, tower, mels, threads):
        self.tower, self.mels, self.threads = tower, mels, threads

    @torch.inference_mode()
    def __call__(self):
        torch.set_num_threads(self.threads)
        return self.tower(self.mels).numpy()


class OnnxRuntime:
    name = "ONNX Runtime fp32"

    def __init__(self, path, mels, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.mels = mels.numpy()

    def __call__(self):
        return self.session.run(None, {"mel": self.mels})[0]


class OnnxRuntimeInt8(OnnxRuntime):
    name = "ONNX Runtime int8 (dynamic)"

    def __init__(self, path, mels, threads):
        from onnxruntime.quantization import QuantType, quantize_dynamic

        small = path.with_suffix(".int8.onnx")
        if not small.exists():
            quantize_dynamic(str(path), str(small), weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"])
        super().__init__(small, mels, threads)


class OpenVino:
    name = "OpenVINO fp32"

    def __init__(self, path, mels, threads):
        import openvino

        self.model = openvino.Core().compile_model(
            str(path),
            "CPU",
            {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"},
        )
        self.mels = mels.numpy()

    def __call__(self):
        return self.model({"mel": self.mels})[0]


class Ausculta:
    """Times come from `ausculta bench`, which measures the same tower on windows of the same length."""

    # What it does by itself, which is compared with the others, then its variants.
    variants = {
        "Ausculta": ({}, []),
        "Ausculta, held to AVX2": ({"AUSCULTA_ISA": "avx2"}, []),
        "Ausculta, float32": ({}, ["--precision", "float32"]),
        "Ausculta, bfloat16": ({}, ["--precision", "bfloat16"]),
    }
    # Those whose ratios the table shows.
    compared = ("Ausculta", "Ausculta, float32")
    peaks = {"float32": "fma_peak_gflops", "bfloat16": "bf16_peak_gflops", "int16": "int16_peak_gflops"}

    def __init__(self, name: str, binary: str, folder: pathlib.Path, threads: int, longer: bool):
        self.name, self.binary, self.folder, self.longer = name, binary, folder, longer
        environment, self.options = self.variants[name]
        self.environment = os.environ | environment
        self.bench = ["bench", "--threads", str(threads), "--windows", str(4 if threads == 1 else 9 * threads)]
        self.bench += ["--encoder-only"] + (["--reference-is-longer"] if longer else [])
        self.threads = threads
        self.kind: tuple[str, str] = ("", "")
        self.reports: list[dict] = []

    def run(self, *arguments: str) -> dict:
        command = [self.binary, *arguments, "--model", str(self.folder), "--json", *self.options]
        result = subprocess.run(command, capture_output=True, text=True, env=self.environment)
        if result.returncode != 0:
            raise RuntimeError(result.stderr.strip() or f"{' '.join(command)} failed")
        return json.loads(result.stdout)

    def milliseconds(self) -> float:
        """Of one window on one thread; with more threads, a second over the windows of a second."""
        self.reports.append(self.run(*self.bench))
        report = self.reports[-1]
        return report["encoder_ms"]["median"] if self.threads == 1 else 1000 / report["windows_per_second"]

    def median(self, key: str) -> float:
        return statistics.median(report[key] for report in self.reports)

    def median_ms(self) -> float:
        return statistics.median(report["encoder_ms"]["median"] for report in self.reports)

    def embedding(self, wav: pathlib.Path) -> np.ndarray:
        document = self.run("embed", str(wav), *(["--reference-is-longer"] if self.longer else []))
        return np.array(document["embeddings"][0]["values"], dtype=np.float32)


def variants(binary, folder, threads, longer, left_out) -> list[Ausculta]:
    """Ausculta in every way this machine can run it, warmed up."""
    made = []
    for name in Ausculta.variants:
        ours = Ausculta(name, binary, folder, threads, longer)
        try:
            ours.milliseconds()
            report = ours.reports.pop()
            ours.kind = (report["instruction_set"], report["precision"])
            # Held to what it takes anyway it would only be the same again.
            if ours.kind not in [other.kind for other in made]:
                made.append(ours)
        except RuntimeError as error:
            left_out[name] = str(error).splitlines()[0].removeprefix(f"Error: {folder}: ").split(";")[0]
    return made


def timed(call, windows: int) -> float:
    start = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - start) / windows


def engines(model, mel, folder, threads, batch, work, left_out) -> list:
    """Every runtime that is here and takes the model, warmed up."""
    tower = AudioTower(model, model.config.audio_config.enable_fusion, batch).eval()
    mels = mel[None].repeat(batch, 1, 1, 1)
    made = [Torch(tower, mels, threads)]
    path = work / f"{folder.name}-{batch}.onnx"
    if not path.exists():
        try:
            with torch.inference_mode():
                export(tower, mels, path)
        except Exception as error:  # whatever an exporter dislikes is a reason to print, not to fail
            left_out["ONNX export"] = f"{type(error).__name__}: {str(error).splitlines()[0][:160]}"
            path.unlink(missing_ok=True)
    kinds = (OpenVino,) if HELD_TO_AVX2 else (OnnxRuntime, OnnxRuntimeInt8, OpenVino)
    for kind in kinds if path.exists() else ():
        try:
            engine = kind(path, mels, threads)
            engine()
            made.append(engine)
        except Exception as error:
            left_out[kind.name] = f"{type(error).__name__}: {str(error).splitlines()[0][:160]}"
    made[0]()
    return made


def compare(name: str, folder: pathlib.Path, options) -> None:
    model = ClapModel.from_pretrained(folder, attn_implementation="eager").eval()
    fused = model.config.audio_config.enable_fusion
    left_out: dict[str, str] = {}
    medians: dict[str, list[float]] = {}
    outputs: dict[str, np.ndarray] = {}
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch)
        wav = work / "clip.wav"
        mel, _ = Deterministic("fusion" if fused else "rand_trunc")(write_wav(wav, clip(10, 1)))
        assert len(clip(10, 1)) == 10 * SAMPLE_RATE_HZ
        for threads, batch in ((1, 1), (2, BATCH)):
            peers = engines(model, mel, folder, threads, batch, work, left_out)
            ours = variants(options.ausculta, folder, threads, fused, left_out)
            times: dict[str, list[float]] = {engine.name: [] for engine in [*ours, *peers]}
            for _ in range(options.rounds):
                for engine in ours:
                    times[engine.name].append(engine.milliseconds())
                for engine in peers:
                    calls = 3 if batch == 1 else 1
                    times[engine.name].append(statistics.median(timed(engine, batch) for _ in range(calls)))
            for engine, values in times.items():
                medians.setdefault(engine, []).append(statistics.median(values))
            if batch == 1:
                outputs = {engine.name: np.asarray(engine())[0] for engine in peers}
                outputs |= {engine.name: engine.embedding(wav) for engine in ours}
                alone = ours
            del peers
    show(name, options.rounds, medians, outputs, left_out, alone, ours)


def show(name, rounds, medians, outputs, left_out, alone, together) -> None:
    truth = outputs["PyTorch eager"]
    compared = [ours.name for ours in alone if ours.name in Ausculta.compared]
    ratios = " | ".join(f"{ours} / it" for ours in compared)
    print(f"\n{name}, one 10 s window, medians of {rounds} interleaved rounds\n")
    print(f"| runtime | ms, 1 thread, batch 1 | {ratios} | ms a window, 2 cores, batch {BATCH} | {ratios} "
          "| cosine to PyTorch | largest difference |")
    print("|---|" + "---:|" * (4 + 2 * len(compared)))
    for engine, (one, two) in sorted(medians.items(), key=lambda row: row[1][0]):
        value = outputs[engine]
        cosine = float(value @ truth / np.linalg.norm(value) / np.linalg.norm(truth))
        difference = float(np.abs(value - truth).max())
        first, second = (" | ".join(f"{medians[ours][i] / medians[engine][i]:.2f}" for ours in compared) for i in (0, 1))
        print(f"| {engine} | {one:.1f} | {first} | {two:.1f} | {second} | {cosine:.6f} | {difference:.1e} |")
    print()
    for ours, both in zip(alone, together):
        kind, precision = ours.kind
        share = ours.median("share_of_peak")
        print(f"{ours.name}: {100 * share:.0f} % of the {precision} peak of {ours.median(Ausculta.peaks[precision]):.0f} "
              f"GFLOP/s on one thread ({kind}), at which a window would take {share * ours.median_ms():.1f} ms, and "
              f"{100 * ours.median('share_of_fma_peak'):.0f} % of float32's; from one worker to two "
              f"{both.median('scaling'):.2f} x.")
    for what, reason in left_out.items():
        print(f"Left out: {what} ({reason})")
    if HELD_TO_AVX2:
        print("Left out: ONNX Runtime (it asks the processor itself and cannot be held to AVX2, like OpenVINO's MLAS products)")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ausculta", required=True, help="the ausculta program")
    default_cache = os.environ.get("AUSCULTA_REFERENCE_CACHE", "~/.cache/ausculta-reference")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(default_cache).expanduser())
    parser.add_argument("--models", nargs="+", default=["htsat-tiny-unfused", "htsat-tiny-fused"])
    parser.add_argument("--roberta", type=pathlib.Path, help="folder with RoBERTa's vocab.json and merges.txt; its words "
                        "do not matter here, so the embedded model's do by default")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--avx2", action="store_true", help="hold everything that can be told so to AVX2")
    options = parser.parse_args()
    if options.avx2 and not HELD_TO_AVX2:
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | AVX2)
    logging.getLogger().setLevel(logging.ERROR)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    roberta = options.roberta or HERE.parent / "embedded"
    for seed, (name, config) in enumerate(configurations().items()):
        if name in options.models:
            make_model(options.cache / name, config, seed, roberta)
            compare(name, options.cache / name, options)


if __name__ == "__main__":
    main()
