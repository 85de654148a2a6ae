#!/usr/bin/env python3
"""Prints compiler/import/tokenizer/frozen_sets.def: the sets of characters that components of the tokenizers
library name. It asks the installed library about every code point (tokenizers 0.23.3 is the truth)."""
from tokenizers import normalizers, pre_tokenizers

POINTS = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def cut(pre):
    return lambda c: len(pre.pre_tokenize_str("a" + c)) == 2


def joined(pre):
    return lambda c: [t for t, _ in pre.pre_tokenize_str("a" + c)] == ["a" + c]


def gone(normalizer):
    return lambda c: normalizer.normalize_str(c) == ""


def bert(**on):
    names = ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase")
    return normalizers.BertNormalizer(**{name: on.get(name, False) for name in names})


SETS = [
    ("punctuation", "Punctuation, BertPreTokenizer: ASCII punctuation, and P of Unicode 8.",
     cut(pre_tokenizers.Punctuation())),
    ("word", "Whitespace: Alphabetic, M, Nd, Pc and Join_Control of Unicode 16.",
     joined(pre_tokenizers.Whitespace())),
    ("unclean", "BertNormalizer, clean_text: U+FFFD, and Cc, Cf and Co of Unicode 8 except tab, line feed and\n"
     "carriage return.", gone(bert(clean_text=True))),
    ("nonspacing", "BertNormalizer, strip_accents: Mn of Unicode 8.", gone(bert(strip_accents=True))),
    ("combining", "StripAccents: M of Unicode 9.", gone(normalizers.StripAccents())),
]


def ranges(points):
    out = []
    for c in map(ord, points):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def lines(items):
    line = ""
    for item in items:
        if len(line) + len(item) > 88:
            yield line
            line = ""
        line += item
    yield line


print("""/* Sets of characters as the tokenizers library has them: its tables stay at the Unicode version they
 * were made from, so no property of a newer version names them. Made by
 * tests/tokenizers/frozen_sets.py from tokenizers 0.23.3.
 * FROZEN_SET(name, {first, last}, ...) */""")
for name, what, member in SETS:
    items = [f"{{0x{a:X}, 0x{b:X}}}, " for a, b in ranges(c for c in POINTS if member(c))]
    items[-1] = items[-1].rstrip(", ")
    print("/* " + what.replace("\n", "\n * ") + " */")
    print(f"FROZEN_SET({name},")
    print("\n".join(f"           {line.rstrip()}" for line in lines(items)) + ")")
