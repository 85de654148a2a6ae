"""Added tokens against Hugging Face: which texts are tokens, and which ids they get.

    python3 tests/tokenizers/added_tokens.py record 24 > tests/tokenizers/added_tokens.jsonl
    python3 tests/tokenizers/added_tokens.py compare build/release/bin 200 [SEED]

Makes random directories of tokenizer.json and, in every other one, of the files beside it, with tokens of which some are
the beginnings of others, some normalized, some taking white space. `record` writes, for each directory, a line {"files",
"cases": [{"text", "ids", "decoded"}]} as AutoTokenizer has it; the suite compares these, so that it needs no Python.
`compare` asks rlx about fresh directories. Recorded with transformers 5.24.0 and tokenizers 0.23.3.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
from transformers import PreTrainedTokenizerFast

LETTERS = "Helo -xab<>|pd_.5A"
SPELLED = {" ": "\u0120", "\n": "\u010a"}
WORDS = ["<a>", "<b>", "<a><b>", "<pad>", "e", "He", "--", "----", " x", "<|p|>", "\n", " ", "A_", "\u00e9", "e\u0301"]
FLAGS = ("lstrip", "rstrip", "single_word", "normalized")


def byte_level(chance):
    bytes_of_marks = ["\u00c3", "\u00a9", "\u00cc", "\u0123", "\u0122", "\u0143"]
    texts = [SPELLED.get(c, c) for c in LETTERS + "\n"] + bytes_of_marks + ["He", "ll", "--"]
    return {
        "normalizer": {"type": "NFC"} if chance.random() < 0.5 else None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "vocab": {t: i for i, t in enumerate(texts)}, "merges": ["H e", "l l", "- -"]},
    }


def characters(chance):
    mark = "\u2581"
    texts = ["<unk>"] + [c.replace(" ", mark) for c in LETTERS] + ["He", mark + "x"]
    normalizers = [{"type": "Prepend", "prepend": mark},
                   {"type": "Replace", "pattern": {"String": " "}, "content": mark}]
    return {
        "normalizer": {"type": "Sequence", "normalizers": normalizers},
        "pre_tokenizer": None,
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": mark}, "content": " "}, {"type": "ByteFallback"},
            {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True,
                  "vocab": {t: i for i, t in enumerate(texts)}, "merges": ["H e", mark + " x"]},
    }


def with_flags(chance, content, special, all_flags):
    token = {"content": content}
    names = FLAGS + ("special",) if special else FLAGS
    for name in names:
        if all_flags or chance.random() < 0.7:
            token[name] = chance.random() < (0.5 if name == "special" else 0.25)
    return token


def either(chance, content):
    """A text, or an object as transformers saves it."""
    if chance.random() < 0.6:
        return content
    return dict(with_flags(chance, content, False, False), __type="AddedToken")


def tokenizer_file(chance):
    tokenizer = byte_level(chance) if chance.random() < 0.7 else characters(chance)
    vocabulary = tokenizer["model"]["vocab"]
    added, free = [], len(vocabulary)
    for content in chance.sample(WORDS, chance.randint(0, 5)):
        token = with_flags(chance, content, True, True)
        token["id"] = vocabulary.get(content, free)
        free += content not in vocabulary
        added.append(token)
    return dict({"version": "1.0", "truncation": None, "padding": None, "post_processor": None}, added_tokens=added, **tokenizer), free


def atomic_files(chance, tokenizer, free):
    known = dict(tokenizer["model"]["vocab"], **{t["content"]: t["id"] for t in tokenizer["added_tokens"]})
    files, config = {}, {}

    def ids(contents):
        nonlocal free
        for content in contents:
            if content in known:
                yield content, known[content]
            else:
                free += chance.random() < 0.1
                yield content, free
                free += 1

    def some(most):
        return chance.sample(WORDS, chance.randint(0, most))

    if chance.random() < 0.5:
        decoder = [(str(i), with_flags(chance, c, True, False)) for c, i in ids(some(4))]
        chance.shuffle(decoder)
        config["added_tokens_decoder"] = dict(decoder)
    for name in ("bos_token", "eos_token", "pad_token", "image_token"):
        if chance.random() < 0.25:
            config[name] = either(chance, chance.choice(WORDS))
    if chance.random() < 0.3:
        config["additional_special_tokens"] = [either(chance, c) for c in some(3)]
    if chance.random() < 0.3:
        names = chance.sample(["image_token", "x_token", "other"], chance.randint(0, 2))
        config["extra_special_tokens"] = some(3) if chance.random() < 0.6 else {n: chance.choice(WORDS) for n in names}
    files["tokenizer_config.json"] = config
    if chance.random() < 0.3:
        named = {n: chance.choice(WORDS) for n in ("bos_token", "pad_token") if chance.random() < 0.5}
        if chance.random() < 0.3:
            named["eos_token"] = with_flags(chance, chance.choice(WORDS), False, False)
        if chance.random() < 0.3:
            named["additional_special_tokens"] = some(2)
        files["special_tokens_map.json"] = named
    if chance.random() < 0.3:
        files["added_tokens.json"] = dict(ids(some(3)))
    return files


def directory(chance, texts):
    tokenizer, free = tokenizer_file(chance)
    files = {"tokenizer.json": tokenizer}
    if chance.random() < 0.5:
        files.update(atomic_files(chance, tokenizer, free))
    pieces = WORDS + list("Hello x-A_5") + ["  "]
    lines = ["".join(chance.choice(pieces) for _ in range(chance.randint(1, 8))) for _ in range(texts)]
    return files, lines


def write(folder, files):
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    for name, value in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(value, file)


def reference(folder, lines):
    """What transformers makes of them; None where it refuses the directory."""
    try:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    except Exception:
        return None
    cases = []
    for line in lines:
        try:
            ids = tokenizer.encode(line, add_special_tokens=False)
        except BaseException:  # the library panics where one token's white space swallows another
            continue
        case = {"text": line, "ids": ids}
        if tokenizer.backend_tokenizer.normalizer is None:  # else this version decodes normalized texts, and skips none
            case["decoded"] = tokenizer.decode(ids, skip_special_tokens=True)
        cases.append(case)
    return cases


def ours(binaries, folder, what, lines):
    command = [os.path.join(binaries, "rlx"), "tokenize", os.path.join(folder, "x.rlx"), "--jsonl"] + what
    text = "".join(json.dumps(line) + "\n" for line in lines)
    out = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return [json.loads(line) for line in out.stdout.splitlines()]


def compare(binaries, rounds, seed):
    chance, texts, wrong = random.Random(seed), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            files, lines = directory(chance, 80)
            write(folder, files)
            cases = reference(folder, lines)
            if cases is None:
                continue
            subprocess.run([os.path.join(binaries, "rlxc"), "build", "--tokenizer-only", "-q", folder, "-o",
                            os.path.join(folder, "x.rlx")], check=True, stderr=subprocess.DEVNULL)
            ids = ours(binaries, folder, [], [{"text": c["text"]} for c in cases])
            decoded = ours(binaries, folder, ["--decode", "--skip-special"], [{"ids": c["ids"]} for c in cases])
            texts += len(cases)
            for case, found, text in zip(cases, ids, decoded, strict=True):
                if case["ids"] != found["ids"] or case.get("decoded", text["text"]) != text["text"]:
                    wrong += 1
                    if wrong <= 5:
                        print(json.dumps({"case": case, "found": found, "decoded": text, "files": {
                            n: v if n != "tokenizer.json" else v["added_tokens"] for n, v in files.items()}}))
    print(f"{rounds} directories, {texts} texts, {wrong} wrong")
    return wrong != 0


def record(rounds):
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        while rounds > 0:
            files, lines = directory(chance, 6)
            write(folder, files)
            cases = reference(folder, lines)
            if cases and (files["tokenizer.json"]["added_tokens"] or len(files) > 1):
                print(json.dumps({"files": files, "cases": cases}, ensure_ascii=False))
                rounds -= 1


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(int(sys.argv[2]))
    else:
        sys.exit(compare(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0))
