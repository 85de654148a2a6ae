"""The pre-tokenizers that GGUF files name, against Hugging Face's library.

    python3 tests/tokenizers/gguf_pre_tokenizers.py record > tests/tokenizers/gguf_pre_tokenizers.jsonl
    python3 tests/tokenizers/gguf_pre_tokenizers.py write DIRECTORY
    python3 tests/tokenizers/gguf_pre_tokenizers.py compare COMMAND COUNT [SEED]

A vocabulary is trained on bytes without any pre-tokenizer, so that its merges go across spaces, digits, marks and ends of
lines: two texts get the same ids only if they are split alike. `record` writes a line with the vocabulary and the texts,
then for each pre-tokenizer a line {"names", "ids"}: the ids of the texts by tokenizers 0.23.3 with the publisher's
pipeline. `write` makes a GGUF file for each. `compare` asks a program about random texts: COMMAND FILE reads texts, each
preceded by its length (32 bits), and writes their ids, one JSON list a line.

Origin of the pipelines: the tokenizer.json of the models that llama.cpp's convert_hf_to_gguf_update.py lists under each
name, as quoted in llama.cpp's src/llama-vocab.cpp (llama-cpp-python 0.3.36); written out by hand.
"""

import json
import random
import re
import struct
import subprocess
import sys
import tempfile

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers


def points(text):
    """Replaces the spellings of code points by the characters."""
    text = re.sub(r"\\U([0-9a-f]{8})", lambda m: chr(int(m[1], 16)), text)
    return re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)


LATIN = points(
    r"\s?[A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af\u0370-\u0373"
    r"\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f"
    r"\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77"
    r"\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-"
    r"\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec"
    r"\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-"
    r"\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3"
    r"\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17"
    r"\uff21-\uff3a\uff41-\uff5a\U00010400-\U0001044f\U000104b0-\U000104d3\U000104d8-\U000104fb\U00010c80-"
    r"\U00010cb2\U00010cc0-\U00010cf2\U000118a0-\U000118df\U0001e900-\U0001e943]+"
)
MARKS = points(
    r"\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+"
)
CJK = points(
    r"[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"
)
HAN = points(
    r"[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
)
ASIAN = points(
    r"[\u4e00-\u9fff\u3400-\u4dbf\u8c48-\ufaff\u3040-\u309f\u30a0-\u30ff\uff65-\uff9f\u2f00-\u2fdf\u0e40-\u0e7f"
    r"\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff\uac00-\ud7af\u1100-\u11ff]+"
)
EAST = points(
    r"[\uac00-\ud7a3\u3131-\u318e]+|[\uff01\u2026\u201c\u201d\u2018\u2019\u2014\uff1a\uff1b\uff0c\u3001-\u303f"
    r"\ufe30-\ufe4f]+|[\u3105-\u312f]+|[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
)

CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|NUMBERS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|SPACES"
SPACES = r"\s+(?!\S)|\s+"
LONG_SPACES = "".join(rf"\s{{{n}}}(?!\S)|" for n in (512, 256, 128, 64, 32, 16, 8, 4)) + r"\s{1,2}(?!\S)|\s{1}"
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+ENGLISH"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*ENGLISH"
    r"|NUMBERS| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
ENGLISH = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
DEEPSEEK = (
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
    r"""| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
)
BLOOM = points(r" ?[^(\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+")
KIMI = "|".join(
    (
        r"[\p{Han}]+",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+" + ENGLISH,
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*" + ENGLISH,
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)


def level(use_regex):
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=use_regex)


def digits(individual=True):
    return pre_tokenizers.Digits(individual_digits=individual)


def split(*patterns):
    return [pre_tokenizers.Split(Regex(p), "isolated") for p in patterns]


def splits(*patterns):
    return split(*patterns) + [level(False)]


def cl100k(numbers, spaces=SPACES):
    return CL100K.replace("NUMBERS", numbers).replace("SPACES", spaces)


def o200k(numbers, english=ENGLISH):
    return O200K.replace("NUMBERS", numbers).replace("ENGLISH", english)


# names, whether a word that is a token stays whole, the sequence
PIPELINES = (
    ("gpt-2 phi-2 roberta-bpe mpt olmo jais a.x-4.0 mellum modern-bert gigachat jina-es jina-de jina-v2-es jina-v2-de "
     "jina-v1-en jina-v2-code exaone4 trillion granite-docling", False, [level(True)]),
    ("llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano glm4 glm5", True,
     splits(cl100k(r"\p{N}{1,3}"))),
    ("dbrx smaug-bpe chatglm-bpe", False, splits(cl100k(r"\p{N}{1,3}"))),
    ("qwen2 deepseek-r1-qwen stablelm2 megrez kormo f2llmv2 hunyuan solar-open grok-2", False, splits(cl100k(r"\p{N}"))),
    ("qwen35", False, splits(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|"
        + SPACES)),
    ("ufakzeka", False, splits(
        r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|" + SPACES)),
    ("tekken", True, splits(o200k(r"\p{N}", ""))),
    ("gpt-4o llama4 kanana2 talkie minimax-m2", False, splits(o200k(r"\p{N}{1,3}"))),
    ("granite-embed-multi-97m", True, splits(o200k(r"\p{N}{1,3}"))),
    ("tiny_aya cohere2moe", False, splits(r"\d{1,3}(?=(?:\d{3})*\b)", o200k(r"\p{N}{1,3}"))),
    ("youtu", True, splits(EAST, o200k(r"\p{N}"))),
    ("kimi-k2", False, splits(KIMI)),
    ("smollm starcoder refact command-r codeshell exaone minerva-7b mellum2", False, [digits(), level(True)]),
    ("falcon", False,
     [pre_tokenizers.Punctuation("contiguous"), level(True), digits(False)] + split("[0-9][0-9][0-9]")),
    ("deepseek-llm", False, split("[\r\n]", LATIN, MARKS, r"\s+$", CJK) + [digits(), level(False)]),
    ("deepseek-coder", False, split("[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", CJK) + [digits(), level(False)]),
    ("deepseek-v3 hunyuan-dense joyai-llm hy_v4", False, splits(r"\p{N}{1,3}", HAN, DEEPSEEK)),
    ("spark2_5", False, splits(r"\p{N}{1,3}", HAN, DEEPSEEK.replace(r"[\r\n]*|\s*[\r\n]+", r"|[\r\n]"), r"\p{N}")),
    ("afmoe", False, splits(r"\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))", ASIAN, DEEPSEEK)),
    ("bloom poro-chat gpt3-finnish", False, splits(BLOOM)),
    ("viking", False, split(BLOOM) + [digits(), level(False)]),
    ("chameleon", False,
     split("<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", r"([\t\n]|    |  )")
     + [digits(), pre_tokenizers.Punctuation("isolated"), level(True)]),
    ("superbpe", False, splits(r"\p{N}+", r"(?=(\d{3})+(?!\d))")),
    ("bailingmoe bailingmoe2 llada-moe", False, splits(
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|" + SPACES)),
    ("seed-coder", False, splits(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|" + SPACES)),
    ("minicpm5", True, splits(r"\p{N}{1,3}", cl100k(r"\p{N}+"))),
    ("laguna", False, splits(r"[^\n]+|[\n]+", cl100k(r"\p{N}"))),
    ("exaone-moe", False, splits(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|" + SPACES)),
    ("jais-2", False, splits(cl100k(r"\p{N}{1,3}", LONG_SPACES))),
)

WORDS = (
    "the", "The", "THE", "don't", "DON'T", "we'll", "You'RE", "it's", "\u00e9t\u00e9", "na\u00efve", "Stra\u00dfe", "iPhone", "McDonald", "HTTPServer",
    "\u4f60\u597d\u4e16\u754c", "\u3053\u3093\u306b\u3061\u306f", "\u30ab\u30bf\u30ab\u30ca", "\ud55c\uad6d\uc5b4", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0633\u0644\u0627\u0645", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u041f\u0440\u0438\u0432\u0435\u0442", "\u0393\u03b5\u03b9\u03ac", "e\u0301a\u0300",
    "1", "12", "123", "1234", "1234567", "3.14", "\u0661\u0662\u0663\u0664", "\u00bd", "x86", "v2", "2x", "\u2163",
)
MARKS_AND_SPACES = (
    " ", " ", " ", "  ", "   ", "    ", "\n", "\n\n", "\r\n", "\t", "\t\t", " \n", "\n ", "\u00a0", "\u3000", ".", ", ", "!", "?!", "...", "'", "''",
    "\"", "-", "--", "/", "//", "_", "__", "$", "+", "=", "==", "<", ">", "|", "`", "~", "^", "(", ")", "[]", "{}", "\u3002", "\uff0c", "\u2026", "\u2014",
    "\u201c", "\u20ac", "\u2603", "\U0001f600", "\U0001f1e9\U0001f1ea", "#", "@", "&&", "%", "*", "\\", ";", ":", "<sentinel:12>", "IMGIMGABZ",
)


def make_text(chance, most=10):
    return "".join(chance.choice(WORDS if chance.random() < 0.5 else MARKS_AND_SPACES) for _ in range(chance.randint(1, most)))


def train():
    chance = random.Random(1)
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = level(False)
    trainer = trainers.BpeTrainer(
        vocab_size=700, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False, max_token_length=8
    )
    bpe.train_from_iterator([make_text(chance, 6) for _ in range(4000)], trainer)
    model = json.loads(bpe.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    return tokens, [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in model["merges"]]


def tokenizer(tokens, merges, whole_words, steps):
    model = models.BPE({t: i for i, t in enumerate(tokens)}, merges, ignore_merges=whole_words)
    made = Tokenizer(model)
    made.pre_tokenizer = pre_tokenizers.Sequence(steps)
    made.decoder = decoders.ByteLevel()
    return made


def ids_of(made, texts):
    return [e.ids for e in made.encode_batch(texts, add_special_tokens=False)]


def record():
    tokens, merges = train()
    chance = random.Random(2)
    texts = [make_text(chance) for _ in range(48)]
    print(json.dumps({"tokens": tokens, "merges": [" ".join(m) for m in merges], "texts": texts}))
    for names, whole_words, steps in PIPELINES:
        ids = ids_of(tokenizer(tokens, merges, whole_words, steps), texts)
        print(json.dumps({"names": names, "ids": ids}, separators=(",", ":")))


def write_gguf(path, name, tokens, merges):
    import gguf

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(name)
    writer.add_token_list(tokens)
    writer.add_token_types([1] * len(tokens))
    writer.add_token_merges([" ".join(m) for m in merges])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write(directory):
    tokens, merges = train()
    for names, _, _ in PIPELINES:
        for name in names.split():
            write_gguf(f"{directory}/{name}.gguf", name, tokens, merges)


def ask(command, path, texts):
    data = b"".join(struct.pack("<I", len(t.encode())) + t.encode() for t in texts)
    answer = subprocess.run(command.split() + [path], input=data, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def compare(command, count, seed):
    tokens, merges = train()
    chance = random.Random(seed)
    texts = [make_text(chance, 12) for _ in range(count)]
    different = 0
    with tempfile.TemporaryDirectory() as directory:
        for names, whole_words, steps in PIPELINES:
            path = f"{directory}/x.gguf"
            write_gguf(path, names.split()[0], tokens, merges)
            expected = ids_of(tokenizer(tokens, merges, whole_words, steps), texts)
            wrong = [t for t, e, f in zip(texts, expected, ask(command, path, texts), strict=True) if e != f]
            different += len(wrong)
            print(f"{names.split()[0]}: {count} texts, {len(wrong)} differ {[repr(t) for t in wrong[:2]]}")
    return different


if __name__ == "__main__":
    if sys.argv[1:] == ["record"]:
        record()
    elif len(sys.argv) == 3 and sys.argv[1] == "write":
        write(sys.argv[2])
    elif len(sys.argv) in (4, 5) and sys.argv[1] == "compare":
        sys.exit(compare(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) == 5 else 0) > 0)
    else:
        sys.exit(__doc__)
