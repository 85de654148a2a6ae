#!/bin/sh
# rlxc build --emit=c: what it refuses, what it replaces, and that its files are in the order of the
# graph, stable, and C11 without a warning. source_program.sh builds and runs them. In: the folder of
# the programs.
. tests/support/expect.sh

build() { rlxc build "$model" --emit=c "$@"; }
folder=$work/stories
code() { (cd "$1" && cat kernels.h kernels.c entry_*.c variants.c); }
compiles() { # FOLDER FILE...: as C11 without a warning
    from=$1
    shift
    expect 0 '' "${CC:-cc}" -std=c11 -D_GNU_SOURCE -I"$from/runtime/include" -Wall -Wextra -Wpedantic \
        -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror -fsyntax-only "$@"
}

# Options that contradict each other.
expect 2 'emit=c writes a folder; expected its name after -o' build -o -
expect 2 'emit=c and --emit=exe: one of them' rlxc build "$model" --emit=c,exe -o "$folder"
expect 2 'makes no machine code, so there is no ll to dump' rlxc build "$model" --emit=c,ll -o "$folder"
expect 2 'makes no machine code, so there is no asm to dump' rlxc build "$model" --emit=asm,c -o "$folder"
expect 2 'level does not go with --emit=c' build --level=x86-64-v3 -o "$folder"
expect 2 'dump-dir goes with --emit=hir' build --dump-dir="$work/dump" -o "$folder"
expect 2 'no output was given; try -o stories-3m' build
expect 2 'expected decode=1 among the variants' build --variants=prefill=64 --dump-dir="$work/dump"
expect 2 "freestanding goes with --emit=c" rlxc build "$model" --freestanding -o "$folder"
expect 2 'expected native or all\|expected x86-64-v3' rlxc build "$model" --level=c -o "$work/no.rlx"
equal "files after refusals" "$(ls "$work")" ""

# The form without libc (freestanding.sh compiles it).
expect 0 '' rlxc build "$model" -q --exact --emit=c --freestanding -o "$work/free"
[ -f "$work/free/model.h" ] || fail "--freestanding writes no model.h"
rm -r "$work/free"

# The folder: one summary, the same bytes each time, one variant, activations of f32.
expect 0 "^$folder: [0-9]* files of source (code of the model .*, weights .*) in .* s; make -C $folder builds $folder/model" build -v -o "$folder"
expect 0 '' build -o "$work/again/"
expect 0 '' diff -r "$folder" "$work/again"
expect 0 'level c of target c: source code beside this file, digest' rlxc inspect "$folder/weights.bin"
expect 0 'prefill-b1-s64: entry main, prefill, batch 1, 1 to 64 new tokens' rlxc inspect "$folder/weights.bin"
expect 0 'numerics  *f32, KV cache f16' rlxc inspect "$folder/weights.bin"
expect 0 '"activations": "f32"' rlxc inspect --json "$folder/weights.bin"
digest=$(rlxc inspect "$folder/weights.bin" | sed -n 's/.*source code beside this file, digest //p')
grep -q "rlx_code_digest = UINT64_C(0x$digest);" "$folder/variants.c" || fail "the digest $digest is not that of the code"
expect 0 'sum in f32; keys and values are kept as f16' cat "$folder/README.md"
compiles "$folder" "$folder/kernels.c" "$folder/entry_main.c" "$folder/variants.c"
lines=$(code "$folder" | wc -l)
[ "$lines" -le 4000 ] || fail "stories-3m has $lines lines of model code"
equal "functions of the entry, in the order of the graph" \
    "$(sed -n 's/^\(static \)\?void \(\w*\)(.*/\2/p' "$folder/entry_main.c" | tr '\n' ' ')" \
    "make_hidden_0 layers_0 layers_1 layers_2 layers_3 layers_3_rows make_logits main_body main_rows "
grep -q 'layers_3_qkv = (float \*)(run->scratch + [0-9]*); /\* \[ROWS\]\[640\] \*/' "$folder/entry_main.c" ||
    fail "layers_3_qkv has no shape"
long=$(code "$folder" | grep -c '.\{101\}')
equal "lines of more than 100 columns" "$long" 0

# What the user asks for: i8 activations, several variants, f32.
expect 0 '' build --activations=i8 --variants=decode=1,batch=4,prefill=64 -o "$work/several"
expect 0 '"activations": "i8"' rlxc inspect --json "$work/several/weights.bin"
compiles "$work/several" "$work/several/kernels.c" "$work/several/entry_main.c" "$work/several/variants.c"
grep -q '^void main_decode_b4_s1_body(' "$work/several/entry_main.c" || fail "no function of decode-b4-s1"
grep -q '^static void decode_b1_s1_layers_3(' "$work/several/entry_main.c" || fail "no layer of decode-b1-s1"

# FP8 weights keep their bytes, 132 for 128 columns.
expect 0 '' rlxc build tests/quantized/fp8-blocks --emit=c -q -o "$work/fp8"
grep -q 'E4M3 \* scale' "$work/fp8/kernels.c" || fail "FP8 weights were converted"
compiles "$work/fp8" "$work/fp8/kernels.c" "$work/fp8/entry_main.c" "$work/fp8/variants.c"
expect 0 '' rlxc build tests/quantized/nf4 --emit=c -q -o "$work/nf4"
grep -q 'places in the table' "$work/nf4/kernels.c" || fail "NF4 weights were converted"
compiles "$work/nf4" "$work/nf4/kernels.c" "$work/nf4/entry_main.c" "$work/nf4/variants.c"
expect 0 '' rlxc build tests/quantized/awq --emit=c -q -o "$work/awq"
grep -q 'low 8 bits are a zero point' "$work/awq/kernels.c" || fail "AWQ weights were converted"
compiles "$work/awq" "$work/awq/kernels.c" "$work/awq/entry_main.c" "$work/awq/variants.c"

# Only an empty folder, or one that rlxc wrote, is replaced: whole, with whatever is in it.
touch "$folder/stale"
expect 0 '' build -o "$folder"
expect 0 '' diff -r "$folder" "$work/again"
rm -rf "$work/again"
mkdir "$work/empty" "$work/own"
expect 0 '' build -o "$work/empty"
expect 0 '' diff -r "$folder" "$work/empty"
echo mine > "$work/own/notes"
expect 1 'own: cannot be created: a folder of this name is there, and rlxc did not write it' build -o "$work/own"
echo "all:" > "$work/own/Makefile"
expect 1 'own: cannot be created: a folder of this name is there' build -o "$work/own"
equal "a folder of somebody else" "$(ls "$work/own"; cat "$work/own/notes")" "Makefile
notes
mine"
expect 1 'notes: cannot be created: expected a path for a folder, found a file' build -o "$work/own/notes"
expect 1 'its folder does not exist' build -o "$work/none/stories"
cp "$model" "$folder/model.gguf"
expect 1 'it would be replaced, and this command reads a file in it' \
    rlxc build "$folder/model.gguf" --emit=c -o "$folder"
[ -f "$folder/model.gguf" ] || fail "the model was removed with the folder"
expect 1 "stories is a model as C source: make -C $folder && $folder/model" rlx run "$folder" sky
ln -s stories "$work/link"
expect 0 '' build -o "$work/link"
equal "the link to a folder stays one" "$(readlink "$work/link")" stories
[ ! -e "$folder/model.gguf" ] || fail "the folder behind the link was not replaced"
bin=$(cd "$bin" && pwd) model_path=$PWD/$model
in_folder() { (cd "$work/empty" && "$bin/rlxc" build "$model_path" --emit=c -o .); }
expect 1 'it is the current folder; name a folder in it' in_folder

# A failure leaves nothing, and an older folder as it was.
before=$(ls "$work")
limited() { (ulimit -f 1000 && build -o "$1"); } # weights.bin has more blocks
expect 1 'weights.bin: cannot be written: ' limited "$work/failed"
expect 1 'weights.bin: cannot be written: ' limited "$folder"
equal "folders after failures" "$(ls "$work")" "$before"
expect 0 '' diff -r "$folder" "$work/empty"

# File systems with fewer features.
refusing() { "$bin/../tests/refusing" "$@"; }
if refusing fchmod true; then
    for calls in nameless exchange nameless,exchange,fchmod,link; do
        expect 0 '' refusing $calls "$bin/rlxc" build "$model" --emit=c -o "$work/fewer"
        touch "$work/fewer/stale"
        expect 0 '' refusing $calls "$bin/rlxc" build "$model" --emit=c -o "$work/fewer"
        expect 0 '' diff -r "$folder" "$work/fewer"
        equal "folders without $calls" "$(ls "$work" | grep -v '^fewer$')" "$before"
    done
else
    echo "skipped: file systems with fewer features: the kernel has no filters of calls"
fi

# Names of a graph become identifiers, whatever they are.
sed -e 's/"past_k_0"/"int"/; s/"past_v_0"/"a*\/b"/; s/^graph "[^"]*"/graph "*\/ é"/' examples/alphabet.hir > "$work/names.hir"
expect 0 '' rlxc build "$work/names.hir" --weights=examples/alphabet.safetensors --emit=c -q -o "$work/names"
compiles "$work/names" "$work/names/kernels.c" "$work/names/entry_main.c" "$work/names/variants.c"
grep -q 'uint8_t \*const int_2 = ' "$work/names/entry_main.c" || fail "a state called int"
grep -q 'uint8_t \*const a_b = ' "$work/names/entry_main.c" || fail "a state called a*/b"
# None is a function or a macro of the headers that the code reads.
sed 's/FRAMES/exp/g; s/"frames"/"INT32_MAX"/' examples/encoder.hir > "$work/library.hir"
expect 0 '' rlxc build "$work/library.hir" --weights=examples/encoder.safetensors --emit=c -q -o "$work/library"
compiles "$work/library" "$work/library/kernels.c" "$work/library/entry_encode.c" "$work/library/variants.c"
expect 0 'EXP_PLUS_1_BY_2 = [0-9]*, /\* (EXP + 1) / 2 \*/' cat "$work/library/kernels.h"
# Sizes of the graph's own, and one that follows from them.
expect 0 '' rlxc build examples/encoder.hir --weights=examples/encoder.safetensors --emit=c -q -o "$work/encoder"
compiles "$work/encoder" "$work/encoder/kernels.c" "$work/encoder/entry_encode.c" "$work/encoder/variants.c"
expect 0 'FRAMES_PLUS_1_BY_2 = [0-9]*, /\* (FRAMES + 1) / 2 \*/' cat "$work/encoder/kernels.h"

# Dumps: the C reading beside each LIR program and each kernel's LLVM IR, the same each time.
for dump in one two; do
    expect 0 '' rlxc build "$model" --emit=c,lir,ll --variants=decode=1,prefill=32 --dump-dir="$work/$dump"
done
expect 0 '' diff -r "$work/one" "$work/two"
equal "a .c for each .ll" "$(cd "$work/one" && ls kernel-*.c | sed 's/c$//')" "$(cd "$work/one" && ls kernel-*.ll | sed 's/ll$//')"
equal "a .c for each .lir" "$(cd "$work/one" && ls [0-9]*.c | sed 's/c$//')" "$(cd "$work/one" && ls [0-9]*.lir | sed 's/lir$//')"
compiles . -Wno-missing-prototypes "$work"/one/kernel-*.c
expect 0 '' build --emit=lir --dump-dir="$work/three" -q -o "$folder"
equal "the program of the c level" "$(ls "$work/three")" 20-prefill-b1-s64.c.lir
finish "source"
