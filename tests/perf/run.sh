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
# Environment: PERF_BUILD, a folder that the programs are built in (build/release); PERF_TURNS=FILE,FILE
# where others use the machine (turn.h); PERF_LLAMA, which of the builds of llama.cpp stands for it.
set -eu
cd "$(dirname "$0")/../.."
shared="${RLX_SHARED:-../shared}"
build="${PERF_BUILD:-build/release}"
bin="$build/bin" tests="$build/tests"
peers=build/peers
openvino="$peers/openvino/bin/python tests/perf/engine_openvino.py"
turns="${PERF_TURNS:+--turns=$PERF_TURNS}"
table=build/perf/run.md log=build/perf/run.log
versus='' quick='' rounds=12 seconds=10 text_bytes=10000000
start_tokens=13,7932,15851,23770,31689,39608,47527,55446

while [ $# -gt 0 ]; do
    case "$1" in
    --versus) versus=yes ;;
    --quick) quick=--quick rounds=4 seconds=2 text_bytes=2000000 ;;
    -*) sed -n '2,17s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) break ;;
    esac
    shift
done

[ "$build" != build/release ] || cmake --preset release >/dev/null
cmake --build "$build" --target perf -- --quiet >&2
mkdir -p build/perf
[ -z "$versus" ] || sh tests/perf/peers.sh all

if [ $# = 0 ]; then
    base=build/perf/qwen3-0.6b
    [ -f "$base-f32.gguf" ] || "${PYTHON:-/usr/bin/python3}" "$shared/tools/random_gguf.py" dense \
        "$shared/tokenizers/vectors/ggml-vocab-qwen2.gguf" "$base-f32.gguf" >&2
    if [ -x "$peers/llama-gcc-openmp/bin/llama-quantize" ]; then
        sh tests/perf/peers.sh models "$base-f32.gguf"
        set -- "$base-q8_0.gguf" "$base-q4_0-pure.gguf" "$base-q4_0.gguf" "$base-q4_k_m.gguf" \
            "$base-q5_0.gguf" "$base-q5_1.gguf" "$base-bf16.gguf" "$base-f16.gguf"
        [ -z "$quick" ] || set -- "$base-q8_0.gguf" "$base-q4_0-pure.gguf" "$base-q4_k_m.gguf"
    else
        set -- "$base-f32.gguf:q8_0" "$base-f32.gguf:q4_0"
    fi
fi

# Functions in (parentheses) keep their variables to themselves.

# What a model's artifact is called, and which bars it has: FILE.gguf or FILE.gguf:QUANT.
name_of() {
    quant="${1#"${1%:*}"}"
    echo "$(basename "${1%:*}" .gguf)${quant:+-${quant#:}}"
}
kind_of() {
    case "$1" in
    *f32-q4_0*) echo "q4_0-pure${1##*q4_0}" ;;
    *) echo "$1" | sed -E 's/.*-(q8_0|q4_0|q5_0|q5_1|q4_k_m|bf16|f16)/\1/' ;;
    esac
}

# compile NAME MODEL [options of rlxc]: a whole process, and the phases that it reports; again when
# compiler or model are newer. The row is kept for the times when it is not.
compile() (
    name="$1" file="$2" out="build/perf/$1.rlx"
    shift 2
    if [ ! -s "build/perf/$name.row" ] || [ ! "$out" -nt "$bin/rlxc" ] || [ ! "$out" -nt "$file" ]; then
        cat "$file" >/dev/null
        rm -f "build/perf/$name.row"
        # shellcheck disable=SC2086
        if ! "$tests/perf_whole" --cold --rounds=1 --limit=120 $turns \
            "$name=$bin/rlxc build $file -v -o $out $*" >build/perf/compile.row 2>build/perf/compile.log
        then
            cat build/perf/compile.log >>$log
            echo "| $name | failed: $(grep -m1 error build/perf/compile.log || tail -n1 build/perf/compile.log) |"
            return
        fi
        awk -v bytes="$(wc -c <"$file")" '
            FILENAME ~ /row$/ && split($0, cell, "|") && cell[3] + 0 > 0 {
                seconds = cell[5] / 1e3; resident = cell[6] + 0
            }
            $1 == "code" { code = $2 + 0 }
            $1 == "weights" { weights = $2 + 0 }
            END { print seconds, resident, code, weights, (weights > 0 ? bytes / weights / 1e9 : 0) }' \
            build/perf/compile.row build/perf/compile.log >"build/perf/$name.row"
    fi
    read -r whole resident code weights rate <"build/perf/$name.row"
    kind="$(kind_of "$name")"
    printf '| %s | %.2f s | %.0f MB |%s %s s |%s %s s, %.2f GB/s |%s\n' "$name" "$whole" "$resident" \
        "$("$tests/perf_bar" "$kind" resident "$resident")" "$code" "$("$tests/perf_bar" "$kind" code "$code")" \
        "$weights" "$rate" "$("$tests/perf_bar" "$kind" packing "$rate")"
)

# The fastest of the builds of llama.cpp and of its settings, by format: FORMAT BUILD SETTING...; the
# last line is for all others. log.md has the figures.
llama_best='
q4_k_m gcc GLIBC_TUNABLES=glibc.malloc.hugetlb=1
* clang GLIBC_TUNABLES=glibc.malloc.hugetlb=1
'

# llama_for KIND: the command that starts it.
llama_for() {
    echo "$llama_best" | while read -r kind llama settings; do
        [ "$kind" = "$1" ] || [ "$kind" = '*' ] || continue
        llama="$peers/llama-${PERF_LLAMA:-$llama}/engine_llama"
        [ -x "$llama" ] || llama="$peers/llama-gcc-openmp/engine_llama"
        echo "env $settings $llama"
        break
    done
}

# harness TITLE NAME MODEL.gguf|- [options]: peers join where the file is what ours came from.
harness() (
    title="$1" name="$2" model="$3" artifact="build/perf/$2.rlx"
    shift 3
    [ -f "$artifact" ] || return 0
    linear=int8
    case "$name" in *bf16* | *-f16*) linear=bf16 ;; esac
    if [ -n "$versus" ] && [ "$model" != - ]; then
        set -- "$@" "--peer=llama.cpp=$(llama_for "$(kind_of "$name")") $model"
        [ -n "$quick" ] || [ $linear = bf16 ] || set -- "$@" "--peer=OpenVINO=$openvino $model"
    fi
    # shellcheck disable=SC2086
    "$tests/perf_harness" "$artifact" "--engine=$tests/engine_rlx $artifact" "--title=$title" \
        "--kind=$(kind_of "$name")" "--json=build/perf/samples-$name.json" --linear=$linear \
        --rounds=$rounds --seconds=$seconds $quick $turns "$@" 2>>$log ||
        printf '\n%s: the harness ended with %s; %s has the reason.\n' "$title" $? $log
)

compile_all() {
    printf '## Compile\n\n| process | to its end | resident | bar | code | bar | weights | bar |\n'
    printf '|---|---|---|---|---|---|---|---|\n'
    for model in "$@"; do
        name="$(name_of "$model")" file="${model%:*}"
        quant="${model#"${model%:*}"}"
        options="${quant:+--quant=${quant#:} --quant-head=${quant#:}}"
        # shellcheck disable=SC2086
        compile "$name" "$file" $options
        # shellcheck disable=SC2086
        case "$(kind_of "$name")" in
        q8_0 | q4_0-pure) compile "$name-avx2" "$file" --level=x86-64-v3 $options ;;
        esac
        # shellcheck disable=SC2086
        [ -n "$quick" ] || [ -z "$cache_q8" ] || [ "$(kind_of "$name")" != q8_0 ] ||
            compile "$name-kv-q8" "$file" --kv=q8 $options
    done
}

# All works for the first; what is special about their format for the others.
models_all() {
    printf '\n## Models\n'
    works=
    for model in "$@"; do
        name="$(name_of "$model")"
        [ "${model%:*}" = "$model" ] && peer="$model" || peer=-
        harness "$name" "$name" "$peer" ${works:+"$works"}
        works="--works=decode on 1 thread,decode,prefill 512"
        harness "$name, AVX2" "$name-avx2" - "--works=decode on 1 thread,decode"
        [ -n "$quick" ] || [ ! -f "build/perf/$name-kv-q8.rlx" ] ||
            harness "$name, 8-bit cache" "$name-kv-q8" - "--works=decode at 4096" \
                "--peer=16-bit cache=$tests/engine_rlx build/perf/$name.rlx"
    done
}

start_all() {
    file="${1%:*}" artifact="build/perf/$(name_of "$1").rlx"
    printf '\n## Start: exec to the first token after a prompt of 8\n\n'
    set -- "rlx=$bin/rlx run $artifact --tokens=$start_tokens -n 1 --temp 0 --ids"
    if [ -n "$versus" ]; then
        set -- "$@" "llama.cpp=$(llama_for start) $file start"
        [ -n "$quick" ] || set -- "$@" "OpenVINO=$openvino $file start"
    fi
    # shellcheck disable=SC2086
    "$tests/perf_whole" "--read=$artifact" --rounds=$rounds $turns "$@" 2>>$log || true
}

# The rate of a Q4_0 token, from the table so far.
sample_all() {
    printf '\n## Sampler\n\n'
    "$tests/perf_sample" >build/perf/sample.md
    cat build/perf/sample.md
    token=$(awk -F'|' '/^###/ { on = /q4_0/ && !/AVX2/ } on && $2 == " decode " { print 1e6 / $5; exit }' $table)
    [ -n "$token" ] || return 0
    share=$(awk -F'|' -v token="$token" '/top-k 40/ { print 100 * $4 / token; exit }' build/perf/sample.md)
    printf '\nOf a Q4_0 token (%.0f us), %s %%: |%s\n' "$token" "$share" "$("$tests/perf_bar" '' sampling "$share")"
}

# Documents, code, and the texts of the tokenizers' tests, again and again.
tokenize_all() {
    text=build/perf/text artifact="build/perf/$(name_of "$1").rlx"
    tokenizer="$shared/tokenizers/qwen3/tokenizer.json.gz" python="$peers/openvino/bin/python"
    printf '\n## Tokenizer\n\n'
    { git ls-files '*.md' '*.c' '*.h' '*.def' '*.sh' '*.py' | xargs cat
      cat "$shared"/tokenizers/*/*.jsonl "$shared"/*.md; } >$text.part 2>/dev/null || true
    for i in 1 2 3 4 5 6 7 8 9 10; do cat $text.part; done | head -c $text_bytes | iconv -c -f utf-8 -t utf-8 >$text || true
    ours=$("$tests/perf_tokenize" "$artifact" $text 5 | awk '{ print $3 }' | sort -n | sed -n 3p)
    printf '| | MB/s of one core |\n|---|---|\n| rlx | %s |\n' "$ours"
    [ -n "$versus" ] && [ -f "$tokenizer" ] || return 0
    theirs=$("$python" tests/perf/peer_tokenizers.py "$tokenizer" $text 2>>$log | awk '{ print $3 }')
    ratio=$(awk "BEGIN { print $ours / ${theirs:-1e9} }")
    printf '| Hugging Face tokenizers | %s |\n\n%.1f ×: |%s\n' "${theirs:-failed}" "$ratio" \
        "$("$tests/perf_bar" '' tokenizing "$ratio")"
}

everything() {
    compile_all "$@"
    printf '\n## Limits\n\n'
    "$tests/perf_limits" "build/perf/$(name_of "$1").rlx" "$rounds" ${PERF_TURNS:+"$PERF_TURNS"}
    models_all "$@"
    start_all "$1"
    sample_all
    tokenize_all "$1"
}

{ # read whole before it runs: the shell would stumble over changes to this file
    : >$log
    cache_q8=$("$bin/rlxc" build --help | sed -n 's/.*--kv=TYPE.*q8.*/yes/p')
    everything "$@" | tee $table
    exit
}
