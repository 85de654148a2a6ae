"""Random texts through rlx and through Hugging Face's tokenizers (or SentencePiece): the ids, and the text of ids.

    python3 tests/tokenizers/compare_random.py build/release/bin [--count 1000000] [--seed 1] [--only PART-OF-A-PATH] [DIRECTORY...]

Without directories: those with a tokenizer.json, tokenizer.json.gz or tokenizer.model below $RLX_SHARED. For each it
prints how many texts were compared, how many differ, the first ten of those, and the seconds. Texts mix, with lengths from 0
to about 200 characters: code points by class, words, digits, white space, the vocabulary's own tokens, its added tokens,
and pieces of the recorded cases. Ids are compared with and without what the tokenizer adds at the ends. Then ids are
decoded, nothing skipped: those of the texts, and random ones. rlx decodes them one by one, as they would arrive.

Needs tokenizers 0.23.3 and sentencepiece 0.2.3. A million texts of one vocabulary take two to ten minutes, nearly all of them in the
other program.
"""

import argparse
import glob
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unicodedata

CHUNK = 20000


def code_points():
    """Lists of characters by class, of those that Unicode 3.2 has: all tables agree on these."""
    old, classes = unicodedata.ucd_3_2_0, {}
    for point in range(0x110000):
        if 0xd800 <= point < 0xe000:
            continue
        category = old.category(chr(point))
        if category in ("Cn", "Cs") or category != unicodedata.category(chr(point)):
            continue
        if category == "Lo" and (0x3400 <= point < 0xa000 or 0x20000 <= point or 0xac00 <= point < 0xd7b0) and point % 37:
            continue
        if category == "Co" and point % 999:
            continue
        classes.setdefault(category, []).append(chr(point))
    return list(classes.values())


class Texts:
    def __init__(self, chance, tokens, added, snippets):
        self.chance = chance
        latin = [chr(c) for c in range(32, 127)]
        words = "the of and to in a is that for it as was with be by on not he I this are or his from at which but have an they you were"
        words = words.split() + ["I'm", "you'RE", "isn't", "'LL", "HTTPServer", "camelCase", "x_1", "e-mail", "na\u00efve", "Stra\u00dfe", "\u0130stanbul"]
        spaces = [" ", " ", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", " \n ", "\u00a0", "\u3000", "\u2003", "\u2028", "\u0085", "\u200b", "\u2581"]
        digits = ["0", "1", "12", "123", "1234", "12345678901", "3.14", "1,000", "\u0663", "\u00b2", "\u00bd", "\u216b"]
        marks = ["e\u0301", "\u0301", "\u0323\u0307", "a\u0308\u0304", "\u1100\u1161\u11a8", "\uac00\u11a8", "\u0344", "\u212b", "\ufb01", "\uff76\uff9e"]
        bidi = ["\u0627\u0644\u0633\u0644\u0627\u0645", "\u05e9\u05c1", "\u0939\u093f\u0928\u094d\u0926\u0940", "\u0e20\u0e32\u0e29\u0e32", "\u4f60\u597d", "\u3053\u3093"]
        emoji = ["\U0001f600", "\u2764\ufe0f", "\u00a9", "\u2122"]
        self.pools = [latin, words, words, spaces, spaces, digits, marks, bidi, emoji, snippets or words, tokens or words] + ([added] if added else [])
        self.classes = code_points()

    def text(self):
        chance, parts = self.chance, []
        length = int(200 ** chance.random()) - 1 if chance.random() < 0.9 else chance.randrange(200)
        pools = chance.choices(self.pools, k=2) + [chance.choice(self.classes)]
        while length > 0:
            pool = chance.choice(pools)
            taken = chance.choices(pool, k=chance.randrange(1, 6))
            if chance.random() < 0.2:
                taken = [taken[0]] * len(taken)
            joined = (" " if chance.random() < 0.3 else "").join(taken)
            parts.append(joined)
            length -= len(joined)
        return "".join(parts)


class HuggingFace:
    def __init__(self, path):
        from tokenizers import Tokenizer
        self.tokenizer = Tokenizer.from_file(path)
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.count = self.tokenizer.get_vocab_size()
        description = json.loads(self.tokenizer.to_str())
        self.has_bytes = "ByteFallback" in json.dumps(description["decoder"])
        self.added = [t["content"] for t in description["added_tokens"] if 0 < len(t["content"]) < 40]

    def encode(self, texts, ends):
        return [e.ids for e in self.tokenizer.encode_batch_fast(texts, add_special_tokens=ends)]

    def decode(self, lists):
        return self.tokenizer.decode_batch(lists, skip_special_tokens=False)

    def is_odd(self, text):
        """Of a run of byte tokens that is no text as a whole, this library shows no character; rlx shows those that are whole."""
        return "\ufffd" in text and self.has_bytes


class SentencePiece:
    def __init__(self, path):
        import sentencepiece
        self.processor = sentencepiece.SentencePieceProcessor(model_file=path)
        self.count = self.processor.get_piece_size()
        self.added = []

    def encode(self, texts, ends):
        return self.processor.encode(texts, num_threads=2) if not ends else None

    def decode(self, lists):
        return None


def directories(root):
    found = []
    for name in ("tokenizer.json", "tokenizer.json.gz", "tokenizer.model"):
        found += glob.glob(os.path.join(root, "**", name), recursive=True)
    return sorted({os.path.dirname(f) for f in found if "bug_inputs" not in f})  # those have files beside that change tokens


def prepared(directory, folder):
    """A directory that rlxc reads, and the other program's tokenizer."""
    packed = os.path.join(directory, "tokenizer.json.gz")
    if os.path.exists(packed):
        for name in os.listdir(directory):
            if name.endswith(".json"):
                os.symlink(os.path.join(directory, name), os.path.join(folder, name))
        with gzip.open(packed) as source, open(os.path.join(folder, "tokenizer.json"), "wb") as out:
            out.write(source.read())
        directory = folder
    path = os.path.join(directory, "tokenizer.json")
    return directory, HuggingFace(path) if os.path.exists(path) else SentencePiece(os.path.join(directory, "tokenizer.model"))


def snippets(directory, chance):
    path, found = os.path.join(directory, "cases.jsonl"), []
    if os.path.exists(path):
        for line in open(path):
            text = json.loads(line)["text"]
            for _ in range(8 if text else 0):
                start = chance.randrange(len(text))
                found.append(text[start:start + chance.randrange(1, 30)])
    return found


class Rlx:
    def __init__(self, binaries, directory, folder):
        self.program, self.model, self.folder = os.path.join(binaries, "rlx"), os.path.join(folder, "model.rlx"), folder
        done = subprocess.run([os.path.join(binaries, "rlxc"), "build", directory, "-o", self.model, "--tokenizer-only"], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())

    def lines(self, objects, *options):
        path = os.path.join(self.folder, "in.jsonl")
        with open(path, "w") as out:
            out.writelines(objects)
        with open(path) as source:
            done = subprocess.run([self.program, "tokenize", self.model, "--jsonl", *options], stdin=source, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.splitlines()


class Tally:
    def __init__(self):
        self.count = self.different = 0

    def compare(self, what, given, found, expected):
        for g, f, e in zip(given, found, expected, strict=True):
            self.count += 1
            if f == e:
                continue
            self.different += 1
            if self.different <= 10:
                print(f"  {what} of {json.dumps(g)}\n    rlx {f[:300]!a}\n    not {e[:300]!a}")


def ids_line(ids):
    return '{"ids": [' + ", ".join(map(str, ids)) + "]}"


def compare_chunk(chance, texts, rlx, other, tally):
    given = [json.dumps({"text": t}) + "\n" for t in texts]
    ids = other.encode(texts, False)
    tally.compare("ids", texts, rlx.lines(given), map(ids_line, ids))
    some = slice(0, len(texts) // 4)
    ended = other.encode(texts[some], True)
    if ended is not None:
        tally.compare("ids with ends", texts[some], rlx.lines(given[some], "--add-bos"), map(ids_line, ended))
    lists = ids[some] + [[chance.randrange(other.count) for _ in range(chance.randrange(12))] for _ in range(len(texts) // 10)]
    decoded = other.decode(lists)
    if decoded is not None:
        found = rlx.lines([ids_line(i) + "\n" for i in lists], "--decode")
        found = [json.loads(line)["text"] for line in found]
        tally.compare("text", lists, [d if other.is_odd(d) else f for f, d in zip(found, decoded)], decoded)


def compare_directory(binaries, directory, count, seed):
    start, chance, tally = time.time(), random.Random(seed), Tally()
    with tempfile.TemporaryDirectory() as folder:
        cases = snippets(directory, chance)
        directory, other = prepared(directory, folder)
        rlx = Rlx(binaries, directory, folder)
        lists = [[chance.randrange(other.count)] for _ in range(3000)]
        tokens = [t for t in other.decode(lists) or [] if t and "\ufffd" not in t]
        texts = Texts(chance, tokens, other.added, cases)
        for done in range(0, count, CHUNK):
            compare_chunk(chance, [texts.text() for _ in range(min(CHUNK, count - done))], rlx, other, tally)
    return tally, time.time() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries")
    parser.add_argument("directories", nargs="*")
    parser.add_argument("--count", type=int, default=1000000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    failed = False
    for directory in map(os.path.abspath, arguments.directories or directories(os.environ.get("RLX_SHARED", "../shared"))):
        if arguments.only not in directory:
            continue
        print(directory, flush=True)
        try:
            tally, seconds = compare_directory(arguments.binaries, directory, arguments.count, arguments.seed)
        except RuntimeError as problem:
            print(f"  failed: {problem}")
            failed = True
            continue
        failed = failed or tally.different > 0
        print(f"  {tally.count} comparisons, {tally.different} different, {seconds:.0f} s", flush=True)
    sys.exit(failed)


main()
