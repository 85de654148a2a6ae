"""Vocabularies of GGUF files that are not byte-level, by two other programs.

    python3 tests/tokenizers/gguf_models.py record COMMAND > tests/tokenizers/gguf_models.jsonl

COMMAND FILE FLAGS asks llama.cpp: it reads texts, each preceded by its length (32 bits), and writes their ids, one JSON list a
line; FLAGS holds p where control tokens in the text count (parse_special), s for the ids around it (add_special). Writes
for each file of shared/golden/gguf a line {"file", "cases": [{"text", "ids", "ids_added"}]}, with the texts for which the
tokenizers library (0.23.3, BERT's, T5's and Gemma's published pipelines around the vocabulary of the file) or SentencePiece
(0.2.3, for model "llama") gives the same ids. llama.cpp: of llama-cpp-python 0.3.36.
"""

import json
import os
import random
import struct
import subprocess
import sys

import gguf
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

from gguf_pre_tokenizers import make_text

FILES = ("bert-F32", "nomic-bert-Q8_0", "t5-F32", "gemma4-F32", "gemma4-moe-Q8_0", "gemma3-F32", "phi3-F32", "mixtral-F32", "ernie4-5-Q8_0")
MARK = "\u2581"
CONTROL = 3


class Vocabulary:
    def __init__(self, path):
        fields = gguf.GGUFReader(path).fields
        get = lambda key, usual=None: fields[f"tokenizer.ggml.{key}"].contents() if f"tokenizer.ggml.{key}" in fields else usual
        self.model = get("model")
        self.tokens = get("tokens")
        self.types = get("token_type")
        self.scores = get("scores")
        self.merges = [tuple(m.split(" ")) for m in get("merges", [])]
        self.unknown = get("unknown_token_id", 2 if self.model == "t5" else 0)
        self.prefix = get("add_space_prefix", self.model == "llama")


def bert(v):
    words = {}
    for i, text in enumerate(v.tokens):
        special = v.types[i] == CONTROL
        words[text if special else text[1:] if text.startswith(MARK) else "##" + text] = i
    made = Tokenizer(models.WordPiece(words, unk_token=v.tokens[v.unknown], max_input_chars_per_word=100))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def t5(v):
    made = Tokenizer(models.Unigram(list(zip(v.tokens, v.scores)), v.unknown, False))
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(MARK, "always")])
    return made


def gemma(v):
    words = {t: i for i, t in enumerate(v.tokens)}
    made = Tokenizer(models.BPE(words, v.merges, unk_token=v.tokens[v.unknown], fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Replace(" ", MARK)
    made.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    return made


def by_library(v, texts):
    made = {"bert": bert, "t5": t5, "gemma4": gemma}[v.model](v)
    made.add_special_tokens([AddedToken(t, normalized=False) for t, kind in zip(v.tokens, v.types) if kind in (2, CONTROL)])
    return [made.encode(t, add_special_tokens=False).ids for t in texts]


def by_sentencepiece(v, texts):
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto()
    for text, score, kind in zip(v.tokens, v.scores, v.types):
        piece = proto.pieces.add()
        piece.piece, piece.score, piece.type = text, score, kind
    if not any(kind == 2 for kind in v.types):
        proto.pieces[v.unknown].type = 2
    proto.trainer_spec.model_type = 2
    proto.trainer_spec.byte_fallback = True
    proto.normalizer_spec.add_dummy_prefix = v.prefix
    proto.normalizer_spec.remove_extra_whitespaces = False
    model = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())
    return model.encode(texts)


def ask(command, path, flags, texts):
    data = b"".join(struct.pack("<I", len(t.encode())) + t.encode() for t in texts)
    answer = subprocess.run(command.split() + [path, flags], input=data, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def record(command):
    for name in FILES:
        chance = random.Random(name)
        path = f"{os.environ['RLX_SHARED']}/golden/gguf/{name}.gguf"
        v = Vocabulary(path)
        specials = [t for t, kind in zip(v.tokens, v.types) if kind == CONTROL]
        texts = ["", " ", "  a", " the  cat ", "on the house", f"a{specials[0]} to {specials[-1]}", MARK + "a"]
        texts += [make_text(chance, 8) for _ in range(24)]
        other = (by_sentencepiece if v.model == "llama" else by_library)(v, texts)
        ids, added = ask(command, path, "p", texts), ask(command, path, "ps", texts)
        cases = [
            {"text": t, "ids": i, "ids_added": a}
            for t, o, i, a in zip(texts, other, ids, added, strict=True)
            if o == i or (v.model == "llama" and any(s in t for s in specials))
        ]
        print(f"{name}: {len(cases)} of {len(texts)}", file=sys.stderr)
        print(json.dumps({"file": f"golden/gguf/{name}.gguf", "cases": cases}, separators=(",", ":")))


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "record":
        record(sys.argv[2])
    else:
        sys.exit(__doc__)
