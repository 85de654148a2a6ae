#!/bin/sh
# Runs everything: installs missing packages, builds with gcc and clang, with the newest and the
# oldest supported LLVM, runs all tests, and runs them again under the sanitizers. While tests run,
# the next build takes what processor time they leave.
set -eu
cd "$(dirname "$0")/.."
export RLX_SHARED="${RLX_SHARED:-$(cd .. && pwd)/shared}"
jobs=$(nproc)
mkdir -p build

# What LLVM or a C compiler made for a test is there for all tests that need the same
# (support/reuse_code.c, support/reuse_cc.sh), and so is what a driver made of a shader.
export RLX_TEST_REUSE="$PWD/build/reuse"
export RLX_TEST_CC="sh $PWD/tests/support/reuse_cc.sh cc"
rm -rf "$RLX_TEST_REUSE"
mkdir "$RLX_TEST_REUSE"
export MESA_SHADER_CACHE_DIR="$RLX_TEST_REUSE/shaders"

started=$(date +%s)
say() {
    printf '\n== %d s: %s\n' $(($(date +%s) - started)) "$*"
}

in_background= # the process, and its name
begin() {      # NAME COMMAND...: what it prints is in build/NAME.log
    in_background_name=$1
    shift
    "$@" >"build/$in_background_name.log" 2>&1 &
    in_background=$!
}

finish() { # waits for what `begin` began
    process=$in_background in_background=
    wait "$process" || {
        tail -n 60 "build/$in_background_name.log"
        echo "$in_background_name failed"
        exit 1
    }
    say "done: $in_background_name"
}
trap '[ -z "$in_background" ] || kill "$in_background" 2>/dev/null || :' EXIT

gently= # a prefix of commands that must not hinder others
build() { # PRESET TARGETS [cmake options]
    preset=$1 targets=$2
    shift 2
    $gently cmake --preset "$preset" "$@" &&
        $gently cmake --build --preset "$preset" --parallel "$jobs" --target $targets
}

# The compiler reads what is not built, for its warnings. (ninja -n would only show that cmake looks
# for new files first.)
read_others() { # PRESET
    cd "build/$1"
    ninja -t commands all | grep ' -c ' | while read -r command; do
        object=${command##* -o }
        [ -e "${object%% *}" ] || printf '%s -fsyntax-only\0' "${command% -o *} ${command##* -c }"
    done >others
    [ -s others ]
    xargs -0 -P "$jobs" -n 1 $gently sh -c <others
}

check() { # PRESET [ctest options]
    preset=$1
    shift
    say "test: $preset $*"
    ctest --test-dir "build/$preset" --output-on-failure --parallel "$jobs" --timeout 1800 "$@"
}

# Packages that only tests or later builds need are installed while the first build runs.
sh tests/setup.sh
say "build: release"
begin setup sh tests/setup.sh all
build release "all perf" -DRLX_WERROR=ON >build/release.log 2>&1 || {
    tail -n 60 build/release.log
    exit 1
}
finish

say "style and layers"
sh tests/layers.sh
find compiler targets runtime examples tests \( -name '*.c' -o -name '*.h' \) -print0 |
    xargs -0 -P "$jobs" -n 64 clang-format --dry-run --Werror

gently="nice -n 19"
begin asan build asan all
check release -E '^fuzz-' # what they break, sanitizers see
finish

# The thread sanitizer: only tests that share memory between threads are built and run. clang and
# LLVM 19: those of code generation; clang reads all other sources.
threads='pool pool_apart read_bandwidth tiles session session_rules session_batch session_draft
    session_stop stopped_prompts batches weights pack build_cache state_classes instance mixed_graph
    graph_walks vulkan_faults'
code="session golden_planned vulkan_faults
    $(cd tests/unit && ls test_cpu_*.c test_kernels*.c | sed 's/test_\(.*\)\.c/\1/')"
build_last() {
    build tsan "rlx-static $(printf 'test_%s ' $threads)" &&
        build clang "rlxc rlx rlx-static $(printf 'test_%s ' $code)" -DRLX_LLVM=19 &&
        read_others clang
}
begin tsan_clang build_last
check asan
finish
# Side by side, so that no processor waits for the last test of either.
begin tsan check tsan -R "unit-($(echo $threads | tr ' ' '|'))\$"
# Shaders are the same as those of the first build; of the kernels of another LLVM a few tell.
export RLX_TEST_FEW=1
export VK_DRIVER_FILES=/nowhere VK_ICD_FILENAMES=/nowhere
check clang -R "unit-($(echo $code | tr ' ' '|'))\$"
finish
