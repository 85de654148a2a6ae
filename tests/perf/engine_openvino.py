"""OpenVINO GenAI as an engine of the harness (child.h has the protocol). It has no interface in C
for GGUF files, so this is a child process in Python. What it reports are its own metrics.

    engine_openvino.py MODEL.gguf [start]

Every request runs a new random prompt, or its prefix cache would answer; but decoding after many
tokens takes the same prompt each time, and there the cache is welcome. It decodes one sequence at
a time with the number of threads that it was started with: all processors.
"""

import json
import os
import random
import sys
import time

import numpy
import openvino
import openvino_genai

path = sys.argv[1]
threads = len(os.sched_getaffinity(0))
settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
settings.update(json.loads(os.environ.get("ENGINE_SETTINGS", "{}")))
vocabulary = 150000
LONG = 1024
draw = random.Random(time.time_ns())


def pipeline():
    return openvino_genai.LLMPipeline(path, "CPU", **settings)


def generate(pipe, prompt, new):
    """The library's metrics of one generation."""
    tokens = random.Random(1) if prompt > LONG and new > 1 else draw
    ids = numpy.array([[tokens.randrange(vocabulary) for _ in range(prompt)]], dtype=numpy.int64)
    tokens = openvino_genai.TokenizedInputs(openvino.Tensor(ids),
                                            openvino.Tensor(numpy.ones_like(ids)))
    config = openvino_genai.GenerationConfig()
    config.max_new_tokens = new
    config.min_new_tokens = new
    config.ignore_eos = True
    config.do_sample = False
    config.apply_chat_template = False
    return pipe.generate(tokens, config).perf_metrics


def seconds(pipe, work, count, depth):
    """What the work alone took; None where there is no such work."""
    if work == "decode":
        return generate(pipe, max(depth, 1), count + 1).get_tpot().mean * 1e-3 * count
    if work == "prefill":
        return generate(pipe, count, 1).get_ttft().mean * 1e-3
    return None


def main():
    pipe = pipeline()
    if sys.argv[2:] == ["start"]:
        generate(pipe, 8, 1)
        print("first token", flush=True)
        os._exit(0)
    generate(pipe, 8, 2)
    print("ready", flush=True)
    for line in sys.stdin:
        work, wanted, a, b = line.split()
        took = seconds(pipe, work, int(a), int(b)) if int(wanted) == threads else None
        print("cannot do this" if took is None else f"seconds {took:.9f}", flush=True)


main()
