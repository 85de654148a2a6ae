#!/bin/sh
# Everything: installs what is missing, builds with gcc and clang, with the newest LLVM and the
# oldest that is supported, and runs all tests, then again under the sanitizers. About twelve minutes
# on two cores.
set -eu
cd "$(dirname "$0")/.."
export RLX_SHARED="${RLX_SHARED:-$(cd .. && pwd)/shared}"
jobs=$(nproc)

say() {
    printf '\n== %s\n' "$*"
}

build() { # PRESET TARGETS [cmake options]
    preset=$1 targets=$2
    shift 2
    say "build: $preset $*"
    mkdir -p build
    log=build/$preset.log
    {
        cmake --preset "$preset" "$@" &&
            cmake --build --preset "$preset" --parallel "$jobs" --target $targets
    } >"$log" 2>&1 || {
        tail -n 60 "$log"
        exit 1
    }
}

check() { # PRESET [ctest options]
    preset=$1
    shift
    say "test: $preset $*"
    ctest --test-dir "build/$preset" --output-on-failure --parallel "$jobs" --timeout 540 "$@"
}

sh tests/setup.sh all

say "style and layers"
sh tests/layers.sh
find compiler targets runtime examples tests \( -name '*.c' -o -name '*.h' \) \
    -exec clang-format --dry-run --Werror {} +

build release "all perf" -DRLX_WERROR=ON
check release

build asan all
check asan

# Threads: what shares memory with others, and only these tests are built.
threads='pool pool_apart reading tiles session session_rules session_batch session_draft
    session_stop stopped_prompts batches weights pack cache'
build tsan "rlx-static $(printf 'test_%s ' $threads)"
check tsan -R "unit-($(echo $threads | tr ' ' '|'))\$"

build clang all -DRLX_LLVM=19
check clang -R 'unit-(cpu_.*|session|models|golden_planned)$'
