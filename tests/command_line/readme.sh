#!/bin/sh
# README.md and examples/README.md are correct: their blocks run (tests/support/document.sh), and
# tests cover the claims that no block shows. Also checks the form of all documents. In: the folder
# of the programs.
. tests/support/expect.sh

answers=${RLX_SHARED:-$PWD/../shared}/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf
build=$(cd "$bin/.." && pwd)
sanitized=
if grep -q '^RLX_SANITIZE:[A-Z]*=.' "$build/CMakeCache.txt"; then
    sanitized=yes
    echo "skipped: installed programs, and the program in C: this build has sanitizers"
else
    cmake --install "$build" --prefix "$work/prefix" > "$work/log" 2>&1 || fail "cmake --install: $(cat "$work/log")"
    bin=$work/prefix/bin
    library=$(dirname "$(find "$work/prefix" -name librlx.so)")
    export PKG_CONFIG_PATH="$library/pkgconfig" LD_LIBRARY_PATH="$library"
fi
. tests/support/document.sh

# Commands of `sh` blocks that this test cannot run, each with its substitute.
not_here() {
    case $1 in
    'sh tests/setup.sh') ;;                # installs packages: tests/run.sh begins with it
    'cmake --preset release && '*) ;;      # takes minutes: this test runs what it built
    'sudo cmake --install '*) ;;           # above: into $work/prefix
    *SmolLM2* | './smol '*) [ ! -f "$answers" ] ;; # a GGUF file of that model stands in for it
    *) return 1 ;;
    esac
}

ln -s "$PWD/examples" "$work/examples"
[ -f "$answers" ] && ln -s "$answers" "$work/SmolLM2-135M-Instruct"
[ -f "$answers" ] || echo "skipped: the answers of SmolLM2: $answers is not there"
run_document README.md

# The program in C, with the library from pkg-config.
if [ -z "$sanitized" ]; then
    run "$(sed -n 's/^`\(cc story.c [^`]*\)`.*/\1/p' README.md)" ''
    run ./story ''
    equal "story.c prints" "$(cat "$printed/found")" "$(sed -n '/^Once upon a time/p' README.md)"
    run_document examples/README.md
fi

# Control tokens: in a message the bytes of one are text, in plain text it is one token.
prompt_tokens() { rlx run "$work/stories.rlx" "$@" -n 0 --json | sed 's/.*"prompt_tokens": \([0-9]*\).*/\1/'; }
equal "a control token in plain text" "$(prompt_tokens --raw '<|im_end|>')" 1
[ "$(prompt_tokens '<|im_end|>')" -gt "$(($(prompt_tokens x) + 3))" ] || fail "a message ended its turn"

# It starts in milliseconds.
rlx run "$work/stories.rlx" x -n 1 -v > "$printed/out" 2> "$printed/err"
grep -q '^opened in [0-9]\{1,2\}\.[0-9] ms' "$printed/err" || fail "opening took: $(cat "$printed/err")"

# The columns of `rlxc plan`.
expect 0 'weights *cache *integer.*scratch' rlxc plan "$model"

# One file is the whole program.
expect 0 '' rlxc build "$model" -q --emit=exe -o "$work/alone"
(cd / && env -i "$work/alone" "Tell me a story." -n 5 --temp 0 -q) > "$printed/out" 2>&1 || fail "alone: status $?"
grep -q '^Once' "$printed/out" || fail "alone: $(cat "$printed/out")"
expect 0 'level x86-64-v3 of' rlxc inspect "$work/alone"
expect 0 'level x86-64-v4-vnni-bf16 of' rlxc inspect "$work/alone"

# The README names every type of tensor and every family.
for type in $(sed -n 's/^DTYPE(\([a-z0-9_]*\), .*, *[0-9]*, ".*/\1/p' compiler/base/dtype.def | grep -v i32); do
    grep '^| tensors ' README.md | grep -qi "[ ,]$type[ ,]" || fail "README.md does not name tensors of $type"
done
for family in $(sed -n 's/^FAMILY(\([a-z]*\).*/\1/p' compiler/family/families.def); do
    grep '^| families ' README.md | grep -qi "$family" || fail "README.md does not name the family $family"
done

# A family is made of parts: what stands after the head of its file has at most 60 lines.
for family in $(sed -n 's/^FAMILY([a-z0-9_]*, *\([a-z0-9_]*\),.*/\1/p' compiler/family/families.def | sort -u); do
    home=$(grep -l "^void $family(" compiler/family/*.c) || fail "compiler/family does not define $family"
    lines=$(sed '1,/^#include/d' "$home" | wc -l)
    [ "$lines" -le 60 ] || fail "$home has $lines lines of code, more than 60: make parts of them"
done

# The form of documents: lines of at most 130 characters, 130 lines of README.md, 400 of the
# pages of the IR, 200 of the others but the log; links lead somewhere.
for document in $(find . -name '*.md' -not -path './build/*' | sort); do
    long=$(LC_ALL=C.UTF-8 grep -nE '.{131}' "$document" | cut -c 1-60)
    [ -z "$long" ] || fail "$document: longer than 130 characters: $long"
    case $document in
    ./README.md) most=130 ;;
    */HIR.md | */OPS.md | */PASSES.md | */LATE.md | */LIR.md | */KERNELS.md) most=400 ;;
    */log.md) most=100000 ;;
    *) most=200 ;;
    esac
    [ "$(wc -l < "$document")" -le $most ] || fail "$document: more than $most lines"
    for link in $(grep -o '](\([^)]*\))' "$document" | sed 's/](\(.*\))/\1/' | grep -v '^http'); do
        [ -e "$(dirname "$document")/${link%%#*}" ] || fail "$document: no such file: $link"
    done
done

finish readme
