#!/usr/bin/env python3
"""Writes encoder.safetensors, the weights of encoder.hir. Needs nothing but Python:

    python3 examples/encoder_weights.py examples/encoder.safetensors
"""
import json
import struct
import sys

GOLDEN = 0.6180339887498949  # fractional parts of its multiples fill [0, 1) evenly


def values(count, width, first):
    return b''.join(struct.pack('<f', width * ((i + first) * GOLDEN % 1 - 0.5)) for i in range(count))


tensors = {
    'convolution.weight': ([32, 48], values(32 * 48, 0.5, 1)),
    'convolution.bias': ([32], values(32, 0.2, 7)),
    'classes.weight': ([8, 32], values(8 * 32, 0.7, 3)),
}
header, at = {}, 0
for name, (shape, data) in tensors.items():
    header[name] = {'dtype': 'F32', 'shape': shape, 'data_offsets': [at, at + len(data)]}
    at += len(data)
text = json.dumps(header).encode()
text += b' ' * (-len(text) % 8)
with open(sys.argv[1], 'wb') as out:
    out.write(struct.pack('<Q', len(text)) + text + b''.join(data for _, data in tensors.values()))
