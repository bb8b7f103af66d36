"""A small byte-level BPE with RoBERTa's conventions, trained on the phrase grammar (English and Chinese)."""

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

import phrases

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
MAXIMUM_TOKENS = 128


def train(vocabulary):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, min_frequency=2, special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )  # fmt: skip
    tokenizer.train_from_iterator(phrases.all_words(), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return tokenizer


def save(tokenizer, folder):
    """tokenizer.json, vocab.json, merges.txt and the two small files transformers reads beside them."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    whole = json.loads(tokenizer.to_str())
    (folder / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
    (folder / "vocab.json").write_text(json.dumps(whole["model"]["vocab"], ensure_ascii=False) + "\n")
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in whole["model"]["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")
    names = dict(bos_token="<s>", eos_token="</s>", sep_token="</s>", cls_token="<s>", unk_token="<unk>", pad_token="<pad>", mask_token="<mask>")  # fmt: skip
    (folder / "special_tokens_map.json").write_text(json.dumps(names, indent=1) + "\n")
    settings = dict(names, tokenizer_class="RobertaTokenizer", add_prefix_space=False, errors="replace", trim_offsets=True, model_max_length=MAXIMUM_TOKENS, clean_up_tokenization_spaces=False)  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n")


def batch(tokenizer, texts, dropout=0.0):
    """-> (ids, mask) padded to the longest; with dropout words fall into smaller pieces at random."""
    tokenizer.model.dropout = dropout if dropout > 0 else None
    rows = [encoding.ids[:MAXIMUM_TOKENS] for encoding in tokenizer.encode_batch(texts)]
    tokenizer.model.dropout = None
    width = max(map(len, rows))
    return [r + [1] * (width - len(r)) for r in rows], [[1] * len(r) + [0] * (width - len(r)) for r in rows]
