#!/usr/bin/env python3
"""Small byte-level BPE tokenizers and the ids the reference library gives for a table of awkward texts.

Writes Tests/Fixtures/tokenizer: `pair/` (vocab.json, merges.txt), `whole/` (tokenizer.json with a prefix space, a <mask>
that swallows the white space before it, added tokens and a limit of 24 ids) and `cases.json` with the ids for both. With
--roberta FOLDER (vocab.json and merges.txt of roberta-base) it adds the ids, not the vocabulary, of the real tokenizer.

    python Models/reference/tokenizer_fixtures.py --roberta ../shared/roberta      needs transformers, tokenizers
"""

import argparse
import json
import random
import sys
import unicodedata
from pathlib import Path

from tokenizers import AddedToken, ByteLevelBPETokenizer, Tokenizer, pre_tokenizers, processors
from transformers import RobertaTokenizer

OUT = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "tokenizer"
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]

CORPUS = [
    "This is a sound of an air compressor with a bearing lacking oil.",
    "the machine's bearing isn't oiled; they're knocking, we've heard it, I'll stop it, he'd know, I'm sure",
    "a normal compressor, a broken valve plate, an overheating motor, 1450 rpm at 7.5 bar",
    "这是一台轴承缺油的空气压缩机的声音。 电机过热 阀片断裂 正常运行",
    "Das Lager läuft trocken. Le roulement manque d’huile. El cojinete está seco. Подшипник без смазки",
]

TEXTS = [
    "", " ", "  ", "   ", "\n", "\t", " \n ", "a", " a", "a ", "  a", "a  ", "a  b", "a   b", "\ta", "a\tb", "a\n\nb", "a \n b",
    "Hello world", " Hello world", "This is a sound of an air compressor with a bearing lacking oil",
    "it's I'm we've they're you'll he'd don't IT'S I'M WE'VE", "'s 't 're 've 'm 'll 'd", "''s '''t", "a's'b", "l'l 'l 'r 'v",
    " 's", "x 'll y", "’s don’t", "rock'n'roll", "'", "' ", "'\n",
    "1450 rpm, 7.5 bar, 3e-4 m³/s ½ ² Ⅷ", "٣٤٥ ४५६ 七八九 １２３ 𝟘𝟙", "a1b2 3c", "1,000,000.00",
    "轴承缺油", "电机 过热", "阀片断裂。正常！", "这是压缩机的声音,normal",
    "naïve café", "nai\u0308ve cafe\u0301", "\u0301", "\u0301\u0301 a\u0301", "Å\u212b",
    "👩‍🔧👨🏽‍🏭🏳️‍🌈", "🙂🙃 ok", "👍🏿", "\u200d", "\ufe0f", "🇩🇪🇫🇷",
    "\u00a0", "a\u00a0b", "a\u00a0\u00a0b", "\u3000a\u2003b\u200bc", "\u0085x\u2028y\u2029z", "\ufeffbom", "a\u202fb\u205fc\u1680d",
    "\x00", "a\x00b", "\x01\x02\x7f", "\x1b[31mred\x1b[0m", "\r\n", "a\r\nb\r",
    "السلام عليكم", "שלום", "नमस्ते दुनिया", "สวัสดีครับ", "안녕하세요", "こんにちは世界", "Привет, мир!", "Γειά σου", "ℌ𝔢𝔩𝔩𝔬",
    "\U0010ffff", "\ue000", "\ufffd", "\uffff", "\ufdd0",
    "<s>", "</s>", "a <mask> b", "a<mask>b", "a   <mask>   b", "<mask><mask>", "<pad> <unk>", "< mask>", "<<mask>>", "<MASK>",
    "#oil", "the #oil!", "x#oil", "#oily", "#oil #oil", "~~~", "a ~~~  b", "~~~~", "~~~~~~~",
    "email@host.com https://x.y/z?a=b&c=d", "{\"a\": [1, 2]}", "--__==++", "...!!!???", "a.b", "(a)", "C++", "50°C ±2 μm",
    "x" * 300, "ab" * 700, "long " * 600, " " * 700, "\n" * 40, "!" * 90, "油" * 300, "don't " * 200, "1" * 64,
    "\u0e33\u0e4d", "\u1100\u1161\u11a8", "\u0345a", "ⅷ①⑩㊿", "ªº", "ʰʱ", "ǅ", "_a_", "a_b", "\u203f", "€£¥", "\u2603\u2602",
    "\u088f\u0c5c\U00016ea0", "\ua7cb\ua7da\U00010d50", "\U00031350\U0002ebf0", "trailing spaces    ", "    leading", "mid    dle",
]  # fmt: skip


def random_texts(count: int) -> list[str]:
    """Mixes of characters of every kind, fixed by the seed."""
    draw = random.Random(5)
    points = [c for c in range(1, sys.maxunicode + 1) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co")]
    common = list(" \t\n'aeiost'0123 .,!-’油音机é")
    return ["".join(draw.choice(common) if draw.random() < 0.6 else chr(draw.choice(points)) for _ in range(14)) for _ in range(count)]


def train() -> None:
    trainer = ByteLevelBPETokenizer()
    trainer.train_from_iterator(CORPUS * 4, vocab_size=600, min_frequency=2, special_tokens=SPECIAL, show_progress=False)
    (OUT / "pair").mkdir(parents=True, exist_ok=True)
    (OUT / "whole").mkdir(parents=True, exist_ok=True)
    trainer.save_model(str(OUT / "pair"))

    whole = Tokenizer.from_str(trainer.to_str())
    whole.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    whole.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
    whole.add_special_tokens([AddedToken(t, lstrip=t == "<mask>", normalized=False) for t in SPECIAL])
    whole.add_tokens([AddedToken("#oil", single_word=True), AddedToken("~~~", rstrip=True), AddedToken("~~~~")])
    whole.save(str(OUT / "whole" / "tokenizer.json"), pretty=False)
    (OUT / "whole" / "tokenizer_config.json").write_text(
        json.dumps(dict(tokenizer_class="RobertaTokenizer", add_prefix_space=True, model_max_length=24,
                        mask_token=dict(content="<mask>", lstrip=True))) + "\n"
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--roberta", type=Path)
    arguments = parser.parse_args()
    train()
    pair = RobertaTokenizer(vocab=str(OUT / "pair" / "vocab.json"), merges=str(OUT / "pair" / "merges.txt"))
    whole = Tokenizer.from_file(str(OUT / "whole" / "tokenizer.json"))
    whole.enable_truncation(24)
    real = None
    if arguments.roberta:
        real = RobertaTokenizer(vocab=str(arguments.roberta / "vocab.json"), merges=str(arguments.roberta / "merges.txt"))
    rows = []
    for text in TEXTS + random_texts(120):
        row = dict(
            text=text,
            pair=pair(text, truncation=True, max_length=512)["input_ids"],
            whole=whole.encode(text).ids,
        )
        if real:
            row["real"] = real(text, truncation=True, max_length=512)["input_ids"]
        rows.append(row)
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    (OUT / "cases.json").write_text("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
