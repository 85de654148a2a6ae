"""Random texts through rlx and through the programs that the vocabularies come from: the ids, and the text of ids.

    python3 tests/tokenizers/compare_random.py build/release/bin [--count 1000000] [--seed 1] [--only PART-OF-A-PATH] [DIRECTORY...]

Without directories: those with a tokenizer.json, tokenizer.json.gz, tokenizer.model or tekken.json below $RLX_SHARED. For each it
prints how many texts and lists were compared, how many differ, the first ten of those, and the seconds. Texts mix, with lengths from 0
to about 200 characters: code points by class, words, digits, white space, the vocabulary's own tokens, its added tokens,
and pieces of the recorded cases. Ids are compared with and without what the tokenizer adds at the ends. Then ids are
decoded, with and without special tokens: those of the texts, and random ones. rlx decodes them one by one, as they would
arrive; the other program decodes the whole list.

--every-character takes characters of any version of Unicode, not only those on which all tables agree.

The other program is Hugging Face's tokenizers; with files beside tokenizer.json that add tokens, transformers; for tokenizer.model
SentencePiece; for tekken.json tiktoken with the file's expression and ranks, as mistral_common uses it. Needs tokenizers 0.23.3, transformers
5.24.0, sentencepiece 0.2.3, tiktoken 0.14.0. A million texts of one vocabulary take two to five minutes of one core, most of them in the
other program.

Known differences, which this script lets pass:
- Of a run of byte tokens that is no text as a whole, `tokenizers` shows one U+FFFD for each byte. rlx shows the characters that
  are whole, and U+FFFD for each maximal part of what is not: it gives out characters as they arrive.
- Where added tokens are normalized, `tokenizers` decodes a special token to its normalized text, and then does not know that it is
  special: it is shown where special tokens are to be left out. rlx leaves it out.
"""

import argparse
import base64
import functools
import glob
import gzip
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import unicodedata

CHUNK = 20000
MODEL_FILES = ("tokenizer.json", "tokenizer.json.gz", "tokenizer.model", "tekken.json")


@functools.cache
def code_points(every):
    """Lists of characters by class. Without `every`, of those that Unicode 3.2 has: all tables agree on these."""
    old, classes = unicodedata.ucd_3_2_0, {}
    for point in range(0x110000):
        if 0xd800 <= point < 0xe000:
            continue
        category = unicodedata.category(chr(point))
        if not every and (category == "Cn" or category != old.category(chr(point))):
            continue
        if category == "Lo" and (0x3400 <= point < 0xa000 or 0x17000 <= point or 0xac00 <= point < 0xd7b0) and point % 37:
            continue
        if category in ("Co", "Cn") and point % 999:
            continue
        classes.setdefault(category, []).append(chr(point))
    return list(classes.values())


class Texts:
    def __init__(self, chance, tokens, added, snippets, every=False):
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
        self.classes = code_points(every)

    def text(self):
        draw, parts = self.chance.random, []
        length = int(100 ** draw()) - 1 if draw() < 0.95 else int(200 * draw())
        pools = [self.pools[int(len(self.pools) * draw())], self.pools[int(len(self.pools) * draw())], self.classes[int(len(self.classes) * draw())]]
        while length > 0:
            pool = pools[int(3 * draw())]
            size, count = len(pool), int(5 * draw()) + 1
            if draw() < 0.2:
                taken = [pool[int(size * draw())]] * count
            else:
                taken = [pool[int(size * draw())] for _ in range(count)]
            joined = (" " if draw() < 0.3 else "").join(taken)
            parts.append(joined)
            length -= len(joined)
        return "".join(parts)


class HuggingFace:
    options = ()

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.count = tokenizer.get_vocab_size()
        description = json.loads(tokenizer.to_str())
        self.has_bytes = "ByteFallback" in json.dumps(description["decoder"])
        self.added = [t["content"] for t in description["added_tokens"] if 0 < len(t["content"]) < 40]
        self.unskipped = {t["id"] for t in description["added_tokens"] if t["special"] and tokenizer.id_to_token(t["id"]) != t["content"]}

    def encode(self, texts, ends):
        return [e.ids for e in self.tokenizer.encode_batch_fast(texts, add_special_tokens=ends)]

    def decode(self, lists, skip):
        if skip and self.unskipped:
            lists = [[i for i in ids if i not in self.unskipped] for ids in lists]
        return self.tokenizer.decode_batch(lists, skip_special_tokens=skip)

    def is_same(self, found, expected):
        if found == expected:
            return True
        if not self.has_bytes or "\ufffd" not in expected:
            return False
        return re.fullmatch(".*".join(map(re.escape, re.split("\ufffd+", expected))), found, re.DOTALL) is not None


class SentencePiece:
    options = ()  # control tokens in the text are text

    def __init__(self, path):
        import sentencepiece
        self.processor = sentencepiece.SentencePieceProcessor(model_file=path)
        self.count = self.processor.get_piece_size()
        self.added = [self.processor.id_to_piece(i) for i in range(min(self.count, 300)) if not self.processor.is_byte(i)]

    def encode(self, texts, ends):
        return self.processor.encode(texts, num_threads=2)

    def decode(self, lists, skip):
        return self.processor.decode(lists) if skip else None  # it never shows control tokens

    def is_same(self, found, expected):
        return found == expected


class Tekken:
    options = ("--no-parse-special",)

    def __init__(self, path):
        import tiktoken
        with open(path, encoding="utf-8") as file:
            description = json.load(file)
        config = description["config"]
        self.specials = config["default_num_special_tokens"]
        self.count = config["default_vocab_size"]
        self.tokens = [base64.b64decode(t["token_bytes"]) for t in description["vocab"][:self.count - self.specials]]
        named = description.get("special_tokens") or []
        self.names = {t["rank"]: t["token_str"] for t in named} or dict(enumerate(OLD_TEKKEN))
        self.encoding = tiktoken.Encoding("tekken", pat_str=config["pattern"], special_tokens={},
                                          mergeable_ranks={t: rank for rank, t in enumerate(self.tokens)})
        self.added = list(self.names.values())

    def encode(self, texts, ends):
        front = [1] if ends else []
        return [front + [self.specials + i for i in ids] for ids in self.encoding.encode_ordinary_batch(texts, num_threads=2)]

    def decode(self, lists, skip):
        return [self.decode_one(ids, skip) for ids in lists]

    def decode_one(self, ids, skip):
        text, run = "", b""
        for i in ids:
            if i >= self.specials:
                run += self.tokens[i - self.specials]
            elif not skip:
                text += run.decode("utf-8", "replace") + self.names.get(i, f"<SPECIAL_{i}>")
                run = b""
        return text + run.decode("utf-8", "replace")

    def is_same(self, found, expected):
        return found == expected


# The special tokens of files that do not name them, as mistral_common does.
OLD_TEKKEN = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]",
              "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]", "[IMG_END]", "[PREFIX]", "[MIDDLE]", "[SUFFIX]", "[SYSTEM_PROMPT]",
              "[/SYSTEM_PROMPT]", "[TOOL_CONTENT]"]


def directories(root):
    found = []
    for name in MODEL_FILES:
        found += glob.glob(os.path.join(root, "**", name), recursive=True)
    return sorted({os.path.dirname(f) for f in found})


def unpacked(directory, folder):
    """A directory that rlxc reads."""
    packed = os.path.join(directory, "tokenizer.json.gz")
    if not os.path.exists(packed):
        return directory
    for name in os.listdir(directory):
        if name.endswith(".json"):
            os.symlink(os.path.join(directory, name), os.path.join(folder, name))
    with gzip.open(packed) as source, open(os.path.join(folder, "tokenizer.json"), "wb") as out:
        out.write(source.read())
    return folder


def other_program(directory):
    def path(name):
        return os.path.join(directory, name)

    if os.path.exists(path("tokenizer.json")):
        from tokenizers import Tokenizer
        if "added-tokens-in-config" not in directory:
            return HuggingFace(Tokenizer.from_file(path("tokenizer.json")))
        os.environ["TRANSFORMERS_VERBOSITY"] = "error"
        from transformers import PreTrainedTokenizerFast
        return HuggingFace(PreTrainedTokenizerFast.from_pretrained(directory).backend_tokenizer)
    if os.path.exists(path("tekken.json")):
        return Tekken(path("tekken.json"))
    return SentencePiece(path("tokenizer.model"))


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
    """One process for each list of lines; it works while the other program does."""

    def __init__(self, binaries, directory, folder):
        self.program, self.model, self.folder = os.path.join(binaries, "rlx"), os.path.join(folder, "model.rlx"), folder
        done = subprocess.run([os.path.join(binaries, "rlxc"), "build", directory, "-o", self.model, "--tokenizer-only"], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())

    def start(self, lines, *options):
        source, out = tempfile.TemporaryFile("w+", dir=self.folder), tempfile.TemporaryFile("w+", dir=self.folder)
        source.writelines(lines)
        source.flush()
        source.seek(0)
        process = subprocess.Popen([self.program, "tokenize", self.model, "--jsonl", *options], stdin=source, stdout=out, stderr=subprocess.PIPE, text=True)
        source.close()

        def finish():
            complaint = process.communicate()[1]
            if process.returncode:
                raise RuntimeError(complaint.strip())
            with out:
                out.seek(0)
                return out.read().splitlines()
        return finish


class Tally:
    def __init__(self):
        self.texts = self.count = self.different = 0

    def compare(self, what, given, found, expected, is_same=str.__eq__):
        for g, f, e in zip(given, found, expected, strict=True):
            self.count += 1
            if is_same(f, e):
                continue
            self.different += 1
            if self.different <= 10:
                print(f"  {what} of {json.dumps(g)}\n    rlx {f[:300]!a}\n    not {e[:300]!a}")


def ids_line(ids):
    return '{"ids": ' + str(ids) + "}"


def compare_chunk(chance, texts, rlx, other, tally):
    some = slice(0, len(texts) // 4)
    lines = ['{"text": ' + json.dumps(t) + "}\n" for t in texts]
    plain, ended = rlx.start(lines, *other.options), rlx.start(lines[some], "--add-bos", *other.options)
    ids = other.encode(texts, False)
    tally.compare("ids", texts, plain(), map(ids_line, ids))
    tally.compare("ids with ends", texts[some], ended(), map(ids_line, other.encode(texts[some], True)))
    lists = ids[some] + [[chance.randrange(other.count) for _ in range(chance.randrange(12))] for _ in range(len(texts) // 10)]
    lines = [ids_line(i) + "\n" for i in lists]
    for skip in (False, True):
        finish = rlx.start(lines, "--decode", *(["--skip-special"] if skip else []))
        decoded = other.decode(lists, skip)
        found = [json.loads(line)["text"] for line in finish()]
        if decoded is not None:
            tally.compare("text without special tokens" if skip else "text", lists, found, decoded, other.is_same)
    tally.texts += len(texts)


def compare_directory(arguments, directory):
    start, chance, tally = time.time(), random.Random(arguments.seed), Tally()
    with tempfile.TemporaryDirectory() as folder:
        cases = snippets(directory, chance)
        directory = unpacked(directory, folder)
        other = other_program(directory)
        rlx = Rlx(arguments.binaries, directory, folder)
        lists = [[chance.randrange(other.count)] for _ in range(3000)]
        tokens = [t for t in other.decode(lists, True) if t and "\ufffd" not in t]
        texts = Texts(chance, tokens, other.added, cases, arguments.every_character)
        while tally.texts < arguments.count and time.time() - start < arguments.seconds:
            compare_chunk(chance, [texts.text() for _ in range(min(CHUNK, arguments.count - tally.texts))], rlx, other, tally)
    return tally, time.time() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries")
    parser.add_argument("directories", nargs="*")
    parser.add_argument("--count", type=int, default=1000000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no further texts of a vocabulary after these")
    parser.add_argument("--only", default="")
    parser.add_argument("--every-character", action="store_true")
    arguments = parser.parse_intermixed_args()
    failed = False
    for directory in map(os.path.abspath, arguments.directories or directories(os.environ.get("RLX_SHARED", "../shared"))):
        if arguments.only not in directory:
            continue
        print(directory, flush=True)
        try:
            tally, seconds = compare_directory(arguments, directory)
        except RuntimeError as problem:
            print(f"  failed: {problem}")
            failed = True
            continue
        failed = failed or tally.different > 0
        print(f"  {tally.texts} texts, {tally.count} comparisons, {tally.different} different, {seconds:.0f} s", flush=True)
    sys.exit(failed)


main()
