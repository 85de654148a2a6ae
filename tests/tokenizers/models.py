"""Models against the programs that they come from: which ids a word gets.

    python3 tests/tokenizers/models.py COUNT [SEED] [LONG] > tests/tokenizers/models.jsonl

Makes COUNT random small models, each of another kind in turn, and random words of few different characters, so that pieces
overlap in many ways. Each line is {"model": ..., "tokens": [[text, score, kind], ...], "merges": ..., ..., "cases": [[word,
ids], ...]}; the ids are those of Hugging Face tokenizers 0.23.3 or, where "sentencepiece" is true, of SentencePiece 0.2.3.
LONG: letters of a word at most. Kinds of tokens are numbered as in SentencePiece. Some lines have a word so long that the
file only says how it is made ("long": letters, their count and the state of the generator) and which ids it has (how many,
and an FNV-1a hash of them).
"""

import json
import random
import struct
import sys

import sentencepiece
import tokenizers

LETTERS = ["a", "b", "c", "\u00e9", "\u5b57", "\U0001f600", " ", "\u2581"]
STRANGE = ["z", "\u00fc", "\u6f22"]
BYTES = ["<0x%02X>" % b for b in range(256)]
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)


def huggingface(model, byte_level=False):
    spell = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    return tokenizers.Tokenizer.from_str(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
        "pre_tokenizer": spell if byte_level else None, "post_processor": None, "decoder": None, "model": model}))


def field(number, wire, payload):
    return varint(number << 3 | wire) + payload


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def block(number, payload):
    return field(number, 2, varint(len(payload)) + payload)


def sentencepiece_model(tokens, bpe, byte_fallback):
    out = b""
    for text, score, kind in tokens:
        out += block(1, block(1, text.encode()) + field(2, 5, struct.pack("<f", score)) + field(3, 0, varint(kind)))
    trainer = field(3, 0, varint(2 if bpe else 1)) + field(35, 0, varint(int(byte_fallback)))
    normalizer = block(1, b"identity") + b"".join(field(n, 0, b"\0") for n in (3, 4, 5))
    processor = sentencepiece.SentencePieceProcessor()
    processor.LoadFromSerializedProto(out + block(2, trainer) + block(3, normalizer))
    return processor


def words(chance, letters, longest):
    for _ in range(8):
        count = chance.choice([1, 2, 5, 12, 30, longest])
        some = chance.sample(letters, chance.randint(1, len(letters)))
        yield "".join(chance.choice(some) for _ in range(count))


def random_texts(chance, letters, count, longest=5):
    texts = {"".join(chance.choice(letters) for _ in range(chance.randint(1, longest))) for _ in range(count)}
    return sorted(texts)


def random_score(chance):
    return chance.choice([-1.0, -2.0, -2.5, -4.0, round(chance.uniform(-9, -0.5), 2), chance.uniform(-9, -0.5)])


def grow_merges(chance, start, count, prefix=""):
    """Pairs of texts known so far, and the texts that they make; the right one may lose a prefix."""
    texts, merges = list(start), []
    for _ in range(count * 4):
        left, right = chance.choice(texts), chance.choice(texts)
        if prefix and not right.startswith(prefix) or len(left + right) > 24 or (left, right) in merges:
            continue
        whole = left + right[len(prefix):]
        merges.append((left, right))
        if whole not in texts:
            texts.append(whole)
        if len(merges) == count:
            break
    return texts, merges


def make_bpe(chance, line):
    prefix, suffix = chance.choice([("", ""), ("", ""), ("", ""), ("##", ""), ("", "</w>"), ("##", "</w>")])
    known = chance.sample(LETTERS, chance.randint(2, len(LETTERS)))
    alphabet = sorted({p + c + s for c in known for p in ("", prefix) for s in ("", suffix)})
    texts, merges = grow_merges(chance, alphabet, chance.randint(0, 25), prefix)
    merges += chance.sample(merges, min(len(merges), chance.choice([0, 0, 2])))
    unknown = "<unk>" if chance.random() < 0.7 else None
    fallback = chance.choice([[], [], BYTES, chance.sample(BYTES, 200)])
    texts = ([unknown] if unknown else []) + fallback + texts + random_texts(chance, LETTERS, 3)
    texts = list(dict.fromkeys(texts))
    line.update(tokens=[[t, 0, NORMAL] for t in texts], merges=merges, unknown=texts.index(unknown) if unknown else None,
                fuse=chance.random() < 0.5, byte_fallback=bool(fallback), ignore_merges=chance.random() < 0.3,
                prefix=prefix, suffix=suffix)
    return huggingface({
        "type": "BPE", "dropout": None, "unk_token": unknown, "continuing_subword_prefix": prefix or None,
        "end_of_word_suffix": suffix or None, "fuse_unk": line["fuse"], "byte_fallback": bool(fallback),
        "ignore_merges": line["ignore_merges"], "vocab": {t: i for i, t in enumerate(texts)}, "merges": merges})


def make_bytes(chance, line):
    """Byte-level: characters that spell the bytes of LETTERS and STRANGE, of which some may be missing."""
    points = [b for b in range(256) if 32 < b < 127 or 160 < b < 173 or 173 < b]
    spelled = {b: chr(b) if b in points else chr(256 + b - sum(p < b for p in points)) for b in range(256)}
    used = sorted({b for c in LETTERS + STRANGE for b in c.encode()})
    missing = chance.sample(used, chance.choice([0, 0, 1, 4]))
    suffix = chance.choice(["", "", "</w>"])
    alphabet = [spelled[b] + s for b in used if b not in missing for s in ("", suffix)[:1 + bool(suffix)]]
    texts, merges = grow_merges(chance, alphabet, chance.randint(0, 40))
    unknown = "<unk>" if chance.random() < 0.5 else None
    texts = ([unknown] if unknown else []) + texts
    line.update(byte_level=True, tokens=[[t, 0, NORMAL] for t in texts], merges=merges, unknown=0 if unknown else None,
                fuse=chance.random() < 0.5, ignore_merges=chance.random() < 0.3, suffix=suffix)
    return huggingface({
        "type": "BPE", "dropout": None, "unk_token": unknown, "continuing_subword_prefix": None,
        "end_of_word_suffix": suffix or None, "fuse_unk": line["fuse"], "byte_fallback": False,
        "ignore_merges": line["ignore_merges"], "vocab": {t: i for i, t in enumerate(texts)}, "merges": merges}, True)


def make_unigram(chance, line):
    known = chance.sample(LETTERS, chance.randint(2, len(LETTERS)))
    fallback = chance.choice([[], [], BYTES, chance.sample(BYTES, 200)])
    tokens = [["<unk>", 0.0]] + [[t, 0.0] for t in fallback]
    tokens += [[t, random_score(chance)] for t in random_texts(chance, known, chance.randint(3, 40), 8)]
    if chance.random() < 0.1:
        tokens = [[t, s + 12] for t, s in tokens]
    line.update(tokens=[[t, s, NORMAL] for t, s in tokens], unknown=0, byte_fallback=bool(fallback))
    return huggingface({"type": "Unigram", "unk_id": 0, "vocab": tokens, "byte_fallback": bool(fallback)})


def make_wordpiece(chance, line):
    prefix = chance.choice(["##", "##", "@", ""])
    texts = ["[UNK]"] + random_texts(chance, LETTERS, 25) + [prefix + t for t in random_texts(chance, LETTERS, 40)]
    texts = list(dict.fromkeys(texts + [prefix + c for c in LETTERS if chance.random() < 0.7]))
    line.update(tokens=[[t, 0, NORMAL] for t in texts], unknown=0, prefix=prefix, most=chance.choice([5, 12, 100]))
    return huggingface({"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": prefix,
                        "max_input_chars_per_word": line["most"], "vocab": {t: i for i, t in enumerate(texts)}})


def make_word_level(chance, line):
    texts = ["[UNK]"] + random_texts(chance, LETTERS[:3], 30)
    line.update(tokens=[[t, 0, NORMAL] for t in texts], unknown=0)
    return huggingface({"type": "WordLevel", "unk_token": "[UNK]", "vocab": {t: i for i, t in enumerate(texts)}})


def make_sentencepiece(chance, line, bpe):
    known = chance.sample(LETTERS, chance.randint(2, len(LETTERS)))
    fallback = chance.random() < 0.4
    texts = random_texts(chance, known, chance.randint(3, 40), 8)
    if bpe:
        texts = sorted(set(texts + grow_merges(chance, known, 20)[0]) - set(chance.sample(known, 1)))
    tokens = [["<unk>", 0.0, UNKNOWN], ["<s>", 0.0, CONTROL]] + [[t, 0.0, BYTE] for t in (BYTES if fallback else [])]
    odd = chance.choice([0, 0, 0.1, 0.3])
    for text in texts:
        kind = chance.choice([USER_DEFINED, UNUSED]) if chance.random() < odd else NORMAL
        tokens.append([text, struct.unpack("<f", struct.pack("<f", random_score(chance)))[0], kind])
    line.update(sentencepiece=True, tokens=tokens, unknown=0, byte_fallback=fallback, fuse=True)
    return sentencepiece_model(tokens, bpe, fallback)


def long_word(letters, count, state):
    """A letter is repeated or another one comes, by the upper bits of a linear congruential generator."""
    out, letter = [], letters[0]
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        if state >> 33 & 7:
            letter = letters[(state >> 40) % len(letters)]
        out.append(letter)
    return "".join(out)


def hash_ids(ids):
    value = 0xCBF29CE484222325
    for i in ids:
        value = (value ^ i) * 0x100000001B3 % 2**64
    return "%016x" % value


MAKERS = [("bpe", make_bpe), ("bpe", make_bytes), ("unigram", make_unigram), ("wordpiece", make_wordpiece), ("word_level", make_word_level),
          ("bpe", lambda chance, line: make_sentencepiece(chance, line, True)),
          ("unigram", lambda chance, line: make_sentencepiece(chance, line, False))]


def main():
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    longest = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    for i in range(int(sys.argv[1])):
        name, make = MAKERS[i % len(MAKERS)]
        line = {"model": name}
        encoder = make(chance, line)
        letters = LETTERS + STRANGE[:chance.randint(0, 3)]
        line["cases"] = []
        for word in words(chance, letters, longest):
            ids = encoder.encode(word)
            line["cases"].append([word, ids if isinstance(ids, list) else ids.ids])
        if i % 3 == 0 or line.get("sentencepiece"):
            long = {"letters": chance.sample(letters, chance.randint(2, 4)), "count": 40000, "state": chance.getrandbits(32)}
            ids = encoder.encode(long_word(long["letters"], long["count"], long["state"]))
            ids = ids if isinstance(ids, list) else ids.ids
            line["long"] = {**long, "ids": len(ids), "hash": hash_ids(ids)}
        print(json.dumps(line))


if __name__ == "__main__":
    main()
