#!/bin/sh
# Everything: installs what is missing, builds with gcc and clang, with the newest LLVM and the
# oldest that is supported, and runs all tests, then again under the sanitizers. About ten minutes
# on two cores.
set -eu
cd "$(dirname "$0")/.."
export RLX_SHARED="${RLX_SHARED:-$(cd .. && pwd)/shared}"
jobs=$(nproc)

say() {
    printf '\n== %s\n' "$*"
}

build() { # PRESET [cmake options]
    preset=$1
    shift
    say "build: $preset $*"
    mkdir -p build
    log=build/$preset.log
    {
        cmake --preset "$preset" "$@" && cmake --build --preset "$preset" --parallel "$jobs"
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
find common compiler targets runtime examples tests \( -name '*.c' -o -name '*.h' \) \
    -exec clang-format --dry-run --Werror {} +

build release -DRLX_WERROR=ON
say "build: benchmarks"
cmake --build --preset release --target perf >build/benchmarks.log 2>&1 || {
    tail -n 60 build/benchmarks.log
    exit 1
}
check release

build asan
check asan

build tsan
check tsan -R 'unit-(pool|reading|tiles|session|session_rules|session_batch|session_draft|session_stop|batches|weights|pack|cache)$'

build clang -DRLX_LLVM=19
check clang -R 'unit-(cpu_.*|session|models|golden_planned)$'
