"""Writes the weights of format-2.0.hir: made-up numbers. weights.py OUT.safetensors"""

import json
import struct
import sys

TENSORS = {  # shape, size of the largest value, what is added
    "front": ([32, 48], 0.4, 0),
    "embedding": ([24, 32], 1, 0),
    "taps": ([32, 4], 0.5, 0),
    "norm": ([32], 0.1, 1),
    "qkv": ([96, 32], 0.4, 0),
}

state = 12345


def number():
    """From -1 to 1."""
    global state
    state = (state * 1103515245 + 12345) & 0x7FFFFFFF
    return ((state >> 8) % 2001 - 1000) / 1000


header, data = {}, b""
for name, (shape, scale, center) in TENSORS.items():
    count = shape[0] * (shape[1] if len(shape) == 2 else 1)
    values = struct.pack(f"<{count}f", *[center + scale * number() for _ in range(count)])
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
    data += values
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<Q", len(text)) + text + data)
