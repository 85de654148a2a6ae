#!/bin/sh
# Benchmarks, as a Markdown table on standard output: this machine's limits, matrix kernels against
# them, and whole models of real size.
#
#     sh tests/perf/run.sh [MODEL.gguf ...]
#
# Without arguments a model with the shape of Qwen3-0.6B and random weights is made (2.4 GB in
# build/perf; needs python3 with numpy and the folder that RLX_SHARED names).
set -eu
cd "$(dirname "$0")/../.."
shared="${RLX_SHARED:-../shared}"
bin=build/release/bin

cmake --preset release >/dev/null
cmake --build --preset release --target perf -- --quiet
mkdir -p build/perf

if [ $# = 0 ]; then
    model=build/perf/qwen3-0.6b-f32.gguf
    [ -f "$model" ] || "${PYTHON:-/usr/bin/python3}" "$shared/tools/random_gguf.py" dense \
        "$shared/tokenizers/vectors/ggml-vocab-qwen2.gguf" "$model" >&2
    set -- "$model"
fi

echo "## Limits"
build/release/tests/perf_limits "$1"
for layout in q8_0_r16 q4_0_r16 bf16_r16 f32_r16; do
    printf '\n## Matrices, %s\n' "$layout"
    build/release/tests/perf_matmul "$layout" 512
done
for model in "$@"; do
    for quant in q8_0 q4_0; do
        out="build/perf/$(basename "$model" .gguf)-$quant.rlx"
        printf '\n## %s, %s\n' "$(basename "$model")" "$quant"
        cat "$model" >/dev/null
        "$bin/rlxc" build "$model" -v --quant=$quant -o "$out" 2>&1 | tail -n 1
        "$bin/rlx" run "$out" --tokens=1 -n 1 --ids -v 2>&1 | grep opened
        "$bin/rlx" bench "$out" -p 512 -n 64 -r 5
    done
done
