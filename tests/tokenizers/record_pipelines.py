"""Small tokenizers of every kind of pipeline, with ids and texts by Hugging Face.

    python3 tests/tokenizers/record_pipelines.py > tests/tokenizers/pipelines.jsonl
    python3 tests/tokenizers/record_pipelines.py --random 300 --seed 7 [--texts 200] > /tmp/random.jsonl
    build/release/tests/test_tokenizer_pipelines /tmp/random.jsonl

Each line is {"name", "files": {"tokenizer.json": ...}, "cases": [{"text", "ids", "ids_added", "decoded"}]}: `ids` without
what the post-processor adds, `ids_added` with it where that differs, `decoded` the text of `ids`. The first form writes
every component with every option; --random puts components together at random, and with --texts the texts too: then a line also has
"lists", [[ids, text, text without special tokens], ...] of random ids. Vocabularies are trained on the texts
below, a few characters left out. Recorded with tokenizers 0.23.3 and sentencepiece 0.2.3 (for a small map of characters).
Only characters that Unicode 9 has are used, so that no table's version matters. Training breaks ties at random, so the vocabularies of
two runs differ.
"""

import argparse
import base64
import io
import itertools
import json
import os
import random
import resource
import tempfile

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

MARK = "\u2581"

TEXTS = [
    "", " ", "a", "Hello, world!", "  two  spaces ", "It's HE'S they'll don't", "a1 22 333 4444-55555", "x\ty\nz\r\n\n w",
    "caf\u00e9 cafe\u0301 \u00c5\u212b A\u030a \u1e9b\u0323", "\u4e2d\u6587ab \u6587\u4e2d", "...!? (a) [b] a.b,c;d", "foo_bar __x FooBar ABC",
    MARK + "a " + MARK + MARK + "b" + MARK, "\u00b2\u00bd \u2163 \u0661\u0662 \ufb01", "\u03a3\u03a3 \u0130I \u00df STRASSE", "\u00a0a\u3000b\u2003c\u2028d",
    "<a> <b><c> x<d>y", "a<a>b <a>  <b> <c>.<d>", "hello HELLO hellohello", "low lower lowest newest newer", "\U0001f600 \u2764\ufe0f \ufffd\u0001\u00ad\u200b.",
    "a-b--c a - b", "0123456789012", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0928\u092e\u0938\u094d\u0924\u0947", "aaaaaaaa bbbb abababab", "n't do not . , ! ?'s ' x",
    "nul\u0000nul", "The Cat sat on the mat", "\u3053\u3093 \u30ab\u30ca \uff76\uff9e \uac00\u1100\u1161", "x<e>y <f> <g><h>",
]
LEFT_OUT = set("\0z\u0928\u0e2a\U0001f600\u2163;w")  # characters that no vocabulary knows


def corpus(chance):
    texts = ["".join(c for c in t if c not in LEFT_OUT) for t in TEXTS]
    return texts + ["low lower lowest newest newer hello the cat sat on the mat can't"] * 3 + [chance.choice(texts)]


# ---- a small map of characters ----

RULES = {"\ufb01": "fi", "\u00c5": "A\u030a", "A": "a", "B": "b", "\u00a0": " ", "\u3000": " ", "\u0001": "", "\u00ad": "", "\u00b2": "2", "\u00bd": "1/2", "e\u0301": "\u00e9",
         "\u00df": "ss", "\uff76\uff9e": "\u30ac", "ab": "AB"}


def charsmap():
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as tsv:
        for source, target in RULES.items():
            tsv.write(" ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target) + "\n")
        tsv.flush()
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(["a b c d e f g h"] * 20), model_writer=model, vocab_size=14,
                                                 normalization_rule_tsv=tsv.name, hard_vocab_limit=False, minloglevel=2)
    data = model.getvalue()
    # NormalizerSpec (field 3) holds the map as its field 2; the wire format is length-delimited.
    at = 0
    while True:
        key, at = varint(data, at)
        length, at = varint(data, at)
        if key == 3 << 3 | 2:
            return field_two(data[at:at + length])
        at += length


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at += 1
        shift += 7
        if byte < 128:
            return value, at


def field_two(data):
    at = 0
    while True:
        key, at = varint(data, at)
        length, at = varint(data, at)
        if key == 2 << 3 | 2:
            return data[at:at + length]
        if key & 7 == 2:
            at += length


# ---- components ----

BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
SPLITS = [" ", Regex(r"\d+"), Regex(r"[A-Z]"), Regex(r"\s+"), Regex(r"(?i)'s|'t|'ll"), Regex(r"\b"), Regex(r"(?=\d)"), Regex(r"[^\s\w]"),
          Regex(r"\p{N}{1,3}"), Regex(r"[\p{L}&&[^A-Z]]+"), Regex(r"(?<=[a-z])(?=[A-Z])"), Regex(r"a|ab|abab"), Regex(r".$|^."),
          Regex(r"\p{Han}"), Regex(r"[[:punct:]]+"), Regex(r"(?m:a.)"), Regex(r"x*"), "ab"]
GPT4 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
        r"|\s+(?!\S)|\s+")


def all_normalizers(precompiled):
    N = normalizers
    bert = [N.BertNormalizer(clean_text=c, handle_chinese_chars=h, strip_accents=s, lowercase=l)
            for c, h, s, l in [(True, True, None, True), (True, False, None, False), (False, True, True, False), (False, False, False, True)]]
    return [N.NFC(), N.NFD(), N.NFKC(), N.NFKD(), N.Lowercase(), N.Strip(True, False), N.Strip(False, True), N.Strip(), N.StripAccents(),
            N.Sequence([N.NFD(), N.StripAccents(), N.Lowercase()]), *bert, N.Replace("a", "bb"), N.Replace("  ", " "), N.Replace(Regex(r"\s+"), " "),
            N.Replace(Regex(r"``|''|'"), '"'), N.Replace(Regex(r"\d"), "0"), N.Replace(Regex(r"(?i)l(?=l)"), "\u00e9"), N.Replace(" ", MARK),
            N.Replace(Regex(r"x*"), "-"), N.Replace(Regex(r"(?<=a)b|^\s"), ""), N.Prepend(MARK), N.Prepend("ab"), N.Nmt(), N.ByteLevel(),
            N.Sequence([N.Prepend(MARK), N.Replace(" ", MARK)]), N.Sequence([N.Strip(False, True), N.Replace(Regex(" {2,}"), MARK)]),
            N.Sequence([N.Sequence([N.NFKC(), N.Lowercase()]), N.Sequence([N.Replace("o", "0")])]), N.Precompiled(precompiled),
            N.Sequence([N.Precompiled(precompiled), N.Replace(Regex(" {2,}"), " ")])]


def all_pre_tokenizers():
    P = pre_tokenizers
    for pattern in SPLITS:
        for behavior in BEHAVIORS:
            for invert in (False, True):
                yield P.Split(pattern, behavior, invert)
    yield from [P.Whitespace(), P.WhitespaceSplit(), P.BertPreTokenizer(), P.CharDelimiterSplit("-"), P.CharDelimiterSplit(" "), P.CharDelimiterSplit("\u00e9"),
                P.Digits(True), P.Digits(False), P.FixedLength(3), *(P.Punctuation(b) for b in BEHAVIORS)]
    for scheme, split, mark in itertools.product(("always", "first", "never"), (True, False), (MARK, "_")):
        yield P.Metaspace(mark, scheme, split)
    for prefix, regex in itertools.product((True, False), repeat=2):
        yield P.ByteLevel(add_prefix_space=prefix, use_regex=regex)
    for prefix in (True, False):
        yield P.Sequence([P.Split(Regex(GPT4), "isolated"), P.ByteLevel(add_prefix_space=prefix, use_regex=False)])
        yield P.Sequence([P.Digits(True), P.ByteLevel(add_prefix_space=prefix)])
        yield P.Sequence([P.ByteLevel(add_prefix_space=prefix), P.Digits(False), P.Split(Regex("[0-9][0-9][0-9]"), "isolated")])
        yield P.Sequence([P.Punctuation("contiguous"), P.ByteLevel(add_prefix_space=prefix), P.Digits(False)])
        yield P.Sequence([P.ByteLevel(add_prefix_space=prefix), P.Metaspace("_", "first")])  # of spelled bytes, none is a space
    yield P.Sequence([P.WhitespaceSplit(), P.Metaspace(MARK, "always")])
    yield P.Sequence([P.WhitespaceSplit(), P.Metaspace(MARK, "first")])
    yield P.Sequence([P.Metaspace(MARK, "first", False), P.Digits(True), P.Punctuation("isolated")])
    yield P.Sequence([P.Split(" ", "merged_with_next"), P.Sequence([P.Digits(True), P.Split("l", "merged_with_previous")])])


def all_decoders():
    D = decoders
    yield from [None, D.ByteLevel(), D.WordPiece("##", True), D.WordPiece("##", False), D.ByteFallback(), D.Fuse(), D.BPEDecoder("</w>"),
                D.Strip("a", 1, 0), D.Strip(" ", 2, 1), D.Replace("a", "oo"), D.Sequence([D.ByteFallback(), D.Fuse()])]
    for scheme in ("always", "first", "never"):
        yield D.Metaspace(MARK, scheme)
    yield D.Sequence([D.Replace(MARK, " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)])
    yield D.Sequence([D.Replace(MARK, " "), D.ByteFallback(), D.Fuse()])
    yield D.Sequence([D.Replace("_", " "), D.Strip("l", 1, 1)])


FLAGS = ["lstrip", "rstrip", "single_word", "normalized", "special"]


def added_tokens(values, contents="abcdefgh"):
    """A token for each combination of flags."""
    return [AddedToken(f"<{name}>", **dict(zip(FLAGS, value))) for name, value in zip(contents, values)]


def all_post_processors():
    def template(single, **ids):
        return processors.TemplateProcessing(single=single, pair="$A $B", special_tokens=[(k.replace("_", "["), v) for k, v in ids.items()])
    ends = [("[CLS]", 1), ("[SEP]", 2)]
    yield processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="$A $B", special_tokens=ends)
    yield processors.TemplateProcessing(single="$A:0 [SEP]:1 [SEP]", pair="$A $B", special_tokens=ends)
    yield processors.TemplateProcessing(single="[CLS] [CLS] $0", pair="$A $B", special_tokens=ends)
    yield processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    yield processors.RobertaProcessing(("[SEP]", 2), ("[CLS]", 1), trim_offsets=True, add_prefix_space=True)
    yield processors.ByteLevel(trim_offsets=True)
    yield processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(
        single="[CLS] $A [SEP] [CLS]", pair="$A $B", special_tokens=ends)])


# ---- models ----

SPECIALS = ["[UNK]", "[CLS]", "[SEP]"]


def trained(tokenizer, trainer, chance):
    tokenizer.train_from_iterator(corpus(chance), trainer)
    return tokenizer.model


def word_level(chance, tokenizer):
    return lambda: trained(with_model(tokenizer, models.WordLevel(unk_token="[UNK]")),
                           trainers.WordLevelTrainer(vocab_size=34, special_tokens=SPECIALS, show_progress=False), chance)


def with_model(tokenizer, model):
    tokenizer.model = model
    return tokenizer


def bpe(chance, tokenizer, size=84, **options):
    suffix, prefix = options.get("end_of_word_suffix"), options.get("continuing_subword_prefix")
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIALS, show_progress=False, limit_alphabet=52,
                                  **({"end_of_word_suffix": suffix} if suffix else {}), **({"continuing_subword_prefix": prefix} if prefix else {}))
    model = trained(with_model(tokenizer, models.BPE(**{k: v for k, v in options.items() if k != "bytes"})), trainer, chance)
    state = json.loads(tokenizer.to_str())["model"]
    vocab = state["vocab"]
    for byte in options.get("bytes", []):
        vocab[f"<0x{byte:02X}>"] = len(vocab)
    merges = [tuple(m) for m in state["merges"]]
    return models.BPE(vocab, merges, **{k: v for k, v in options.items() if k != "bytes"})


def word_piece(chance, tokenizer, prefix="##", most=100):
    model = trained(with_model(tokenizer, models.WordPiece(unk_token="[UNK]")),
                    trainers.WordPieceTrainer(vocab_size=80, special_tokens=SPECIALS, show_progress=False, limit_alphabet=36,
                                              continuing_subword_prefix=prefix), chance)
    vocab = json.loads(tokenizer.to_str())["model"]["vocab"]
    return models.WordPiece(vocab, unk_token="[UNK]", continuing_subword_prefix=prefix, max_input_chars_per_word=most)


def unigram(chance, tokenizer, unknown=True, bytes=()):
    pieces = {}
    for text in corpus(chance):
        for word in text.replace(" ", " " + MARK).split(" "):
            for length in (1, 2, 3, 4):
                for start in range(len(word) - length + 1):
                    pieces[word[start:start + length]] = pieces.get(word[start:start + length], 0) + length
    best = sorted(pieces.items(), key=lambda p: (len(p[0]) > 1, -p[1], p[0]))[:40] + sorted(
        (p for p in pieces.items() if len(p[0]) > 1), key=lambda p: (-p[1], p[0]))[:30]
    vocab = [(t, 0.0) for t in SPECIALS] + [(t, -round(chance.uniform(1, 12), chance.choice([0, 1, 5]))) for t in dict(best)]
    vocab += [(f"<0x{byte:02X}>", 0.0) for byte in bytes]
    return models.Unigram(vocab, unk_id=0 if unknown else None, byte_fallback=bool(bytes))


def all_models(chance, tokenizer):
    every, some = range(256), [b for b in range(256) if b % 5]
    return {
        "word-level": word_level(chance, tokenizer),
        "bpe": lambda: bpe(chance, tokenizer, unk_token=None),
        "bpe-unk": lambda: bpe(chance, tokenizer, unk_token="[UNK]"),
        "bpe-fuse": lambda: bpe(chance, tokenizer, unk_token="[UNK]", fuse_unk=True),
        "bpe-ignore-merges": lambda: bpe(chance, tokenizer, unk_token="[UNK]", ignore_merges=True),
        "bpe-clip": lambda: bpe(chance, tokenizer, unk_token="[UNK]", end_of_word_suffix="</w>"),
        "bpe-prefix": lambda: bpe(chance, tokenizer, unk_token="[UNK]", continuing_subword_prefix="##"),
        "bpe-bytes": lambda: bpe(chance, tokenizer, unk_token="[UNK]", fuse_unk=True, byte_fallback=True, bytes=every),
        "bpe-some-bytes": lambda: bpe(chance, tokenizer, unk_token="[UNK]", fuse_unk=True, byte_fallback=True, bytes=some),
        "wordpiece": lambda: word_piece(chance, tokenizer),
        "wordpiece-short": lambda: word_piece(chance, tokenizer, "@", 5),
        "unigram": lambda: unigram(chance, tokenizer),
        "unigram-bytes": lambda: unigram(chance, tokenizer, bytes=every),
    }


# ---- cases ----

def case(tokenizer, text):
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    added = tokenizer.encode(text, add_special_tokens=True).ids
    line = {"text": text, "ids": ids}
    if added != ids:
        line["ids_added"] = added
    line["decoded"] = tokenizer.decode(ids, skip_special_tokens=False)
    return line


def random_text(chance, words):
    """Pieces of the texts, characters, tokens and spaces; most are short."""
    parts = []
    for _ in range(int(12 ** chance.random())):
        kind, text = chance.randrange(5), chance.choice(TEXTS)
        start = chance.randrange(len(text) + 1)
        part = [text[start:start + chance.randrange(1, 12)], chance.choice(text or "a"), chance.choice(words), chance.choice(words), chance.choice(" \t\n '-_<>aA1\u2581\u00e9")][kind]
        parts.append(part * chance.choice((1, 1, 1, 1, 2, 3)))
    return chance.choice(("", "", " ")).join(parts)


def random_lists(chance, tokenizer, count):
    """Ids at random, and what they decode to; also of those that decode to bytes of characters, several in a row."""
    size = tokenizer.get_vocab_size()
    for _ in range(count):
        first = chance.randrange(size)
        ids = [chance.choice((chance.randrange(size), min(first + chance.randrange(9), size - 1))) for _ in range(chance.randrange(9))]
        if all(tokenizer.id_to_token(i) is not None for i in ids):
            yield [ids, tokenizer.decode(ids, skip_special_tokens=False), tokenizer.decode(ids, skip_special_tokens=True)]


def is_known(description, tokenizer, line):
    """Whether rlx gives another text than `tokenizers` on purpose.

    Of bytes that are no text as a whole, the library shows a U+FFFD each; rlx shows the characters that are whole. The library shows an
    added token as its normalizer has it, and does not know it as special then; rlx leaves it out with the other special tokens.
    """
    ids, whole, _ = line
    normalized = {t["id"] for t in description["added_tokens"] if t["special"] and tokenizer.id_to_token(t["id"]) != t["content"]}
    return not normalized.isdisjoint(ids) or "\ufffd" in whole and "ByteFallback" in json.dumps(description["decoder"])


def record(name, chance, model="word-level", normalizer=None, pre_tokenizer=None, decoder=None, post=None, added=(), texts=10, only=None, mixed=0):
    tokenizer = Tokenizer(models.BPE())
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if pre_tokenizer is not None:
        tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.model = all_models(chance, tokenizer)[model]()
    if decoder is not None:
        tokenizer.decoder = decoder
    if post is not None:
        tokenizer.post_processor = post
    for token in added:
        (tokenizer.add_special_tokens if token.special else tokenizer.add_tokens)([token])
    description = smaller(json.loads(tokenizer.to_str()), keep=added or post is not None or chance.random() < 0.3)
    loaded = [Tokenizer.from_str(json.dumps(description)) for _ in range(4 if added else 1)]
    chosen = only if only is not None else chance.sample(TEXTS, texts)
    if mixed:
        words = [t for t in description["model"]["vocab"]] if isinstance(description["model"]["vocab"], dict) else [t for t, _ in description["model"]["vocab"]]
        words = [w for w in words if w and not w.startswith("<0x")] + [t.content for t in added] * 3
        chosen = chosen + [random_text(chance, words) for _ in range(mixed)]
    if only is None and chance.random() < 0.4:
        chosen.append(" ".join(chance.sample(TEXTS, 3)))
    cases = []
    for text in dict.fromkeys(chosen):
        try:
            line = case(loaded[0], text)
            if all(case(other, text) == line for other in loaded):  # of added tokens that normalize alike, any wins
                cases.append(line)
        except BaseException as problem:  # a text without ids, such as an unknown word where nothing is unknown
            if not any(word in f"{type(problem)} {problem}" for word in ("Missing", "unk", "Unk", "Panic")):
                raise
    files = {"tokenizer.json": description}
    line = {"name": name, "files": files, "cases": cases}
    if mixed:
        line["lists"] = [l for l in random_lists(chance, loaded[0], mixed // 2) if not is_known(description, loaded[0], l)]
    return line


def smaller(description, keep):
    """Without members that say nothing; the tokens of `SPECIALS` are found in text only with `keep`."""
    for key in ("truncation", "padding", "version"):
        description.pop(key)
    for key in ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "unk_token"):
        if description["model"].get(key, "") is None:
            description["model"].pop(key)
    if not keep:
        description["added_tokens"] = []
    return description


def everything(chance, precompiled):
    plain = pre_tokenizers.Whitespace()
    for i, n in enumerate(all_normalizers(precompiled)):
        yield record(f"normalizer {i}", chance, chance.choice(["bpe-unk", "bpe-fuse", "word-level"]), normalizer=n, pre_tokenizer=plain if i % 2 else None, texts=5)
    for i, p in enumerate(all_pre_tokenizers()):
        if i < 10 * len(SPLITS) and (i * 7 + i // 10) % 5:  # of splits, every pattern with two of ten options
            continue
        yield record(f"pre_tokenizer {i}", chance, "bpe" if "ByteLevel" in p.__getstate__().decode() else "word-level", pre_tokenizer=p, texts=4)
    for i, name in enumerate(all_models(chance, None)):
        meta = name.startswith("unigram") or "bytes" in name
        pre = pre_tokenizers.Metaspace() if meta else plain
        decoder = [decoders.WordPiece("##", True), decoders.BPEDecoder(), decoders.Sequence(
            [decoders.Replace(MARK, " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])][2 if meta else "clip" in name]
        yield record(f"model {name}", chance, name, pre_tokenizer=pre, decoder=decoder, texts=10)
        if "bytes" not in name and "word" not in name:
            yield record(f"model {name}, one piece", chance, name, texts=5)
    for i, d in enumerate(all_decoders()):
        level = "ByteLevel" in str(d)
        pre = pre_tokenizers.ByteLevel(add_prefix_space=False) if level else [plain, pre_tokenizers.Metaspace()][i % 2]
        yield record(f"decoder {i}", chance, ["bpe-unk", "wordpiece", "unigram"][i % 3] if not level else "bpe", pre_tokenizer=pre, decoder=d, texts=4)
    for i, p in enumerate(all_post_processors()):
        yield record(f"post_processor {i}", chance, "wordpiece", normalizer=normalizers.Lowercase(), pre_tokenizer=pre_tokenizers.BertPreTokenizer(), post=p, texts=3)
    values = list(itertools.product((False, True), repeat=5))
    for i in range(4):
        n = [None, normalizers.Lowercase(), normalizers.Prepend(MARK), normalizers.Replace(" ", MARK)][i]
        texts = [t for t in TEXTS if "<" in t] + ["<a>", " <A>  <B>b <c> <d> ", "x <e> \t <f>\n\n<g>_<h>1 <h>", MARK + "<a>" + MARK + "<b>"]
        yield record(f"added {i}", chance, "bpe-unk", normalizer=n, pre_tokenizer=plain, added=added_tokens(values[i::4]), only=texts)


def random_expression(chance):
    """Small expressions over the characters of the texts: sets, groups, repetitions, views ahead and back."""
    atoms = ["a", "b", "l", " ", "'", r"\d", r"\s", r"\S", r"\w", r"\W", r"\p{L}", r"\p{Lu}", r"\P{L}", r"\p{N}", r"\p{M}", r"[^\s\p{L}]", "[a-m]", "[A-Z]", r"[\r\n]",
             r"\p{P}", MARK, ".", r"\p{Hiragana}", "(?:ab|a)", "(?i:he)", r"[\p{L}\p{M}]"]
    repeats = ["", "", "", "+", "*", "?", "{2}", "{1,3}", "+?", "*?", "{0,2}", "{2,}"]
    ends = ["", "", "", "", "(?=a)", r"(?!\S)", "$", r"(?=\s)", r"\b", r"(?!\d)"]
    starts = ["", "", "", "", "", "^", r"(?<=a)", r"(?<!\s)", r"\b"]
    parts = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        body = "".join(chance.choice(atoms) + chance.choice(repeats) for _ in range(chance.randrange(1, 4)))
        parts.append(chance.choice(starts) + body + chance.choice(ends))
    return "|".join(parts)


def matches_nothing(expression):
    """Whether it matches between characters; later steps of `tokenizers` do not see what is put at the front of a text there."""
    replace = normalizers.Replace(Regex(expression), "-")
    return any(len(replace.normalize_str(t)) > len(t) for t in TEXTS)


def random_normalizer(chance, pool):
    kind = chance.random()
    if kind < 0.15:
        expression = random_expression(chance)
        while matches_nothing(expression):
            expression = random_expression(chance)
        return normalizers.Replace(Regex(expression), chance.choice(("", "-", " ", MARK, "xy")))
    if kind < 0.2:
        return normalizers.Replace(chance.choice(("a", "ab", " ", "l", "  ", "e\u0301", "aa")), chance.choice(("", "a", " ", MARK, "aa", "\u0301")))
    return chance.choice(pool)


def random_pre_tokenizer(chance, pool):
    if chance.random() < 0.25:
        return pre_tokenizers.Split(Regex(random_expression(chance)), chance.choice(BEHAVIORS), chance.random() < 0.2)
    return chance.choice(pool)


def random_decoder(chance):
    pool = list(all_decoders())[1:]
    if chance.random() < 0.3:
        return decoders.Sequence([chance.choice(pool) for _ in range(chance.randrange(2, 5))])
    return chance.choice(pool)


def several(chance, make, sequence):
    """One of what `make` makes, or a sequence of up to four in which at most one spells bytes."""
    made = [make() for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4)))]
    level = [m for m in made if "ByteLevel" in str(m)]
    made = [m for m in made if m not in level[1:]]
    return made[0] if len(made) == 1 else sequence(made)


def random_one(i, chance, precompiled, mixed):
    def maybe(probability, make):
        return make() if chance.random() < probability else None
    pools = all_normalizers(precompiled), list(all_pre_tokenizers())
    normalizer = maybe(0.6, lambda: several(chance, lambda: random_normalizer(chance, pools[0]), normalizers.Sequence))
    pre = maybe(0.9, lambda: several(chance, lambda: random_pre_tokenizer(chance, pools[1]), pre_tokenizers.Sequence))
    if "ByteLevel" in str(normalizer) and "ByteLevel" in str(pre):
        normalizer = None
    if "first" in str(pre) and "Sequence" in str(pre) and normalizer is not None:
        normalizer = normalizers.NFC()  # every piece of what the text's first character became is a first one to the library
    level = "ByteLevel" in str(pre) + str(normalizer)
    names = [n for n in all_models(chance, None) if not level or "bytes" not in n]
    model = "bpe" if level and chance.random() < 0.8 else chance.choice(names)
    values = [tuple(chance.random() < 0.3 for _ in FLAGS) for _ in range(8)]
    added = added_tokens(values) if chance.random() < 0.5 else []
    if added and chance.random() < 0.5:
        added += [AddedToken(t, **{f: chance.random() < 0.3 for f in FLAGS}) for t in ("<a><b>", " ", "\n", "el", "HE", "b <c")]
    if normalizer is not None:  # what is normalized to nothing is found everywhere
        added = [t for t in added if not t.normalized or normalizer.normalize_str(t.content) and "ByteLevel" not in str(normalizer)]
        normal = [normalizer.normalize_str(t.content) if t.normalized else t.content for t in added]
        added = [t for t, n in zip(added, normal) if normal.count(n) == 1]  # of those that normalize alike, any wins
    decoder = decoders.ByteLevel() if level and chance.random() < 0.7 else maybe(0.8, lambda: random_decoder(chance))
    post = maybe(0.3, lambda: chance.choice(list(all_post_processors())))
    return record(f"random {i}", chance, model, normalizer, pre, decoder, post, added, texts=20, mixed=mixed)


def limited(make):
    """The line that `make` returns, made by a process that may not take much memory or time: training can."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        line = ""
        try:
            line = json.dumps(make(), separators=(",", ":"))
        finally:  # training fails where a pipeline leaves nothing of the texts
            with open(writing, "w") as out:
                out.write(line)
            os._exit(0)
    os.close(writing)
    with open(reading) as received:
        line = received.read()
    os.waitpid(child, 0)
    return line


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", type=int, default=0)
    arguments = parser.parse_args()
    precompiled = charsmap()
    if not arguments.random:
        for line in everything(random.Random(arguments.seed), precompiled):
            print(json.dumps(line, separators=(",", ":")))
    for i in range(arguments.random):
        chance = random.Random(arguments.seed << 32 | i)
        line = limited(lambda: random_one(i, chance, precompiled, arguments.texts))
        if line:
            print(line)


main()
