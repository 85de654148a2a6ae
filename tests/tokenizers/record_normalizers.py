#!/usr/bin/env python3
"""Records what the tokenizers library and SentencePiece make of texts, for tests/unit/test_normal.c.

    record_normalizers.py SHARED > normalizers.jsonl

SHARED is the folder of shared data. Needs tokenizers 0.23.3 and sentencepiece 0.2.3. The first line has
charsmaps in base64, by name; each other line a normalizer as tokenizer.json spells it, and cases: a text
and the normalized text, or a text alone that stays as it is. "nfkc" stands for the charsmap of tokenizers/pipelines/unigram-nfkc-json; a normalizer
of type SentencePiece is the charsmap alone, as SentencePiece applies it. Texts have only characters of
Unicode 14.
"""
import base64
import json
import random
import struct
import sys
import unicodedata

import sentencepiece
from tokenizers import Regex, normalizers

PIPELINES = sys.argv[1] + "/tokenizers/pipelines/"

# ---- a charsmap by hand ----


def double_array(entries):
    """Darts-clone's layout of a trie from bytes to offsets, first fit."""
    root = {}
    for key, value in entries.items():
        node = root
        for byte in key:
            node = node.setdefault(byte, {})
        node[None] = value
    units, taken, bases = [0] * 256, {0}, set()

    def place(node, at):
        labels = [0 if byte is None else byte for byte in node]
        base = 1
        while base == at or base in bases or any(base ^ label in taken for label in labels):
            base += 1
        units.extend([0xff] * (max(base ^ 255, base) + 1 - len(units)))
        bases.add(base)
        taken.update(base ^ label for label in labels)
        assert at ^ base < 1 << 21
        units[at] = (units[at] & 255) | (at ^ base) << 10 | (256 if None in node else 0)
        for byte, child in node.items():
            units[base ^ (byte or 0)] = 1 << 31 | child if byte is None else byte
        for byte, child in node.items():
            if byte is not None:
                place(child, base ^ byte)

    place(root, 0)
    for at, unit in enumerate(units):  # no free unit may look like the end of an edge
        if at not in taken:
            units[at] = 1 << 31 | 0xff
    return units


def charsmap(mapping):
    texts, entries = b"", {}
    for key, value in mapping.items():
        entries[key.encode()] = len(texts)
        texts += value.encode() + b"\0"
    units = double_array(entries)
    return struct.pack(f"<{len(units) + 1}I", len(units) * 4, *units) + texts


SMALL = charsmap({
    "A": "<", "b": "", "ab": "[ab]", "\t": " ", "\r": "R", "\u00a9": "(c)", "\u0301": "'", "\u0600": "[600]",
    "\u0915": "[ka]", "\u0958": "[qa]", "\u1100": "[L]", "\ufb01": "fi", "\U0001f1e6": "[RA]",
    "\u4e00\u4e8c": "12", "\u4e00": "1", "e\u0301": "\u00e9", "\u200d": "-",
})

# ---- texts ----

HAND = [
    "", "a", " ", "  a b  ", "Hello, World!", "H\u00e9LLO \u0130stanbul \u03a3\u0391\u03a3", "\ufb01\u0301x", "\r\n\tx\0y",
    "A\u0301", "A\u0301\u0301", "A\u0301\u0301\u0301", "xA\u200dA", "\u00a9\u200d", "\u00a9\u200d\u00a9", "\u00a9\u200d\u00a9x",
    "\u00a9\u0301\u200d\u00a9", "\u0915\u094d\u0915\u0301", "\u0915\u094d\u0958\u0301x", "\u0915x\u0958\u0301",
    "\u0915\u200d\u094d\u0958\u0301", "\u0915\u200c\u094d\u0958\u0301", "\u0600A", "\u0600\u0301A", "\u1100\u1161\u11a8",
    "\u1100\u0301", "\U0001f1e6\U0001f1e6\U0001f1e6", "\U0001f1e6\u0301", "\u4e00\u4e8c\u4e00", "e\u0301e\u0301\u0301", "abab b",
    "\u0301\u0301", "\u0301\u0301\u0301", "\u0e01\u0e33", "\r\nA\r", "\ud55c\uad6d\uc5b4 \u1112\u1161\u11ab", "\u00c5\u212b\u0041\u030a",
    "\u1e9b\u0323", "q\u0307\u0323", "\u0344", "\u0340\u0341", "\u09c7\u09be", "\u0f71\u0f72\u0f74", "\ufdfa", "\u3000\u3164\uffa0",
    "\U0001d15e\U0001d165", "\u2126\u212a", "\u4e2d\u6587abc\u4e2d", "\u3400\u4dbf\u9fff\uf900\U00020000\U0002b820\U0002b920\U0002fa1f",
    "\u200b\u200e\ufeffa\u00ad\ue000\ufffd", "\u0085\u00a0\u1680\u2028\u2029\u202f\u205f", "\u08e2\u180e\U000e0001",
    "\u0488\u0903\u1734\u1885\ua9bd\U000111c9\u1cf2", "\u07fd\u0898\U00011938\u32ff\ua7f2", "\u2581a\u2581", "x\u2581 \u2581x",
    "\x01\x07\x0b\x0e\x1f\x7f\x8f\x9f", "aaaa", "aa\u00e9aa", "123 45", "a1b22c",
]
POOLS = [
    range(0x20, 0x7f), range(0x20, 0x7f), range(0x80, 0x250), range(0x300, 0x370), range(0x370, 0x530), range(0x590, 0x700),
    range(0x900, 0xe80), range(0xf00, 0x1200), range(0x1780, 0x2000), range(0x2000, 0x2200), range(0x3000, 0x3400),
    range(0x4e00, 0x4e40), range(0xac00, 0xad00), range(0xf900, 0x10000), range(0x10a00, 0x11f00), range(0x1d100, 0x1d200),
    range(0x1f1e0, 0x1f680), [0x200d, 0xa9, 0x301, 0x323, 0x600, 0x94d, 0x958, 0x915, 13, 10, 9, 32, 65, 97],
]


def assigned(point):
    return unicodedata.category(chr(point)) not in ("Cn", "Cs")


def texts(count, rng):
    pools = [[point for point in pool if assigned(point)] for pool in POOLS]
    for _ in range(count):
        some = rng.choices(pools, k=rng.choice((1, 2, 3)))
        yield "".join(chr(rng.choice(rng.choice(some))) for _ in range(rng.choice((2, 3, 5, 8, 20))))


# ---- normalizers ----


def precompiled(name, content):
    return ({"type": "Precompiled", "precompiled_charsmap": name}, normalizers.Precompiled(content).normalize_str)


def of_library(normalizer):
    return json.loads(normalizer.__getstate__()), normalizer.normalize_str


def all_normalizers(nfkc):
    n = normalizers
    for flags in range(16):
        strip = bool(flags & 4)
        yield of_library(n.BertNormalizer(clean_text=bool(flags & 1), handle_chinese_chars=bool(flags & 2),
                                          strip_accents=strip, lowercase=bool(flags & 8)))
    for one in (n.NFC(), n.NFD(), n.NFKC(), n.NFKD(), n.StripAccents(), n.Lowercase(), n.Nmt(), n.Strip(),
                n.Strip(left=False), n.Strip(right=False), n.Prepend("\u2581"), n.Replace("aa", "\u00e9"), n.Replace("", "-"),
                n.Replace(" ", "\u2581"), n.Replace(Regex("a*"), "-"), n.Replace(Regex(" {2,}"), " "), n.Replace(Regex("a|"), "+"),
                n.Replace(Regex(r"\p{Mn}"), ""), n.Replace(Regex("[a-c]"), "<x>"), n.Replace(Regex(r"\d+"), ""),
                n.Sequence([n.NFD(), n.StripAccents(), n.Lowercase(), n.Strip(), n.Replace(" ", "\u2581"), n.Prepend("\u2581")]),
                n.Sequence([n.BertNormalizer(strip_accents=False), n.Replace(Regex("[\u4e00-\u4e10 ]"), "_")])):
        yield of_library(one)
    yield precompiled("nfkc", nfkc)
    yield precompiled("small", SMALL)
    plain = sentencepiece.SentencePieceNormalizer(model_file=PIPELINES + "unigram-nfkc/tokenizer.model", add_dummy_prefix=False,
                                                  escape_whitespaces=False, remove_extra_whitespaces=False)
    yield {"type": "SentencePiece", "precompiled_charsmap": "nfkc"}, plain.normalize


def find_charsmap(value):
    if isinstance(value, dict) and value.get("type") == "Precompiled":
        return base64.b64decode(value["precompiled_charsmap"])
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for found in map(find_charsmap, children) if found), None)


def main():
    rng = random.Random(1)
    with open(PIPELINES + "unigram-nfkc-json/tokenizer.json", encoding="utf-8") as file:
        nfkc = find_charsmap(json.load(file))
    print(json.dumps({"charsmaps": {"small": base64.b64encode(SMALL).decode()}}))
    for description, normalize in all_normalizers(nfkc):
        many = description["type"] in ("Precompiled", "SentencePiece", "NFC", "NFD", "NFKC", "NFKD")
        cases = [(text, normalize(text)) for text in HAND + list(texts(60 if many else 25, rng))]
        cases = [[text] if text == normalized else [text, normalized] for text, normalized in cases]
        print(json.dumps({"normalizer": description, "cases": cases}))


main()
