#!/bin/sh
# Programs that are built from the source that `rlxc build --emit=c` writes: make, the place of the weights, and that the
# program is the one of --emit=exe. In: the folder of the programs.
. tests/support/expect.sh

command -v make > /dev/null || {
    echo "source_program: skipped, because make is not installed"
    exit 0
}
mkdir -m 700 "$work/cache"
build() { rlxc build "$model" --cache-dir="$work/cache" -q "$@"; }
folder=$work/stories
program=$folder/model
question="One day"
expect 0 '' build --emit=c --exact -o "$folder"
expect 0 '' build --exact --level=x86-64-v3 -o "$work/stories.rlx"
head -1 "$folder/Makefile" | grep -q '^# Written by rlxc' || fail "the Makefile does not begin with its mark"

# Everything that the program has besides the model is this project's, unchanged.
(cd "$folder" && find runtime -type f) | while read -r file; do
    cmp "$file" "$folder/$file" || echo "$file"
done > "$work/changed"
[ -s "$work/changed" ] && fail "other files than the project's: $(cat "$work/changed")"
cmp LICENSE "$folder/LICENSE" || fail "another licence"

# make: silent but for what it does, once, and again what has changed.
flags="-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror"
make_model() { make -C "$folder" -s "$@"; }
expect 0 '' make_model -j2 CFLAGS="-O1 $flags"
equal "a second make" "$(make -C "$folder" CFLAGS="-O1 $flags" 2>&1 | grep -v "directory '")" ""
again() { make -C "$folder" -n V=1 CFLAGS="-O1 $flags" | grep -c ' -c -o '; }
equal "nothing to do" "$(again)" 0
touch "$folder/variants.c"
equal "one file has changed" "$(again)" 1
touch "$folder/runtime/include/rlx/model_code.h"
[ "$(again)" -ge 3 ] || fail "a header has changed, $(again) files are compiled"
expect 0 '' make_model -j2 CFLAGS="-O1 $flags"
[ "$(make -C "$folder" -n V=1 | grep -c ' -c -o ')" -gt 100 ] || fail "other flags do not compile everything"
expect 0 '^cc .* -c -o other/variants.o variants.c$' make -C "$folder" V=1 BUILD=other other/variants.o
[ -f "$folder/other/variants.o" ] || fail "BUILD has no effect"
rm -r "$folder/other"

# What the program says is what others say of this model.
answer=$(rlx run "$work/stories.rlx" "$question" -q --temp 0 -n 20)
[ -n "$answer" ] || fail "no answer"
answers() { # WHAT COMMAND...
    what=$1
    shift
    equal "$what" "$("$@" "$question" -q --temp 0 -n 20 2>&1)" "$answer"
}
answers "the program" "$program"
answers "run" "$program" run
answers "several threads" "$program" -t 3

# Ids and logits of one command; each token runs once, although no variant is for decoding alone.
given="--tokens=479,480,256 -n 8 --temp 0 --ids --ignore-eos"
"$program" $given --logits="$work/logits" > "$work/ids" 2> "$work/err" || fail "--logits: $(cat "$work/err")"
equal "ids with --logits" "$(cat "$work/ids")" "$(rlx run "$work/stories.rlx" $given)"
grep -q 'prompt: 3 tokens, .*; answer: ' "$work/err" || fail "tokens run again: $(cat "$work/err")"
expect 0 '' "$program" logits --tokens=479,480,256 -o "$work/same"
cmp "$work/logits" "$work/same" || fail "--logits and logits differ"

expect 0 '^code for *c$' "$program" info
expect 0 'all digests match' "$program" info --verify
expect 0 '^  name  *stories-3m$' "$program" --help
expect 0 '^rlx [0-9.]*$' "$program" --version
expect 2 'unknown option' "$program" --no-such-option
equal "tokenize" "$(echo "$question" | "$program" tokenize)" "$(echo "$question" | rlx tokenize "$work/stories.rlx")"
printf '%s\n/exit\n' "$question" | "$program" chat -q --temp 0 -n 12 > "$work/said" 2>&1
printf '%s\n/exit\n' "$question" | rlx chat "$work/stories.rlx" -q --temp 0 -n 12 | cmp - "$work/said" || fail "another chat"
# A saved conversation goes from one form to the other with its states.
"$program" "$question" -q --temp 0 -n 12 --session="$work/talk" > "$work/said" 2>&1 || fail "$(cat "$work/said")"
cp "$work/talk" "$work/talk.copy"
expect 0 'prompt: 1[0-9] tokens' rlx run "$work/stories.rlx" "And then?" -v --temp 0 -n 12 --session="$work/talk"
expect 0 'prompt: 1[0-9] tokens' "$program" "And then?" -v --temp 0 -n 12 --session="$work/talk.copy"
equal "what follows" "$(rlx info --json "$work/talk.copy")" "$(rlx info --json "$work/talk")"
expect 0 'tokens/s' "$program" bench -p 16 -n 4 -r 1

# The weights: beside the program, however it is called, else in the current folder.
ln -s "$program" "$work/link"
answers "through a link" "$work/link"
answers "found in PATH" env PATH="$folder" model
mkdir "$work/elsewhere"
cp "$program" "$work/elsewhere/alone"
expect 1 'expected weights.bin beside .*/alone (No such file' "$work/elsewhere/alone" "$question"
answers "weights in the current folder" sh -c 'cd "$1" && shift && "$@"' sh "$folder" "$work/elsewhere/alone"

# Not those of another model, nor a file with code; and no other program takes these.
expect 0 '' build --emit=c -o "$work/other"
cp "$work/other/weights.bin" "$work/elsewhere/"
expect 1 'weights.bin: belongs to other code (' "$work/elsewhere/alone" "$question"
cp "$work/stories.rlx" "$work/elsewhere/weights.bin"
expect 1 'weights.bin: not the weights of this program' "$work/elsewhere/alone" "$question"
head -c 100000 "$folder/weights.bin" > "$work/elsewhere/weights.bin"
expect 1 'weights.bin: expected [0-9]* bytes, found 100000: the file is truncated' "$work/elsewhere/alone" "$question"
expect 1 'holds no code: its code is the program that make builds beside it' rlx run "$folder/weights.bin" "$question"
expect 0 'all digests match' rlxc inspect --verify "$folder/weights.bin"

# Without the command line: a program over rlx.h that runs a graph of its own.
encoder=$work/encoder
expect 0 '' rlxc build examples/encoder.hir --weights=examples/encoder.safetensors --exact --emit=c -q -o "$encoder"
expect 0 '' rlxc build examples/encoder.hir --weights=examples/encoder.safetensors --exact -q -o "$work/encoder.rlx"
expect 0 '' make -C "$encoder" -s -j2 CFLAGS=-O0 libmodel.a
expect 0 '' cc examples/encode.c -o "$work/encode" -I"$encoder/runtime/include" "$encoder/libmodel.a" -lm -pthread
equal "an encoder" "$("$work/encode" "$encoder/weights.bin" 9 2>&1)" "$("$bin/example-encode" "$work/encoder.rlx" 9)"

# make clean leaves what was written.
expect 0 '' make_model clean
{ [ -e "$program" ] || [ -e "$folder/build" ]; } && fail "make clean leaves something"
[ -f "$folder/weights.bin" ] || fail "make clean removes the weights"
finish source_program
