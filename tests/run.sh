#!/bin/sh
# Runs everything: installs missing packages, builds with gcc and clang, with the newest and the
# oldest supported LLVM, runs all tests, and runs them again under the sanitizers.
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

# The thread sanitizer: only tests that share memory between threads are built and run.
threads='pool pool_apart read_bandwidth tiles session session_rules session_batch session_draft
    session_stop stopped_prompts batches weights pack build_cache state_classes instance mixed_graph
    graph_walks'
build tsan "rlx-static $(printf 'test_%s ' $threads)"
check tsan -R "unit-($(echo $threads | tr ' ' '|'))\$"

build clang all -DRLX_LLVM=19
check clang -R 'unit-(cpu_.*|session|models|golden_planned)$'
