#!/bin/sh
# rlxc on the command line: exit statuses, one-line complaints, help, and that nothing is left behind. Usage: rlxc.sh FOLDER_OF_PROGRAMS
set -u
rlxc=$1/rlxc
model=examples/stories-3m.Q8_0.gguf
work=$(mktemp -d)
trap 'rm -rf "$work" "$work.out" "$work.err"' EXIT
failures=0

fail() {
    echo "FAILED: $1"
    sed 's/^/    /' "$work.out" "$work.err"
    failures=$((failures + 1))
}

# expect STATUS PATTERN ARGUMENTS...: the exit status, and a pattern that stands in what was printed; no pattern: nothing is printed on stderr
expect() {
    status=$1 pattern=$2
    shift 2
    "$rlxc" "$@" > "$work.out" 2> "$work.err"
    found=$?
    if [ $found -ne "$status" ]; then
        fail "rlxc $*: expected status $status, found $found"
    elif [ -n "$pattern" ] && ! cat "$work.out" "$work.err" | grep -q -e "$pattern"; then
        fail "rlxc $*: expected a line with '$pattern'"
    elif [ -z "$pattern" ] && [ -s "$work.err" ]; then
        fail "rlxc $*: expected silence on standard error"
    elif [ "$status" -eq 2 ] && [ "$(wc -l < "$work.err")" -ne 1 ] && [ $# -ne 0 ]; then
        fail "rlxc $*: expected one line about wrong usage"
    fi
}

# help, version, unknown commands
expect 2 'usage: rlxc COMMAND'
expect 0 'usage: rlxc COMMAND' --help
expect 0 '^rlxc [0-9]' --version
expect 2 "unknown command 'bild'; see rlxc --help" bild
for command in build inspect opt eval; do
    expect 0 "usage: rlxc $command" $command --help
    expect 2 "see rlxc $command --help" $command --no-such-option
done

# wrong usage of build
expect 2 'no model was given; see rlxc build --help' build
expect 2 'no output was given' build $model
expect 2 "expected one model, found 'other' too" build $model other -o "$work/x"
expect 2 "needs a value" build $model -o
expect 2 "unknown option '--frobnicate'" build $model -o "$work/x" --frobnicate
expect 2 "unknown option '-z'" build $model -z -o "$work/x"
expect 2 "takes no value" build $model -o "$work/x" --exact=yes
expect 2 "expected one of keep, q8_0, q4_0, found 'q3_k'" build $model -o "$work/x" --quant=q3_k
expect 2 "found 'i4'" build $model -o "$work/x" --activations=i4
expect 2 "found 'q8'" build $model -o "$work/x" --kv=q8
expect 2 "found 'elf'" build $model -o "$work/x" --emit=hir,elf
expect 2 "found 'speed'" build $model --report=speed
expect 2 "expected a number from 1" build $model -o "$work/x" --context=-5
expect 2 "expected a number from 1" build $model -o "$work/x" --threads=0
expect 2 "goes with --emit=exe" build $model -o "$work/x" --runtime=/bin/true
expect 2 "do not go with it" build $model -o "$work/x" --tokenizer-only --emit=lir

# the user's mistakes
expect 1 "no/model.gguf: .*No such file" build no/model.gguf -o "$work/x"
expect 1 "CMakeLists.txt: expected a GGUF file" build CMakeLists.txt -o "$work/x"
expect 1 "$work/no/x: cannot be created: No such file" build $model -o "$work/no/x" --variants=decode=1 --level=x86-64-v3
cp $model "$work/x"
expect 1 "it would be overwritten" build "$work/x" -o "$work/x"
cmp -s $model "$work/x" || fail "the model was overwritten"
rm "$work/x"
expect 1 "found a directory" build $model -o "$work"
expect 1 "expected at most the model's 1024 positions, found 4096" build $model -o "$work/x" --context=4096
expect 1 "no-such-pass" build $model -o "$work/x" -x no-such-pass
expect 1 "choose-layout" build $model -o "$work/x" -x choose-layout
expect 1 "found 'i386'" build $model -o "$work/x" --level=i386
expect 1 "found ''" build $model -o "$work/x" --level=native,
expect 1 "expected decode=1 among the variants" build $model -o "$work/x" --variants=blocks=2:16
expect 1 "are there twice" build $model -o "$work/x" --variants=decode=1,blocks=2:8,4
expect 1 "expected 2 to 16 new tokens, found 32" build $model -o "$work/x" --variants=decode=1,blocks=2:32
expect 1 "expected 17 to " build $model -o "$work/x" --variants=decode=1,prefill=8
expect 1 "expected a range that rises" build $model -o "$work/x" --variants=decode=1,prefill=512:32
expect 1 "expected a number or a range" build $model -o "$work/x" --variants=decode=one
expect 1 "expected decode=, blocks= or prefill=" build $model -o "$work/x" --variants=
expect 1 "expected decode=, blocks= or prefill=" build $model -o "$work/x" --variants=encode=3
expect 1 "no/runtime: cannot be opened" build $model -o "$work/x" --emit=exe --runtime=no/runtime
if [ -n "$(ls "$work")" ]; then
    fail "failed builds left $(ls "$work")"
fi

# what works
expect 0 '' build $model -o "$work/model.rlx" --level=x86-64-v3 --variants=decode=1
expect 0 'fuse-qkv' build $model --report=fusion --level=x86-64-v3 --variants=decode=1
expect 0 'matmul_q8_0' build $model --report=kernels --level=x86-64-v3 --variants=decode=1
expect 0 'decode-b1-s1' build $model --report=memory --level=x86-64-v3 --variants=decode=1
expect 0 '' build $model --emit=hir,lir,ll,asm --dump-dir="$work/dumps" --level=x86-64-v3 --variants=decode=1,prefill=32
for name in 01-import.hir 02-fold.hir 20-decode-b1-s1.x86-64-v3.lir 21-prefill-b1-s32.x86-64-v3.lir; do
    [ -s "$work/dumps/$name" ] || fail "expected the dump $name"
done
for kind in ll asm; do
    ls "$work/dumps" | grep -q "^kernel-matmul_.*\.x86-64-v3\.$kind\$" || fail "expected kernels as $kind"
done

# inspect
expect 0 'rlx artifact 1.0' inspect "$work/model.rlx"
expect 0 'every digest is right' inspect --verify "$work/model.rlx"
expect 0 'barrier' inspect -v "$work/model.rlx"
expect 0 '"quant": "keep"' inspect --json "$work/model.rlx"
expect 2 'no file was given' inspect
expect 1 'cannot be opened' inspect "$work/none.rlx"
expect 1 'expected an artifact or a program made by rlxc' inspect CMakeLists.txt
head -c 100000 "$work/model.rlx" > "$work/torn.rlx"
expect 1 'expected [0-9]* bytes in the file, found 100000' inspect "$work/torn.rlx"

if [ $failures -ne 0 ]; then
    echo "$failures failures"
    exit 1
fi
echo "rlxc: the command line holds"
