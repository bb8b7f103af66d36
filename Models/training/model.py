"""The small ClapModel: its configuration, and a training-time forward of the audio tower that equals the reference's."""

import math

import torch
import torch.nn.functional as F
from transformers import ClapConfig, ClapModel

PROJECTION = 128
VOCABULARY = 3_300


def configuration(vocabulary=VOCABULARY):
    text = dict(
        vocab_size=vocabulary, hidden_size=128, num_hidden_layers=2, num_attention_heads=4, intermediate_size=512,
        max_position_embeddings=130, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    audio = dict(
        num_mel_bins=64, spec_size=256, window_size=8, patch_size=16, patch_stride=[16, 16], enable_fusion=False,
        patch_embeds_hidden_size=64, depths=[2, 2], num_attention_heads=[4, 8], hidden_size=128, num_hidden_layers=2,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, drop_path_rate=0.0,
    )  # fmt: skip
    return ClapConfig(text_config=text, audio_config=audio, projection_dim=PROJECTION)


def build(seed=0, vocabulary=VOCABULARY):
    torch.manual_seed(seed)
    return ClapModel(configuration(vocabulary))


def set_input_normalisation(model, band_means, deviation):
    """One scale for all mel bins, so a change of gain stays a constant that zero-sum kernels cancel."""
    norm = model.audio_model.audio_encoder.batch_norm
    with torch.no_grad():
        norm.running_mean.copy_(torch.as_tensor(band_means))
        norm.running_var.fill_(deviation**2)
        norm.weight.fill_(1)
        norm.bias.zero_()
    norm.requires_grad_(False)


@torch.no_grad()
def make_kernels_zero_sum(model):
    """Projects the patch kernels onto those that do not see a constant: exact gain invariance in plain weights."""
    weight = model.audio_model.audio_encoder.patch_embed.proj.weight
    weight -= weight.mean(dim=(1, 2, 3), keepdim=True)


def resize_frames(log_mels):
    """(n, 1001, 64) -> (n, 1024, 64), the encoder's own bicubic resize in time."""
    return F.interpolate(log_mels[:, None], (1024, 64), mode="bicubic", align_corners=True)[:, 0]


def _attention(layer, x, height, width):
    """One Swin block, as ClapAudioLayer computes it."""
    batch, tokens, channels = x.shape
    window, shift = layer.window_size, layer.shift_size
    if min(height, width) <= window:
        window, shift = min(height, width), 0
    y = layer.layernorm_before(x).view(batch, height, width, channels)
    if shift:
        y = torch.roll(y, (-shift, -shift), (1, 2))
    rows, columns = height // window, width // window
    y = y.view(batch, rows, window, columns, window, channels).transpose(2, 3).reshape(-1, window * window, channels)
    core = layer.attention.self
    heads, size = core.num_attention_heads, core.attention_head_size
    weight = torch.cat([core.query.weight, core.key.weight, core.value.weight])
    bias = torch.cat([core.query.bias, core.key.bias, core.value.bias])
    q, k, v = F.linear(y, weight, bias).view(-1, window * window, 3, heads, size).permute(2, 0, 3, 1, 4)
    area = window * window
    position = core.relative_position_bias_table[core.relative_position_index.view(-1)].view(area, area, heads)
    mask = position.permute(2, 0, 1)[None]
    if shift:
        mask = mask + layer.get_attn_mask(height, width, dtype=x.dtype, device=x.device)[:, None]
    # Written out: the fused attention makes copies of the mask and looks through it for rows without any place.
    scores = (q * size**-0.5) @ k.transpose(-1, -2)
    scores = (scores.view(batch, -1, heads, area, area) + mask.to(scores.dtype)).view_as(scores)
    context = F.softmax(scores, dim=-1) @ v
    context = layer.attention.output.dense(context.transpose(1, 2).reshape(-1, area, channels))
    context = context.view(batch, rows, columns, window, window, channels).transpose(2, 3)
    context = context.reshape(batch, height, width, channels)
    if shift:
        context = torch.roll(context, (shift, shift), (1, 2))
    x = x + context.reshape(batch, tokens, channels)
    return x + layer.output.dense(F.gelu(layer.intermediate.dense(layer.layernorm_after(x))))


def audio_embeddings(model, resized):
    """(n, 1024, 64) log-mels after `resize_frames` -> (n, projection), L2-normalised; a lean ClapAudioModel."""
    encoder = model.audio_model.audio_encoder
    norm = encoder.batch_norm
    x = (resized - norm.running_mean) * torch.rsqrt(norm.running_var + norm.eps)
    patch = encoder.patch_stride[0]
    folds, groups, columns = 4, 64 // patch, 256 // patch
    x = x.view(-1, folds, columns, patch, groups, patch).permute(0, 1, 4, 2, 5, 3)
    x = x.reshape(x.shape[0], folds * groups * columns, patch * patch)
    kernel = encoder.patch_embed.proj
    weight = kernel.weight.flatten(1)
    weight = weight - weight.mean(1, keepdim=True)
    x = encoder.patch_embed.norm(F.linear(x, weight, kernel.bias))
    for stage, (height, width) in zip(encoder.layers, encoder.input_resolutions):
        for layer in stage.blocks:
            x = _attention(layer, x, height, width)
        if stage.downsample is not None:
            x = stage.downsample(x, (height, width))
    pooled = encoder.norm(x).mean(1)
    return F.normalize(model.audio_projection(pooled), dim=-1)


def check():
    model = build()
    set_input_normalisation(model, torch.linspace(-30, -60, 64), 12.0)
    make_kernels_zero_sum(model)
    model.eval()
    generator = torch.Generator().manual_seed(1)
    mels = -40 + 10 * torch.randn(2, 1001, 64, generator=generator)
    with torch.no_grad():
        ours = audio_embeddings(model, resize_frames(mels))
        theirs = model.get_audio_features(input_features=mels[:, None], is_longer=torch.zeros(2, 1, dtype=torch.bool))
        louder = model.get_audio_features(input_features=mels[:, None] + 17, is_longer=torch.zeros(2, 1, dtype=torch.bool))
    theirs, louder = getattr(theirs, "pooler_output", theirs), getattr(louder, "pooler_output", louder)
    print(f"lean forward against ClapModel: {float((ours - theirs).abs().max()):.1e}")
    print(f"17 dB louder: {float((louder - theirs).abs().max()):.1e}")
    assert torch.allclose(ours, theirs, atol=1e-5) and torch.allclose(louder, theirs, atol=1e-4)
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{parameters:,} parameters, {math.ceil(parameters * 4 / 1e6)} MB")


if __name__ == "__main__":
    check()
