#!/usr/bin/env python3
"""How much memory the packer takes for a large model: a graph of many matrices whose file is sparse, so that it takes no disk.

    python3 tests/perf/pack_memory.py build/release/bin/rlxc [GIGABYTES] [OPTION...]

In: the compiler, the size of the weights (60 by default) and options of rlxc build, such as --quant=q8_0. Every eighth matrix is
stored [in, out] and transposed, every eighth is the alternating rows of one. The artifact goes to /dev/null by way of a
temporary file, for which $TMPDIR must have room. Out: seconds and peak of resident memory, of which mapped pages of the file are
a part; the exit status is 1 above 1 GB.
"""
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time

WIDTH, WIDE = 8192, 32768
PAIR_BYTES = 2 * WIDTH * WIDE * 2  # up and down, bf16


def write_weights(path, tensors):
    header, at = {}, 0
    for name, shape in tensors:
        size = shape[0] * shape[1] * 2
        header[name] = {'dtype': 'BF16', 'shape': shape, 'data_offsets': [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    with open(path, 'wb') as out:
        out.write(struct.pack('<Q', len(text)) + text)
        out.truncate(8 + len(text) + at)


class Graph:
    def __init__(self):
        self.lines, self.tensors = ['graph "large"', '  %1 = input i32 [ROWS] role=tokens "tokens"'], []

    def add(self, text):
        self.lines.append(f'  %{len(self.lines)} = {text}')
        return len(self.lines) - 1

    def weight(self, name, rows, columns):
        self.tensors.append((name, [rows, columns]))
        return self.add(f'weight bf16 [{rows}, {columns}] "{name}"')

    def product(self, x, name, rows, columns, turned, mixed):
        if turned:
            w = self.add(f'transpose %{self.weight(name, columns, rows)} bf16 [{rows}, {columns}]')
        elif mixed:
            w = self.weight(name, rows, columns)
            halves = [self.add(f'slice %{w} bf16 [{rows // 2}, {columns}] axis=0 start={i} step=2') for i in (0, 1)]
            w = self.add(f'concat %{halves[0]} %{halves[1]} bf16 [{rows}, {columns}]')
        else:
            w = self.weight(name, rows, columns)
        return self.add(f'matmul %{x} %{w} f32 [ROWS, {rows}]')


def main():
    rlxc, gigabytes = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 60
    graph = Graph()
    x = graph.add(f'embed %{graph.weight("embedding", 64, WIDTH)} %1 f32 [ROWS, {WIDTH}]')
    for i in range(max(1, round(gigabytes * 1e9 / PAIR_BYTES))):
        x = graph.product(x, f'up.{i}', WIDE, WIDTH, i % 8 == 1, i % 8 == 2)
        x = graph.product(x, f'down.{i}', WIDTH, WIDE, i % 8 == 3, i % 8 == 4)
    logits = graph.product(x, 'lm_head.weight', 64, WIDTH, False, False)
    with tempfile.TemporaryDirectory() as folder:
        write_weights(f'{folder}/w.safetensors', graph.tensors)
        with open(f'{folder}/large.hir', 'w') as out:
            out.write('\n'.join(graph.lines) + f'\n  output "logits" %{logits} role=logits\n')
        size = os.stat(f'{folder}/w.safetensors').st_size
        start = time.time()
        with open('/dev/null', 'wb') as nothing:
            subprocess.run([rlxc, 'build', f'{folder}/large.hir', f'--weights={folder}/w.safetensors', '--level=x86-64-v3',
                            '--variants=decode=1', '-q', '-o', '-'] + sys.argv[3:], stdout=nothing, check=True)
        seconds = time.time() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(f'{size / 1e9:.1f} GB of weights in {seconds:.0f} s, at most {peak / 1e6:.0f} MB of memory')
    return peak > 1e9


if __name__ == '__main__':
    sys.exit(main())
