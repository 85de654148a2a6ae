#!/usr/bin/env python3
"""Records what weight expressions are worth: writes tests/weights/expressions.txt (standard output).

In: nothing. Out: forms of expressions in HIR, and for each type of the model's tensors and each type
that is packed the CRC-32 of the packed values as f32. numpy computes them from decoders and
quantizers of its own, written from the block formats of ggml (ggml-quants.c); the test
(tests/unit/test_expression.c) makes the same tensors from the same generator. Needs numpy:

    python3 tests/weights/record_expressions.py > tests/weights/expressions.txt
"""
import sys
import zlib

import numpy as np

ROWS, COLUMNS = 64, 512
BLOCK = {'f32': (1, 4), 'f16': (1, 2), 'bf16': (1, 2), 'q4_0': (32, 18), 'q4_1': (32, 20), 'q5_0': (32, 22), 'q5_1': (32, 24),
         'q8_0': (32, 34), 'q4_k': (256, 144), 'q5_k': (256, 176), 'q6_k': (256, 210)}
HALVES = {'q4_0': [0], 'q4_1': [0, 2], 'q5_0': [0], 'q5_1': [0, 2], 'q8_0': [0], 'q4_k': [0, 2], 'q5_k': [0, 2], 'q6_k': [208]}
ENCODED = ['f32', 'f16', 'bf16', 'q4_0', 'q4_1', 'q5_0', 'q5_1', 'q8_0']
f32 = np.float32


def generate(dtype, seed):
    """The bytes of a tensor [ROWS, COLUMNS]."""
    block, size = BLOCK[dtype]
    blocks = ROWS * COLUMNS // block
    count = blocks if block == 1 else blocks * size
    state, words = seed, np.empty(count, np.uint32)
    for i in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        words[i] = state >> 32
    if dtype == 'f32':
        return (words.astype(np.int32) / 2.0**31).astype(f32).view(np.uint8)
    if dtype == 'f16':
        return ((words >> 16 & 0x8fff) | 0x3000).astype(np.uint16).view(np.uint8)
    if dtype == 'bf16':
        return ((words >> 16 & 0x81ff) | 0x3e00).astype(np.uint16).view(np.uint8)
    data = (words >> 24).astype(np.uint8).reshape(blocks, size)
    for at in HALVES[dtype]:
        bits = (data[:, at].astype(np.uint16) | data[:, at + 1].astype(np.uint16) << 8) & 0x07ff | 0x2400
        data[:, at], data[:, at + 1] = bits & 255, bits >> 8
    return data.reshape(-1)


def half(data, at):
    return data[:, at:at + 2].copy().view(np.float16).astype(f32)


def nibbles(data):
    return np.concatenate([data & 15, data >> 4], axis=1)


def fifth(data):
    bits = data.copy().view(np.uint32)
    return (bits >> np.arange(32, dtype=np.uint32) & 1).astype(np.uint8) << 4


def six_bits(data):
    """Eight scales and eight minimums of a q4_k or q5_k block."""
    s, low = data[:, 4:16].astype(np.uint8), []
    for which in (0, 4):
        low.append(np.concatenate([s[:, which:which + 4] & 63,
                                   (s[:, 8:12] >> which & 15) | (s[:, which:which + 4] >> 6 << 4)], axis=1))
    return half(data, 0) * low[0].astype(f32), half(data, 2) * low[1].astype(f32)


def decode(dtype, data, shape):
    block, size = BLOCK[dtype]
    if dtype == 'f32':
        return data.view(f32).reshape(shape)
    if dtype == 'f16':
        return data.view(np.float16).astype(f32).reshape(shape)
    if dtype == 'bf16':
        return (data.view(np.uint16).astype(np.uint32) << 16).view(f32).reshape(shape)
    data = data.reshape(-1, size)
    if dtype == 'q8_0':
        out = data[:, 2:].view(np.int8).astype(f32) * half(data, 0)
    elif dtype == 'q4_0':
        out = (nibbles(data[:, 2:]).astype(f32) - f32(8)) * half(data, 0)
    elif dtype == 'q4_1':
        out = nibbles(data[:, 4:]).astype(f32) * half(data, 0) + half(data, 2)
    elif dtype == 'q5_0':
        out = ((nibbles(data[:, 6:]) | fifth(data[:, 2:6])).astype(f32) - f32(16)) * half(data, 0)
    elif dtype == 'q5_1':
        out = (nibbles(data[:, 8:]) | fifth(data[:, 4:8])).astype(f32) * half(data, 0) + half(data, 2)
    elif dtype == 'q6_k':
        low, high, scale = data[:, :128], data[:, 128:192], data[:, 192:208].view(np.int8)
        parts = []
        for n in range(2):
            ql, qh = low[:, 64 * n:64 * n + 64], high[:, 32 * n:32 * n + 32]
            for k in range(4):
                q = (ql[:, k % 2 * 32:k % 2 * 32 + 32] >> (k // 2 * 4) & 15) | (qh >> (2 * k) & 3) << 4
                parts.append(q)
        q = np.concatenate(parts, axis=1).astype(f32) - f32(32)
        d = (half(data, 208) * scale.astype(f32)).repeat(16, axis=1)
        out = d * q
    else:
        scale, minimum = six_bits(data)
        at, parts = (16 if dtype == 'q4_k' else 48), []
        for h in range(8):
            bytes_ = data[:, at + h // 2 * 32:at + h // 2 * 32 + 32]
            q = bytes_ >> (h % 2 * 4) & 15
            if dtype == 'q5_k':
                q = q | (data[:, 16:48] >> h & 1) << 4
            parts.append(q.astype(np.int32).astype(f32) * scale[:, h:h + 1] - minimum[:, h:h + 1])
        out = np.concatenate(parts, axis=1)
    return out.astype(f32).reshape(shape)


def as_half(x):
    return x.astype(np.float16).astype(f32)


def inverse(d):
    with np.errstate(divide='ignore'):
        return np.where(d == 0, f32(0), f32(1) / d).astype(f32)


def stored(dtype, values):
    """What the values are after they were encoded and decoded."""
    if dtype == 'f32':
        return values
    if dtype == 'f16':
        return as_half(values)
    if dtype == 'bf16':
        bits = values.view(np.uint32)
        return ((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000).astype(np.uint32).view(f32)
    x = values.reshape(-1, 32)
    if dtype == 'q8_0':
        d = np.abs(x).max(axis=1, keepdims=True) / f32(127)
        y = (x * inverse(d)).astype(np.float64)
        q = np.trunc(y + np.copysign(0.5, y)) # half away from zero
        return (q.astype(np.int32).astype(f32) * as_half(d)).reshape(values.shape)
    bits = int(dtype[1])
    top = f32(2**bits - 1)
    if dtype in ('q4_0', 'q5_0'):
        middle = f32(2**(bits - 1))
        d = np.take_along_axis(x, np.abs(x).argmax(axis=1)[:, None], 1) / -middle
        q = np.minimum(top, np.trunc(x * inverse(d) + (middle + f32(0.5))))
        return ((q.astype(np.int32).astype(f32) - middle) * as_half(d)).reshape(values.shape)
    low = x.min(axis=1, keepdims=True)
    d = (x.max(axis=1, keepdims=True) - low) / top
    q = np.minimum(top, np.trunc((x - low) * inverse(d) + f32(0.5)))
    return (q.astype(np.int32).astype(f32) * as_half(d) + as_half(low)).reshape(values.shape)


def interleave(a, b):
    parts = []
    for at in range(0, max(len(a), len(b)), 16):
        parts += [a[at:at + 16], b[at:at + 16]]
    return np.concatenate(parts)


# Name, lines of HIR after %1 (a) and %2 (b), and the same in numpy. TYPE is the tensors' type; PLAIN is f32 where that has
# blocks; SMALL is f32 where its blocks have 256 elements.
FORMS = [
    ('rows', ['slice %1 TYPE [16, 512] axis=0 start=5'], lambda a, b: a[5:21]),
    ('each third row', ['slice %1 TYPE [16, 512] axis=0 start=2 step=3'], lambda a, b: a[2:50:3]),
    ('columns', ['slice %1 TYPE [64, 256] axis=1 start=256'], lambda a, b: a[:, 256:]),
    ('cut columns', ['slice %1 PLAIN [64, 480] axis=1 start=7'], lambda a, b: a[:, 7:487]),
    ('each second column', ['slice %1 PLAIN [64, 256] axis=1 start=1 step=2'], lambda a, b: a[:, 1::2]),
    ('transpose', ['transpose %1 PLAIN [512, 64]'], lambda a, b: a.T),
    ('half rows', ['reshape %1 TYPE [128, 256]'], lambda a, b: a.reshape(128, 256)),
    ('double rows', ['reshape %1 TYPE [32, 1024]'], lambda a, b: a.reshape(32, 1024)),
    ('small rows', ['reshape %1 SMALL [1024, 32]'], lambda a, b: a.reshape(1024, 32)),
    ('stack', ['stack %1 %2 %1 TYPE [3, 64, 512]', 'reshape %3 TYPE [192, 512]'], lambda a, b: np.concatenate([a, b, a])),
    ('concat', ['concat %1 %2 TYPE [128, 512]'], lambda a, b: np.concatenate([a, b])),
    ('concat of columns', ['concat %1 %2 TYPE [64, 1024] axis=1'], lambda a, b: np.concatenate([a, b], axis=1)),
    ('concat inside', ['reshape %1 TYPE [4, 16, 512]', 'reshape %2 TYPE [4, 16, 512]', 'concat %3 %4 TYPE [4, 32, 512] axis=1',
                       'reshape %5 TYPE [128, 512]'],
     lambda a, b: np.concatenate([a.reshape(4, 16, 512), b.reshape(4, 16, 512)], axis=1).reshape(128, 512)),
    ('interleave', ['slice %1 TYPE [20, 512] axis=0 start=0', 'slice %2 TYPE [20, 512] axis=0 start=9',
                    'interleave %3 %4 TYPE [40, 512]'], lambda a, b: interleave(a[:20], b[9:29])),
    ('one more', ['number f32 [] value=1', 'add %1 %3 f32 [64, 512]'], lambda a, b: a + f32(1)),
    ('product', ['mul %1 %2 f32 [64, 512]'], lambda a, b: a * b),
    ('negative', ['neg %1 f32 [64, 512]'], lambda a, b: -a),
    ('scaled columns', ['slice %2 TYPE [1, 512] axis=0 start=3', 'reshape %3 TYPE [512]', 'mul %1 %4 f32 [64, 512]'],
     lambda a, b: a * b[3]),
    ('scaled rows', ['slice %2 PLAIN [64, 1] axis=1 start=40', 'mul %1 %3 f32 [64, 512]'], lambda a, b: a * b[:, 40:41]),
    ('outer', ['slice %1 PLAIN [64, 1] axis=1 start=2', 'slice %2 TYPE [1, 512] axis=0 start=1', 'sub %3 %4 f32 [64, 512]'],
     lambda a, b: a[:, 2:3] - b[1:2]),
    ('convolution', ['reshape %1 TYPE [64, 512]', 'reshape %3 PLAIN [64, 128, 4]', 'transpose %4 PLAIN [64, 4, 128]',
                     'reshape %5 PLAIN [64, 512]'], lambda a, b: a.reshape(64, 128, 4).transpose(0, 2, 1).reshape(64, 512)),
    ('turned halves', ['transpose %1 PLAIN [512, 64]', 'slice %3 PLAIN [256, 64] axis=0 start=0 step=2',
                       'slice %3 PLAIN [256, 64] axis=0 start=1 step=2', 'concat %4 %5 PLAIN [512, 64]'],
     lambda a, b: np.concatenate([a.T[::2], a.T[1::2]])),
    ('turned twice', ['add %1 %2 f32 [64, 512]', 'transpose %3 f32 [512, 64]', 'reshape %4 f32 [256, 128]',
                      'transpose %5 f32 [128, 256]'], lambda a, b: (a + b).T.reshape(256, 128).T),
    ('middle', ['reshape %1 TYPE [2, 32, 512]', 'slice %3 TYPE [2, 8, 512] axis=1 start=3 step=4', 'reshape %4 TYPE [16, 512]'],
     lambda a, b: a.reshape(2, 32, 512)[:, 3:32:4].reshape(16, 512)),
    ('packed inside', ['neg %1 f32 [64, 512]', 'pack %3 q8_0 [64, 512]', 'neg %2 f32 [64, 512]', 'pack %5 q8_0 [64, 512]',
                       'concat %4 %6 q8_0 [128, 512]'],
     lambda a, b: np.concatenate([stored('q8_0', -a), stored('q8_0', -b)])),
]


def last_type(lines, dtype):
    word = lines[-1].split('[')[0].split()[-1]
    block = BLOCK[dtype][0]
    return {'TYPE': dtype, 'PLAIN': dtype if block == 1 else 'f32', 'SMALL': dtype if block <= 32 else 'f32'}.get(word, word)


def main():
    print('# Made by record_expressions.py. A form: its name, its rows and columns, its lines of HIR; then for each type of the\n'
          "# model's tensors the types that are packed, each with the CRC-32 of the packed values as f32.")
    tensors = {t: [decode(t, generate(t, seed), (ROWS, COLUMNS)) for seed in (1, 2)] for t in BLOCK}
    for name, lines, compute in FORMS:
        shape = compute(*tensors['f32']).shape
        print(f'form {shape[0]} {shape[1]} {name}')
        for i, line in enumerate(lines):
            print(f'  %{i + 3} = {line}')
        for dtype in BLOCK:
            values = np.ascontiguousarray(compute(*tensors[dtype]).astype(f32))
            kept, found = last_type(lines, dtype), []
            for packed in ENCODED + ([kept] if kept not in ENCODED else []):
                if shape[1] % BLOCK[packed][0] == 0:
                    result = values if packed == kept else stored(packed, values)
                    found.append(f'{packed}={zlib.crc32(np.ascontiguousarray(result).tobytes()):08x}')
            print(f'{dtype}: {" ".join(found)}')


if __name__ == '__main__':
    sys.exit(main())
