#!/usr/bin/env python3
"""Writes alphabet.safetensors, the weights of alphabet.hir. Needs nothing but Python:

    python3 examples/alphabet_weights.py examples/alphabet.safetensors
"""
import json
import struct
import sys

SIZE = 32


def half(value):
    return struct.pack('<e', value)


def hadamard(row, column):
    """Rows of 1 and -1; each is at a right angle to all others."""
    return -1.0 if bin(row & column).count('1') % 2 else 1.0


def noise(count, state=7):
    """Small numbers that do not repeat: a linear congruential generator."""
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        yield (state / 2**31 - 1) / 32


tensors = {
    'letters.weight': ([SIZE, SIZE], b''.join(half(hadamard(r, c)) for r in range(SIZE) for c in range(SIZE))),
    'norm.weight': ([SIZE], b''.join(half(0.0) for _ in range(SIZE))),
    'qkv.weight': ([SIZE, 3 * SIZE], b''.join(half(x) for x in noise(3 * SIZE * SIZE))),
    'out.weight': ([SIZE, SIZE], b''.join(half(x) for x in noise(SIZE * SIZE))),
}
header, at = {}, 0
for name, (shape, data) in tensors.items():
    header[name] = {'dtype': 'F16', 'shape': shape, 'data_offsets': [at, at + len(data)]}
    at += len(data)
text = json.dumps(header).encode()
text += b' ' * (-len(text) % 8)
with open(sys.argv[1], 'wb') as out:
    out.write(struct.pack('<Q', len(text)) + text + b''.join(data for _, data in tensors.values()))
