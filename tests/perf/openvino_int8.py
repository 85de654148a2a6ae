"""Speed of prompts in OpenVINO with int8 weights that have one scale per row, which its reader of GGUF files does not make: a graph of
Qwen3-0.6B's shape with random weights, built with its operators. It has no embedding and no cache of keys and values.

    openvino_int8.py REPETITIONS PRECISION,GROUP...      openvino_int8.py 5 bf16,128 f32,128

GROUP is DYNAMIC_QUANTIZATION_GROUP_SIZE, how many activations share a scale. Prints tokens per second of all forms, run in turns.
Beside it run `rlx bench -p 512 -n 0` of the same shape with --quant=i8_row. Environment: TOKENS (512), THREADS (all processors).
Needs openvino and numpy.
"""

import os
import sys
import time

import numpy
import openvino
from openvino import opset13 as op

HIDDEN, INNER, LAYERS, VOCABULARY = 1024, 3072, 28, 151936
HEADS, KV_HEADS, HEAD = 16, 8, 128
TOKENS = int(os.environ.get("TOKENS", "512"))
draw = numpy.random.default_rng(1)


def number(value):
    return op.constant(numpy.float32(value))


def places(*values):
    return op.constant(numpy.array(values, dtype=numpy.int64))


def linear(x, rows, columns):
    integers = draw.integers(-127, 128, (rows, columns), dtype=numpy.int8)
    scales = (draw.random((rows, 1), dtype=numpy.float32) + numpy.float32(0.5)) * numpy.float32(2.7e-4)
    weight = op.multiply(op.convert(op.constant(integers), numpy.float32), op.constant(scales))
    return op.matmul(x, weight, False, True)


def norm(x, width):
    mean = op.reduce_mean(op.power(x, number(2)), places(-1), True)
    inverse = op.divide(number(1), op.sqrt(op.add(mean, number(1e-6))))
    return op.multiply(op.multiply(x, inverse), op.constant(numpy.ones(width, numpy.float32)))


def heads(x, count):
    return op.transpose(op.reshape(x, places(0, 0, count, HEAD), True), places(0, 2, 1, 3))


def rope(x):
    angle = numpy.arange(TOKENS)[:, None] / 1e6 ** (numpy.arange(HEAD // 2) * 2 / HEAD)[None]
    cos, sin = (op.constant(numpy.concatenate([f(angle)] * 2, 1)[None, None].astype(numpy.float32)) for f in (numpy.cos, numpy.sin))
    first, second = op.variadic_split(x, op.constant(numpy.array(3)), places(HEAD // 2, HEAD // 2)).outputs()
    turned = op.concat([op.multiply(second, number(-1)), first], 3)
    return op.add(op.multiply(x, cos), op.multiply(turned, sin))


def repeated(x):
    """Keys or values, once for each head that reads them."""
    wide = op.broadcast(op.unsqueeze(x, places(2)), places(1, KV_HEADS, HEADS // KV_HEADS, TOKENS, HEAD))
    return op.reshape(wide, places(1, HEADS, TOKENS, HEAD), False)


def layer(x):
    h = norm(x, HIDDEN)
    q = rope(norm(heads(linear(h, HEADS * HEAD, HIDDEN), HEADS), HEAD))
    k = rope(norm(heads(linear(h, KV_HEADS * HEAD, HIDDEN), KV_HEADS), HEAD))
    v = heads(linear(h, KV_HEADS * HEAD, HIDDEN), KV_HEADS)
    mixed = op.transpose(op.scaled_dot_product_attention(q, repeated(k), repeated(v), causal=True), places(0, 2, 1, 3))
    x = op.add(x, linear(op.reshape(mixed, places(1, TOKENS, HEADS * HEAD), False), HIDDEN, HEADS * HEAD))
    h = norm(x, HIDDEN)
    gated = op.multiply(op.swish(linear(h, INNER, HIDDEN)), linear(h, INNER, HIDDEN))
    return op.add(x, linear(gated, HIDDEN, INNER))


def build():
    x = embedded = op.parameter([1, TOKENS, HIDDEN], numpy.float32)
    for _ in range(LAYERS):
        x = layer(x)
    last = op.slice(norm(x, HIDDEN), places(TOKENS - 1), places(TOKENS), places(1), places(1))
    return openvino.Model([linear(last, VOCABULARY, HIDDEN)], [embedded])


def main():
    threads = int(os.environ.get("THREADS", len(os.sched_getaffinity(0))))
    x = draw.standard_normal((1, TOKENS, HIDDEN)).astype(numpy.float32)
    core, requests = openvino.Core(), {}
    for form in sys.argv[2:]:
        precision, group = form.split(",")
        settings = {"INFERENCE_PRECISION_HINT": precision, "DYNAMIC_QUANTIZATION_GROUP_SIZE": group,
                    "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
        requests[form] = core.compile_model(build(), "CPU", settings).create_infer_request()
        requests[form].infer([x])
    seconds = {form: [] for form in requests}
    for _ in range(int(sys.argv[1])):
        for form, request in requests.items():
            start = time.perf_counter()
            request.infer([x])
            seconds[form].append(time.perf_counter() - start)
    for form, all_of_it in seconds.items():
        all_of_it.sort()
        print(f"{form}: {TOKENS / all_of_it[len(all_of_it) // 2]:.0f} tokens/s, best {TOKENS / all_of_it[0]:.0f}")


main()
