#!/bin/sh
# Benchmarks, as Markdown tables on standard output; raw samples as JSON in build/perf. README.md
# says what is measured and how to read it.
#
#     sh tests/perf/run.sh [--versus] [--quick] [MODEL.gguf ...]
#
#   --versus   beside other engines (peers.sh builds them first: a quarter of an hour, once)
#   --quick    fewer rounds, no long contexts
#
# Without models: one with the shape of Qwen3-0.6B and random weights is made (2.4 GB in build/perf;
# needs python3 with numpy and the folder that RLX_SHARED names), and from it, where peers are built,
# the usual formats; else Q8_0 and Q4_0 by rlxc itself.
#
# Environment: PERF_TURNS=FILE,FILE where others use the machine (turn.h); PERF_LLAMA, which of the
# builds of llama.cpp stands for it.
set -eu
cd "$(dirname "$0")/../.."
shared="${RLX_SHARED:-../shared}"
bin=build/release/bin
tests=build/release/tests
peers=build/peers
llama="$peers/llama-${PERF_LLAMA:-clang}/engine_llama"
[ -x "$llama" ] || llama="$peers/llama-gcc-openmp/engine_llama"
openvino="$peers/openvino/bin/python tests/perf/engine_openvino.py"
turns="${PERF_TURNS:+--turns=$PERF_TURNS}"
versus='' quick='' rounds=12 seconds=10
start_tokens=13,7932,15851,23770,31689,39608,47527,55446

while [ $# -gt 0 ]; do
    case "$1" in
    --versus) versus=yes ;;
    --quick) quick=--quick rounds=4 seconds=2 ;;
    -*) sed -n '2,17s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) break ;;
    esac
    shift
done

cmake --preset release >/dev/null
cmake --build --preset release --target perf -- --quiet
mkdir -p build/perf
[ -z "$versus" ] || sh tests/perf/peers.sh all

if [ $# = 0 ]; then
    base=build/perf/qwen3-0.6b
    [ -f "$base-f32.gguf" ] || "${PYTHON:-/usr/bin/python3}" "$shared/tools/random_gguf.py" dense \
        "$shared/tokenizers/vectors/ggml-vocab-qwen2.gguf" "$base-f32.gguf" >&2
    if [ -x "$peers/llama-gcc-openmp/bin/llama-quantize" ]; then
        sh tests/perf/peers.sh models "$base-f32.gguf"
        set -- "$base-q8_0.gguf" "$base-q4_0-pure.gguf" "$base-q4_0.gguf" "$base-q4_k_m.gguf" \
            "$base-bf16.gguf" "$base-f16.gguf"
        [ -z "$quick" ] || set -- "$base-q8_0.gguf" "$base-q4_k_m.gguf"
    else
        set -- "$base-f32.gguf:q8_0" "$base-f32.gguf:q4_0"
    fi
fi

# harness TITLE ARTIFACT MODEL.gguf [options]: peers join where the file is what ours came from.
harness() {
    title="$1" artifact="$2" model="$3"
    shift 3
    linear=int8
    case "$artifact" in *bf16* | *-f16*) linear=bf16 ;; esac
    if [ -n "$versus" ] && [ "$model" != - ]; then
        set -- "$@" "--peer=llama.cpp=env GLIBC_TUNABLES=glibc.malloc.hugetlb=1 $llama $model"
        [ -n "$quick" ] || [ $linear = bf16 ] ||
            set -- "$@" "--peer=OpenVINO=$openvino $model"
    fi
    # shellcheck disable=SC2086
    "$tests/perf_harness" "$artifact" "--engine=$tests/engine_rlx $artifact" "--title=$title" \
        "--json=build/perf/samples-$(basename "$artifact" .rlx).json" --linear=$linear \
        --rounds=$rounds --seconds=$seconds $quick $turns "$@" 2>>build/perf/run.log
}

# compile OUT MODEL [options of rlxc]: a whole process, and the phases that it reports.
compile() {
    out="$1" model="$2"
    shift 2
    cat "$model" >/dev/null
    # shellcheck disable=SC2086
    "$tests/perf_whole" --rounds=1 $turns \
        "$(basename "$out" .rlx)=$bin/rlxc build $model -v -o $out $*" \
        >build/perf/compile.row 2>build/perf/compile.log
    awk -v bytes="$(wc -c <"$model")" '
        FILENAME ~ /row$/ && split($0, cell, "|") && cell[3] + 0 > 0 {
            row = cell[2] "|" cell[5] "|" cell[6]
        }
        $1 == "code" { code = $2 }
        $1 == "weights" { weights = $2 }
        END {
            rate = weights > 0 ? bytes / weights / 1e9 : 0
            printf "|%s| %s s | %s s, %.2f GB/s |\n", row, code, weights, rate
        }' build/perf/compile.row build/perf/compile.log
}

: >build/perf/run.log
echo "## Compile"
printf '| process | to its end | resident | code | weights |\n|---|---|---|---|---|\n'
for model in "$@"; do
    file="${model%:*}" quant="${model#"${model%:*}"}"
    out="build/perf/$(basename "$file" .gguf)${quant:+-${quant#:}}.rlx"
    compile "$out" "$file" ${quant:+--quant=${quant#:}}
    case "$out" in
    *q8_0.rlx | *q4_0-pure.rlx)
        compile "${out%.rlx}-avx2.rlx" "$file" --level=x86-64-v3 ${quant:+--quant=${quant#:}}
        ;;
    esac
done

printf '\n## Limits\n'
"$tests/perf_limits" "$out" "$rounds" ${PERF_TURNS:+"$PERF_TURNS"}

printf '\n## Models\n'
all=yes
for model in "$@"; do
    file="${model%:*}" quant="${model#"${model%:*}"}"
    name="$(basename "$file" .gguf)${quant:+-${quant#:}}"
    [ -z "$quant" ] && peer="$file" || peer=-
    if [ -n "$all" ]; then
        harness "$name" "build/perf/$name.rlx" "$peer"
        printf '\n'
        start="$file"
        set_start="build/perf/$name.rlx"
    else
        harness "$name" "build/perf/$name.rlx" "$peer" \
            "--works=decode on 1 thread,decode,prefill 512"
    fi
    all=
    if [ -f "build/perf/$name-avx2.rlx" ]; then
        harness "$name, AVX2" "build/perf/$name-avx2.rlx" - "--works=decode on 1 thread,decode"
    fi
done

printf '\n## Start: exec to the first token after a prompt of 8\n'
set -- "rlx=$bin/rlx run $set_start --tokens=$start_tokens -n 1 --ids"
if [ -n "$versus" ]; then
    set -- "$@" "llama.cpp=$llama $start start"
    [ -n "$quick" ] || set -- "$@" "OpenVINO=$openvino $start start"
fi
# shellcheck disable=SC2086
"$tests/perf_whole" "--read=$set_start" --rounds=$rounds $turns "$@" 2>>build/perf/run.log
