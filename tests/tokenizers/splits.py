#!/usr/bin/env python3
"""Records how Hugging Face tokenizers cuts texts at the matches of regular expressions: python3 splits.py > splits.jsonl

Each line: expression, literal, text, behavior, invert, pieces. Published expressions and random ones, in the
dialect of Oniguruma, that library's engine. By hand; test_scanner.c reads the file.
"""
import json
import random

from tokenizers import Regex, pre_tokenizers

BEHAVIORS = ["isolated", "removed", "merged_with_previous", "merged_with_next", "contiguous"]
PUBLISHED = [
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    r"[\p{Han}]+|[\p{L}&&[^\p{Han}]]+|\p{N}{1,3}",
    r"\d{1,3}(?=(?:\d{3})*\b)",
    r"(?=(\d{3})+(?!\d))",
    r"\w+|[^\w\s]+",
    r"\s+$",
    r"(?:^|(?<=\s))\S+",
    r"[^\n]+|[\n]+",
    r"\p{N}",
    r"\p{N}{1,3}",
    r" ?[^(\s|.,!?…。，、।۔،)]+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)",
]
ATOMS = ["a", "b", "c", " ", "'", "1", "[ab]", "[^a]", r"\s", r"\S", r"\d", r"\w", r"\W", r"\p{L}", ".", "(?m:.)", r"[\r\n]", r"\p{Lu}",
         "[a-z&&[^b]]", "(?i:a)", "(?i:[bs])", r"[^\s\p{L}\p{N}]", "é", "中", "[[:alpha:]]", "[[:punct:]]", "[^[:space:]a]"]
QUANTIFIERS = ["*", "+", "?", "*?", "+?", "??", "*+", "++", "?+", "{2}", "{1,3}", "{2,}", "{1,3}?", "{,2}", "{2}?", "{1,2}+"]
ANCHORS = ["^", "$", r"\A", r"\z", r"\Z", r"\b", r"\B"]
CHARACTERS = "aaabbbc  '1é中A\n\r.\t sS2ſ\u0301"


# Letters, marks, digits, punctuation and symbols of Unicode 15.1 and 16.
NEWER = "a\U0002ebf0\U00013830\u1c89\U00010d50\u0897\U00010d69\U000113b8\U00010d40\U00016d70\u1b4e\U000105c0\U00016d6d\u2427\u31ef\U0001fadc."


def expression(r, depth):
    kind = r.random()
    if depth <= 0 or kind < 0.35:
        return r.choice(ATOMS)
    if kind < 0.6:
        return "".join(expression(r, depth - 1) for _ in range(r.randint(1, 3)))
    if kind < 0.7:
        return "(?:" + "|".join(expression(r, depth - 1) for _ in range(r.randint(2, 3))) + ")"
    if kind < 0.88:
        return "(?:" + expression(r, depth - 2) + ")" + r.choice(QUANTIFIERS)
    if kind < 0.96:
        return "(" + r.choice(["?=", "?!", "?<=", "?<!"]) + expression(r, depth - 2) + ")"
    return r.choice(ANCHORS)


def text(r, most):
    return "".join(r.choice(CHARACTERS) for _ in range(r.randint(1, most)))


def record(pattern, literal, content, behavior, invert):
    split = pre_tokenizers.Split(pattern if literal else Regex(pattern), behavior, invert=invert)
    pieces = [piece for piece, _ in split.pre_tokenize_str(content)]
    print(json.dumps({"expression": pattern, "literal": literal, "text": content, "behavior": behavior, "invert": invert,
                      "pieces": pieces}))


def main():
    r = random.Random(20)
    for pattern in PUBLISHED:
        for behavior in BEHAVIORS:
            for invert in (False, True):
                for content in ("It's  1234567 OK…\r\n  中文 x\n", text(r, 30)):
                    record(pattern, False, content, behavior, invert)
    for pattern in (" ", "ab", ".", "", "aa"):
        for behavior in BEHAVIORS:
            record(pattern, True, "ab. aaa  b.ab", behavior, r.random() < 0.5)
    for _ in range(500):
        pattern = "|".join(expression(r, 3) for _ in range(r.choice([1, 1, 2, 3])))
        try:
            Regex(pattern)
        except Exception:
            continue
        for _ in range(2):
            record(pattern, False, text(r, 14), r.choice(BEHAVIORS), r.random() < 0.5)
    record(r"\p{L}+|\p{M}+|\p{N}+|[\p{P}\p{S}]+", False, NEWER, "isolated", False)


main()
