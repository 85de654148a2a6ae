#!/bin/sh
# Builds what rlx is compared with, into build/peers, from packages that pip brings. On demand, and
# again whenever it is called: what is there already is kept.
#
#     sh tests/perf/peers.sh [llama | engines | openvino | models MODEL.gguf | all]
#
#   llama      llama.cpp for this machine, with gcc and clang, each with OpenMP and without; and the
#              program that measures it (engine_llama.c), linked with each of the four
#   engines    that program alone, where it is older than its source
#   openvino   OpenVINO GenAI, and Hugging Face tokenizers, in a virtual environment of their own
#   models     MODEL.gguf (F32) in other formats beside it, by llama.cpp's own tool
#
# Environment: PYTHON (python3), JOBS (all processors).
set -eu
cd "$(dirname "$0")/../.."
here=tests/perf
peers=build/peers
python="${PYTHON:-python3}"
jobs="${JOBS:-$(nproc)}"
package=llama_cpp_python
version=0.3.36
source="$peers/llama.cpp"

fetch_llama() {
    [ -f "$source/CMakeLists.txt" ] && return
    mkdir -p "$peers/download"
    archive="$peers/download/$package-$version.tar.gz"
    [ -f "$archive" ] || "$python" -m pip download --quiet --no-deps --no-binary :all: \
        --dest "$peers/download" "$package==$version" >&2
    tar -xzf "$archive" -C "$peers/download"
    mv "$peers/download/$package-$version/vendor/llama.cpp" "$source"
    rm -rf "$peers/download/$package-$version"
}

# One build: compiler, its C++ twin, OpenMP ON or OFF, targets.
build_llama() {
    c="$1" cxx="$2" openmp="$3" name="$1"
    [ "$openmp" = OFF ] || name="$name-openmp"
    shift 3
    cmake -G Ninja -S "$source" -B "$peers/llama-$name" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_C_COMPILER="$c" -DCMAKE_CXX_COMPILER="$cxx" -DBUILD_SHARED_LIBS=OFF \
        -DGGML_NATIVE=ON -DGGML_OPENMP="$openmp" -DGGML_CPU_REPACK=ON -DLLAMA_OPENSSL=OFF \
        -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=OFF \
        -DLLAMA_BUILD_TOOLS=ON -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF \
        >"$peers/llama-$name.log" 2>&1 || { tail -n 20 "$peers/llama-$name.log" >&2; return 1; }
    cmake --build "$peers/llama-$name" -j "$jobs" --target "$@" >>"$peers/llama-$name.log" 2>&1 || {
        tail -n 20 "$peers/llama-$name.log" >&2
        return 1
    }
    echo "$peers/llama-$name: built" >&2
}

# The measuring program, linked with one build.
link_engine() {
    build="$peers/llama-$1" c="$2" cxx="$3" openmp="$4"
    [ -f "$build/src/libllama.a" ] || return 0
    [ ! "$build/engine_llama" -nt "$here/engine_llama.c" ] || return 0
    "$c" -std=gnu11 -D_GNU_SOURCE -O2 -I. -I"$source/include" -I"$source/ggml/include" -c "$here/engine_llama.c" \
        -o "$build/engine_llama.o"
    "$c" -std=gnu11 -D_GNU_SOURCE -O2 -I. -c compiler/machine/limits.c -o "$build/limits.o"
    # shellcheck disable=SC2046
    "$cxx" -o "$build/engine_llama" "$build/engine_llama.o" "$build/limits.o" \
        "$build/src/libllama.a" "$build/ggml/src/libggml.a" "$build/ggml/src/libggml-cpu.a" \
        "$build/ggml/src/libggml-base.a" $([ "$openmp" = ON ] && echo -fopenmp) -lpthread -ldl -lm
    echo "$build/engine_llama: built" >&2
}

link_engines() {
    link_engine gcc-openmp gcc g++ ON
    link_engine gcc gcc g++ OFF
    link_engine clang-openmp clang clang++ ON
    link_engine clang clang clang++ OFF
}

build_all() {
    fetch_llama
    build_llama gcc g++ ON llama llama-quantize
    build_llama gcc g++ OFF llama
    if command -v clang++ >/dev/null; then
        build_llama clang clang++ ON llama
        build_llama clang clang++ OFF llama
    fi
    link_engines
    build_llama gcc g++ ON llama-bench # for whoever wants to check our program against theirs
}

build_openvino() {
    [ -d "$peers/openvino" ] || "$python" -m venv "$peers/openvino"
    "$peers/openvino/bin/python" -c 'import openvino_genai' 2>/dev/null ||
        "$peers/openvino/bin/pip" install --quiet openvino-genai >&2
    "$peers/openvino/bin/python" -c 'import tokenizers' 2>/dev/null ||
        "$peers/openvino/bin/pip" install --quiet tokenizers >&2
    echo "$peers/openvino: installed" >&2
}

# name of the result, llama.cpp's name of the type, its options
formats="q8_0:Q8_0: q4_0-pure:Q4_0:--pure q4_0:Q4_0: q4_k_m:Q4_K_M: q5_0:Q5_0:--pure q5_1:Q5_1:--pure bf16:BF16: f16:F16:"

make_models() {
    for format in $formats; do
        name=${format%%:*} rest=${format#*:}
        out="${1%-f32.gguf}-$name.gguf"
        [ -f "$out" ] && continue
        # shellcheck disable=SC2086
        "$peers/llama-gcc-openmp/bin/llama-quantize" ${rest#*:} "$1" "$out.part" "${rest%%:*}" \
            >"$peers/quantize.log" 2>&1 || { tail -n 20 "$peers/quantize.log" >&2; return 1; }
        mv "$out.part" "$out"
        echo "$out: made" >&2
    done
}

case "${1:-all}" in
llama) build_all ;;
engines) link_engines ;;
openvino) build_openvino ;;
models) make_models "$2" ;;
all) build_openvino; build_all ;;
*) sed -n '2,15s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
