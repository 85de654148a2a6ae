"""Hugging Face tokenizers, or SentencePiece for a .model, on one thread, for comparison with perf_tokenize: MB/s
of processor time, the best of PASSES over each text, in pieces of some 1000 characters, which tokenizers likes
better than a long text.

    peer_tokenizers.py [--passes=N] TOKENIZER.json[.gz]|TOKENIZER.model TEXT...
"""

import gzip
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

PIECE = 1000


def encoder(path):
    if path.endswith(".model"):
        import sentencepiece

        return sentencepiece.SentencePieceProcessor(model_file=path).encode
    import tokenizers  # reads the environment

    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        return tokenizers.Tokenizer.from_str(file.read()).encode


def seconds_of_pass(encode, pieces):
    start = time.process_time()
    for piece in pieces:
        encode(piece)
    return time.process_time() - start


def main(arguments):
    passes = 1
    if arguments and arguments[0].startswith("--passes="):
        passes = int(arguments.pop(0).removeprefix("--passes="))
    if len(arguments) < 2 or passes < 1:
        sys.exit(__doc__)
    encode = encoder(arguments[0])
    for path in arguments[1:]:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        pieces = [text[at:at + PIECE] for at in range(0, len(text), PIECE)]
        seconds = min(seconds_of_pass(encode, pieces) for _ in range(passes))
        print(f"{path}: {seconds:.4f} s, {len(text.encode()) * 1e-6 / seconds:.2f} MB/s", flush=True)


main(sys.argv[1:])
