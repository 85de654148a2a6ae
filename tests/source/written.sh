# The scripts of tests/source source this after tests/support/expect.sh. Folders that rlxc wrote with
# --emit=c, and programs made from them. A way to compile is COMPILER-LEVEL, as gcc-O3; gcc-native is
# for this very machine, gcc-threads with OpenMP too.
strict="-Wall -Wextra -Wpedantic -Wconversion -Werror"
ways="gcc-O0 gcc-O3 clang-O0 clang-O3"
# For models that take turns. A compiler takes three to ten times as long for -O3, so fewer have it.
ways_in_turn="gcc-O0 gcc-O3 clang-O1 gcc-O1 clang-O0 gcc-O0 clang-O3 clang-O1"
shared=${RLX_SHARED:-../shared}
export OMP_WAIT_POLICY=passive # threads that spin while they wait steal time from other tests

# have PROGRAM WHAT: whether it is there; WHAT is skipped by name where it is not.
have() {
    command -v "$1" > /dev/null && return
    echo "skipped: $2: no $1"
    return 1
}

# write MODEL OPTIONS...: the folder $work/folder.
write() {
    rm -rf "$work/folder"
    rlxc build --emit=c -q -o "$work/folder" "$@" && return
    fail "rlxc build --emit=c $*"
    return 1
}

# made COMPILER FLAGS [VARIABLE=VALUE...]: make in $work/folder; nothing may be printed on standard error.
# The runtime is the same in all folders, so that it is compiled once, by $runtime_compiler with $runtime_flags
# (default: COMPILER and FLAGS), in a run of the suite for all scripts. Then its objects are newer than the
# commands that make writes down, and make compiles the model alone.
made() {
    compiler=$1 flags=$2 runtime_by=${runtime_compiler:-$1}
    shift 2
    key=$(echo "$runtime_by ${runtime_flags:-$flags} $*" | sha256sum | cut -c 1-40)
    objects=${RLX_TEST_REUSE:-$work}/objects/$key
    (
        cd "$work/folder" && rm -rf build model || exit 1
        if [ ! -d "$objects" ]; then
            make CC="$runtime_by" CFLAGS="${runtime_flags:-$flags}" "$@" || exit 1
            mkdir -p "${objects%/*}" && made=$(mktemp -d "$objects.XXXXXX") &&
                cp -Rp build/runtime "$made/objects" && cp -Rp runtime "$made/sources" || exit 1
            mv -T "$made" "$objects" 2> /dev/null || rm -rf "$made" # another script was faster
        fi
        diff -r "$objects/sources" runtime && rm -rf build && mkdir build || exit 1
        make CC="$compiler" CFLAGS="$flags" "$@" build/commands || exit 1
        cp -Rp "$objects/objects" build/runtime || exit 1
        find build/runtime -name '*.o' -exec touch {} +
        make CC="$compiler" CFLAGS="$flags" "$@"
    ) > "$work/make" 2> "$work/warnings" && [ ! -s "$work/warnings" ] && return
    fail "$compiler $flags: make $* in the folder of $name"
    tail -n 3 "$work/make" | cat - "$work/warnings" | head -c 3000 | sed 's/^/    /'
    return 1
}

# compiled WAY: make with this compiler at this level, strictly.
compiled() {
    way_flags=-${1#*-}
    case $1 in
    *-native) way_flags="-O3 -march=native" ;;
    *-threads) way_flags="-O3 -march=native -fopenmp" ;;
    esac
    made "${1%-*}" "$way_flags $strict"
}

# checked ARGUMENTS...: check_program, whose lines are printed.
checked() {
    "$bin/../tests/check_program" "$@" || fail "$name: check_program $1 $2"
}

# paths_of FIXTURE: sets model, expected and name.
paths_of() {
    name=$1 model=$shared/golden/$1 expected=$shared/golden/$1/expected.safetensors
    case $1 in
    gguf/*-split-*) model=$model-00001-of-00003.gguf expected=$shared/golden/$1.expected.safetensors ;;
    gguf/*) model=$model.gguf expected=$shared/golden/$1.expected.safetensors ;;
    esac
}

# The fixtures of golden/ whose models become C, and one for each format of weights among them: kernels in C
# depend on the format, not on the family. Of the other families, those that differ most.
formats="gguf/qwen3-F32 gguf/llama-F16 gguf/qwen2-BF16 gguf/qwen3-Q8_0 gguf/llama-Q4_0 gguf/qwen2-Q4_1
    gguf/qwen3-Q5_0 gguf/llama-Q5_1 gguf/qwen3-kquants gguf/llama-iq"
fixtures="llama-f32 llama3-rope-bf16 llama-odd-f32 llama-sharded-f16 mistral-swa-f32 qwen2-f32 qwen2-bf16
    qwen3-f32 qwen3-bf16 $formats gguf/qwen2-split-Q8_0 gpt2-f32 olmo2-f32 gguf/gemma3-Q8_0 gemma4-moe-bf16
    gemma3n-text-bf16 gpt-oss-mxfp4 gguf/glm4-moe-Q8_0 gguf/llama4-Q8_0"
