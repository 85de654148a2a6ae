#!/bin/sh
# Everything: installs what is missing, builds with gcc and clang, with the newest LLVM and the oldest that is supported, and runs all tests, then
# again under the sanitizers. About ten minutes on two cores.
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
    cmake --preset "$preset" "$@" >build.log 2>&1 || { cat build.log; rm -f build.log; exit 1; }
    rm -f build.log
    cmake --build --preset "$preset" --parallel "$jobs" 2>&1 | tail -n 3
    cmake --build --preset "$preset" >/dev/null
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
find compiler targets runtime examples tests \( -name '*.c' -o -name '*.h' \) -not -path '*/build/*' | xargs grep -L 'clang-format off' |
    xargs clang-format --dry-run --Werror

build release -DRLX_WERROR=ON
check release

build asan
check asan

build tsan
check tsan -R 'unit-(pool|session|pack)'

build clang -DRLX_LLVM=19
check clang -R 'unit-(cpu|session|golden)'
