"""Hugging Face tokenizers on one thread, for comparison with perf_tokenize: MB/s of processor time, in
pieces of some 1000 characters, which it likes better than a long text.

    peer_tokenizers.py TOKENIZER.json[.gz] TEXT
"""

import gzip
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import tokenizers  # noqa: E402 (reads the environment)

PIECE = 1000

opener = gzip.open if sys.argv[1].endswith(".gz") else open
with opener(sys.argv[1], "rt", encoding="utf-8") as file:
    tokenizer = tokenizers.Tokenizer.from_str(file.read())
with open(sys.argv[2], encoding="utf-8", errors="replace") as file:
    text = file.read()
pieces = [text[at:at + PIECE] for at in range(0, len(text), PIECE)]
start = time.process_time()
for piece in pieces:
    tokenizer.encode(piece)
seconds = time.process_time() - start
print(f"{seconds:.4f} s, {len(text.encode()) * 1e-6 / seconds:.2f} MB/s")
