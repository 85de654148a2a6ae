"""SentencePiece's models against SentencePiece itself.

    python3 tests/tokenizers/sentencepiece_models.py record > tests/tokenizers/sentencepiece_models.jsonl
    python3 tests/tokenizers/sentencepiece_models.py compare COMMAND COUNT [SEED]

Trains small models of every kind: unigram, BPE and characters; with and without bytes, prefix, removal of spaces, maps of
characters, user-defined and control pieces. `record` writes for each a line {"name", "model" (base64), "texts", "ids",
"decoded"}. `compare` asks a program about random texts: COMMAND FILE reads texts, each preceded by its length (32 bits), and
writes their ids, one JSON list a line. Recorded with sentencepiece 0.2.3.
"""

import base64
import io
import json
import random
import struct
import subprocess
import sys
import tempfile

import sentencepiece

from gguf_pre_tokenizers import make_text

KINDS = {
    "unigram": {"model_type": "unigram"},
    "unigram-plain": {"model_type": "unigram", "normalization_rule_name": "identity", "add_dummy_prefix": False},
    "unigram-bytes": {"model_type": "unigram", "byte_fallback": True, "remove_extra_whitespaces": False, "vocab_size": 420},
    "unigram-cased": {"model_type": "unigram", "normalization_rule_name": "nmt_nfkc_cf", "remove_extra_whitespaces": False},
    "bpe": {"model_type": "bpe"},
    "bpe-llama": {
        "model_type": "bpe",
        "byte_fallback": True,
        "normalization_rule_name": "identity",
        "remove_extra_whitespaces": False,
        "split_digits": True,
        "allow_whitespace_only_pieces": True,
        "vocab_size": 480,
    },
    "bpe-no-prefix": {
        "model_type": "bpe",
        "add_dummy_prefix": False,
        "remove_extra_whitespaces": False,
        "normalization_rule_name": "nfkc",
        "user_defined_symbols": ["<u>", "<u><v>", "don't", "\u2581\u2581", "\u2581\u2581\u2581", "a"],
    },
    "bpe-across": {"model_type": "bpe", "split_by_whitespace": False, "split_by_number": False, "split_by_unicode_script": False},
    "unigram-across": {"model_type": "unigram", "split_by_whitespace": False, "split_by_number": False, "split_by_unicode_script": False},
    "char": {"model_type": "char", "vocab_size": 150},
    "char-bytes": {"model_type": "char", "vocab_size": 360, "byte_fallback": True},
}
EXTRA = ("A", "\u00a8", "\u00b4", ">\u0338", "<u>", "<u><v>", "<v>", "</s>", "<s>", "<unk>", "\u2581", "\u2581\u2581", " \u2581", "\ufb01", "\u2460", "\uff21", "\u0000", "\u0001", "A\u0301")


# Source and target of a map, as code points in hexadecimal: kept small, so that the recorded models are.
RULES = "41\t61\nFF21\t61\n2460\t31\nFB01\t66 69\n61 300\tE0\n301\t\n9\t20\nA\t20\nD\t20\n3000\t20\n2581\t20\nA8\t20 308\nB4\t20 301\n3E 338\t226F\n"


def train(name, small=False):
    chance = random.Random(name)
    texts = [make_text(chance, 8).replace("\0", "") for _ in range(1500)]
    settings = {
        "vocab_size": 300,
        "user_defined_symbols": ["<u>", "<u><v>", "don't"],
        "control_symbols": ["<c>"],
        "hard_vocab_limit": False,
        "minloglevel": 2,
        "character_coverage": 0.98,
        "num_threads": 1,
        **KINDS[name],
    }
    out = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        if small and settings.get("normalization_rule_name") != "identity":
            rules.write(RULES)
            rules.flush()
            settings["normalization_rule_tsv"] = rules.name
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(texts), model_writer=out, **settings)
    return out.getvalue()


def random_text(chance):
    text = make_text(chance, 8)
    for _ in range(chance.randint(0, 3)):
        at = chance.randint(0, len(text))
        text = text[:at] + chance.choice(EXTRA) + text[at:]
    return text


def open_model(data):
    return sentencepiece.SentencePieceProcessor(model_proto=data)


def record():
    for name in KINDS:
        chance = random.Random(name)
        data = train(name, True)
        model = open_model(data)
        texts = ["", " ", "  a ", "\u2581", "<u>a", "a<u><v>"] + [random_text(chance) for _ in range(24)]
        ids = model.encode(texts)
        row = {"name": name, "model": base64.b64encode(data).decode(), "texts": texts, "ids": ids, "decoded": model.decode(ids)}
        print(json.dumps(row))


def ask(command, path, texts):
    data = b"".join(struct.pack("<I", len(t.encode())) + t.encode() for t in texts)
    answer = subprocess.run(command.split() + [path], input=data, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def compare(command, count, seed):
    different = 0
    with tempfile.TemporaryDirectory() as directory:
        for name, small in [(n, s) for n in KINDS for s in (False, True)]:
            chance = random.Random(f"{name} {seed}")
            data = train(name, small)
            path = f"{directory}/tokenizer.model"
            with open(path, "wb") as file:
                file.write(data)
            texts = [random_text(chance) for _ in range(count)]
            expected = open_model(data).encode(texts)
            wrong = [(t, e, f) for t, e, f in zip(texts, expected, ask(command, path, texts), strict=True) if e != f]
            different += len(wrong)
            print(f"{name}: {count} texts, {len(wrong)} differ")
            for text, e, f in wrong[:2]:
                print(f"    {text!r}\n    {e}\n    {f}")
    return different


if __name__ == "__main__":
    if sys.argv[1:] == ["record"]:
        record()
    elif len(sys.argv) in (4, 5) and sys.argv[1] == "compare":
        sys.exit(compare(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) == 5 else 0) > 0)
    else:
        sys.exit(__doc__)
