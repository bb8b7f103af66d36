"""Writes Tests/Fixtures/clap: small random checkpoints in Hugging Face's format and what the reference makes of them.

    python Models/reference/make_fixtures.py [--out Tests/Fixtures/clap]

Four checkpoints, each a folder with config.json, model.safetensors, preprocessor_config.json, tokenizer.json,
vocab.json, merges.txt and expected.safetensors:

    tiny-fused       htsat-tiny's shape (four stages, patch 4), aff_2d fusion, head widths 6, 12, 12, 24
    tiny-unfused     the same without fusion, another seed
    tiny-deep-half   three stages of depths 1, 2, 3, patch 8, two heads widths, no QKV bias, MLP ratio 2, weights in F16
    wide-half        two stages of 96 and 192 channels, patch 8, text of 256 channels, weights in F16: wide enough for
                     products in integers

expected.safetensors holds, per case ("3s", "10s", "23s", and "3s.longer" where a short clip is marked longer as the
reference does): "CASE.input" (channels, frames, mels; one channel where all four are the same; the models in F16 have
the inputs of tiny-unfused), then "CASE.NAME" for
image.0, patch_embed, stage.N, pooled, projected, embedding, probabilities. Intermediate tensors with more than
2,048 values are thinned: every 13th value of the flattened tensor. "text.N" is the embedding of TEXTS[N], "text.N.ids"
its tokens (no padding), "logit_scale_a" the factor.
"""

import argparse
import json
import pathlib
import shutil

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import ByteLevelBPETokenizer
from tokenizers.processors import RobertaProcessing
from transformers import ClapAudioConfig, ClapConfig, ClapTextConfig

from random_clap import Deterministic, clip, random_model

THINNING = 13
TEXTS = [
    "This is a sound of an air compressor with a bearing lacking oil",
    "normal",
    "轴承缺油",
    "This is a sound of a valve plate broken, 阀片断裂 of the 2nd stage!",
]
TOKENIZER_CORPUS = TEXTS + [
    "the sound of a motor overheating, a fan, a pump and a normal air compressor",
    "电机过热 压缩机 正常运行 的声音",
]


def tokenizer_files(folder: pathlib.Path) -> ByteLevelBPETokenizer:
    """A small byte-level BPE trained on a few sentences, RoBERTa's special tokens at their usual numbers."""
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(
        TOKENIZER_CORPUS,
        vocab_size=360,
        min_frequency=1,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        show_progress=False,
    )
    tokenizer.save_model(str(folder))
    tokenizer._tokenizer.post_processor = RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer


def configurations() -> dict[str, ClapConfig]:
    text = dict(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=80,
        vocab_size=360,
    )
    htsat_tiny = dict(
        patch_embeds_hidden_size=12, depths=[2, 2, 2, 2], num_attention_heads=[2, 2, 4, 4], hidden_size=96, mlp_ratio=2.0
    )
    deep = dict(
        patch_embeds_hidden_size=16,
        patch_size=8,
        patch_stride=[8, 8],
        depths=[1, 2, 3],
        num_attention_heads=[2, 4, 2],
        hidden_size=64,
        mlp_ratio=2.0,
        qkv_bias=False,
    )

    wide = dict(
        patch_embeds_hidden_size=96,
        patch_size=8,
        patch_stride=[8, 8],
        depths=[1, 1],
        num_attention_heads=[4, 8],
        hidden_size=192,
        mlp_ratio=4.0,
    )

    wide_text = dict(text, num_hidden_layers=2, hidden_size=256, num_attention_heads=8, intermediate_size=256)

    def config(audio, text, projection_dim=32):
        return ClapConfig(
            audio_config=ClapAudioConfig(**audio).to_dict(),
            text_config=ClapTextConfig(**text).to_dict(),
            projection_dim=projection_dim,
        )

    return {
        "tiny-fused": config(dict(htsat_tiny, enable_fusion=True, fusion_type="aff_2d"), text),
        "tiny-unfused": config(htsat_tiny, text),
        "tiny-deep-half": config(deep, dict(text, num_hidden_layers=1, hidden_size=24, num_attention_heads=2)),
        "wide-half": config(wide, wide_text, 128),
    }


def thinned(tensor: torch.Tensor) -> torch.Tensor:
    flat = tensor.detach().float().flatten()
    return flat[::THINNING].clone() if flat.numel() > 2048 else flat.clone()


@torch.no_grad()
def run_audio(model, mel: torch.Tensor, is_longer: bool) -> dict[str, torch.Tensor]:
    """One clip through the reference's audio tower, intermediate tensors caught by hooks."""
    found: dict[str, torch.Tensor] = {}
    encoder = model.audio_model.audio_encoder
    hooks = [
        encoder.patch_embed.register_forward_pre_hook(lambda m, a: found.update({"image.0": a[0][0, 0]})),
        encoder.patch_embed.register_forward_hook(lambda m, a, out: found.update({"patch_embed": out[0]})),
    ]
    for i, stage in enumerate(encoder.layers):
        hooks.append(stage.register_forward_hook(lambda m, a, out, i=i: found.update({f"stage.{i}": out[0][0]})))
    pooled = model.audio_model(input_features=mel[None], is_longer=torch.tensor([[is_longer]])).pooler_output
    for hook in hooks:
        hook.remove()
    projected = model.audio_projection(pooled)
    found["pooled"] = pooled[0]
    found["projected"] = projected[0]
    found["embedding"] = F.normalize(projected, dim=-1)[0]
    return found


@torch.no_grad()
def make(name: str, config: ClapConfig, seed: int, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True)
    tokenizer = tokenizer_files(folder)
    model = random_model(config, seed)
    half = name.endswith("half")
    if half:
        # The file holds F16; the reference computes in float32 with exactly these values.
        for tensor in list(model.parameters()) + [b for b in model.buffers() if b.is_floating_point()]:
            tensor.copy_(tensor.half().float())
    model.save_pretrained(folder)
    if half:
        save_file(
            {k: v.half().contiguous() if v.is_floating_point() else v for k, v in model.state_dict().items()},
            folder / "model.safetensors",
            metadata={"format": "pt"},
        )
    truncation = "fusion" if config.audio_config.enable_fusion else "rand_trunc"
    features = Deterministic(truncation)
    features.extractor.save_pretrained(folder)

    expected: dict[str, torch.Tensor] = {"logit_scale_a": model.logit_scale_a.exp().reshape(1)}
    texts = []
    for i, text in enumerate(TEXTS):
        ids = tokenizer.encode(text).ids
        embedding = model.get_text_features(torch.tensor([ids])).pooler_output[0]
        expected[f"text.{i}"] = embedding
        expected[f"text.{i}.ids"] = torch.tensor(ids, dtype=torch.float32)
        texts.append(embedding)
    texts = torch.stack(texts)

    embeddings = {}
    for seconds, kind in ((3, 0), (10, 1), (23, 2)):
        mel, longer = features(clip(seconds, kind))
        longer = longer and truncation == "fusion"
        same = len(mel) == 4 and all(torch.equal(mel[0], channel) for channel in mel)
        if not half:
            expected[f"{seconds}s.input"] = mel[:1] if same else mel
        cases = [(f"{seconds}s", longer)]
        if truncation == "fusion" and seconds == 3:
            cases.append(("3s.longer", True))
        for case, is_longer in cases:
            found = run_audio(model, mel, is_longer)
            found["probabilities"] = (model.logit_scale_a.exp() * found["embedding"] @ texts.T).softmax(-1)
            expected.update({f"{case}.{key}": thinned(value) for key, value in found.items()})
            embeddings[case] = found["embedding"]
    save_file({k: v.contiguous().clone() for k, v in expected.items()}, folder / "expected.safetensors")

    for file in folder.iterdir():
        file.chmod(0o644)

    rows = torch.stack(list(embeddings.values()))
    size = sum(f.stat().st_size for f in folder.iterdir())
    print(f"{name}: {size / 1e6:.2f} MB")
    print("  audio cosines", np.round((rows @ rows.T).numpy(), 3).tolist())
    print("  text cosines ", np.round((texts @ texts.T).numpy(), 3).tolist())
    print("  probabilities", {c: np.round(expected[f"{c}.probabilities"].numpy(), 3).tolist() for c in embeddings})
    off_diagonal = (rows @ rows.T)[~torch.eye(len(rows), dtype=torch.bool)]
    assert off_diagonal.max() < 0.99, "degenerate: different sounds get the same embedding"


def main() -> None:
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=root / "Tests/Fixtures/clap")
    out = parser.parse_args().out
    torch.set_num_threads(1)
    for seed, (name, config) in enumerate(configurations().items()):
        shutil.rmtree(out / name, ignore_errors=True)
        make(name, config, seed, out / name)
    (out / "texts.json").write_text(json.dumps(TEXTS, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
