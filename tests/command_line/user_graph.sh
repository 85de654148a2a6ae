#!/bin/sh
# rlxc build of a graph in text form: its weights by name from safetensors and GGUF, its tokenizer,
# and all mistakes in one run. In: the folder of the programs.
. tests/support/expect.sh

graph=examples/alphabet.hir weights=examples/alphabet.safetensors
level=--level=x86-64-v3
few=--variants=decode=1

# the example: what it says of itself
expect 0 '' rlxc build $graph --weights=$weights -q -o "$work/alphabet.rlx"
expect 0 'vocabulary  *32$' rlxc inspect "$work/alphabet.rlx"
expect 0 'context  *256$' rlxc inspect "$work/alphabet.rlx"
expect 0 '' rlxc inspect --verify -q "$work/alphabet.rlx"
expect 0 '^parameters ' rlx info "$work/alphabet.rlx"
expect 1 '' sh -c "\"$bin/rlx\" info \"$work/alphabet.rlx\" | grep architecture" # it has none
expect 0 '^compiled from  alphabet.hir by' rlx info "$work/alphabet.rlx"
expect 0 '^5,6,7,8,9' rlx run "$work/alphabet.rlx" --tokens=3,4 --ids -n 5
expect 0 'f16 .* q8_0_r16' rlxc build $graph --weights=$weights --quant=q8_0 --report=types
expect 0 'element": "f16"' sh -c "\"$bin/rlxc\" build $graph --weights=$weights --kv=f16 -q -o \"$work/half.rlx\" &&
    \"$bin/rlxc\" inspect --json \"$work/half.rlx\""
mkdir "$work/folder"
cp $weights "$work/folder/model.safetensors"
expect 0 '' rlxc build $graph --weights="$work/folder" -q -o "$work/folder.rlx"
expect 0 '' rlxc plan $graph --weights=$weights $few

# What f16 may not hold: by the weights of a normalized row, and where nothing is known.
kv() { rlxc build "$1" --weights=$weights --kv=f16 $few -o "$work/kv.rlx"; }
expect 0 '' kv $graph
sed 's/value=1$/value=1e6/' $graph > "$work/large.hir"
expect 0 'past_k_0: what is written to it may reach 1.37e+06, but f16 holds at most 65504' kv "$work/large.hir"
sed 's/%8 = rms_norm.*/%8 = exp %4 f32 [ROWS, 32]/' $graph > "$work/other.hir"
expect 0 'past_v_0: nothing bounds what is written to it' kv "$work/other.hir"

# The graph of a model, with the weights and the tokenizer of its file, is the model.
digest() { rlxc inspect "$1" | sed -n 's/^  digest *//p'; }
expect 0 '' rlxc build $model $level $few -q -o "$work/model.rlx" --emit=hir --dump-dir="$work/dump"
expect 0 '' rlxc build "$work/dump/01-import.hir" --weights=$model --tokenizer=$model --kv=f16 $level $few -q -o "$work/graph.rlx"
equal "the digest of a model as a graph" "$(digest "$work/model.rlx")" "$(digest "$work/graph.rlx")"
expect 0 '[a-z]' rlx run "$work/graph.rlx" "Once" -n 4
sed 's/"model.norm.weight"/"output_norm.weight"/' "$work/dump/01-import.hir" > "$work/named.hir"
expect 0 '' rlxc build "$work/named.hir" --weights=$model $level $few -q -o "$work/named.rlx"

# A table of fewer positions than the states: none after its last.
sed 's/\[256, 16\] /[4, 16] /' $graph > "$work/short.hir"
expect 0 '' rlxc build "$work/short.hir" --weights=$weights $few -q -o "$work/short.rlx"
expect 0 'context  *4$' rlxc inspect "$work/short.rlx"
expect 1 '5 tokens do not fit: the context has room for 4' rlx run "$work/short.rlx" --tokens=3,4,5,6,7 --ids -n 1

# mistakes
printf '%s\n' 'graph "g"' '  %1 = input f32 [ROWS, 16] "x"' > "$work/none.hir"
expect 1 'none.hir: expected outputs, found a graph of 1 nodes without any' rlxc build "$work/none.hir" -o "$work/no.rlx"
sed 's/^graph.*/graph "twice" (ROWS in 1..9, ROWS in 1..8)/' $graph > "$work/twice.hir"
expect 1 "twice.hir:.*: expected bounds of a symbol once, found 'ROWS' again" rlxc build "$work/twice.hir" --weights=$weights -o "$work/no.rlx"
sed 's/\[BATCH, 256, /[BATCH, 1099511627776, /' $graph > "$work/huge.hir"
expect 1 'state: expected sizes of at most 268435456' rlxc build "$work/huge.hir" --weights=$weights -o "$work/no.rlx"
sed 's/\[256, 16\] /[268435456, 16] /' $graph > "$work/huge.hir"
expect 1 'rope_table: expected at most 67108864 rows' rlxc build "$work/huge.hir" --weights=$weights -o "$work/no.rlx"
printf '%s\n' 'graph "g"' '  %1 = input f32 [ROWS, 4096, 4096, 4096, 4096] "x"' '  output "y" %1' > "$work/huge.hir"
expect 1 'input: expected at most 1099511627776 elements' rlxc build "$work/huge.hir" -o "$work/no.rlx"
expect 1 'expected the file of its 4 weights: --weights=FILE.safetensors' rlxc build $graph -o "$work/no.rlx"
expect 1 'found: No such file' rlxc build $graph --weights="$work/none" -o "$work/no.rlx"
expect 1 '--context: expected none' rlxc build $graph --weights=$weights --context=8 -o "$work/no.rlx"
expect 1 'expected a graph as text' rlxc build $model --weights=$weights -o "$work/no.rlx"
sed 's/"out.weight"/"outer.weight"/; s/f16 \[32, 96\]/f16 [96, 32]/; s/f16 \[32\]  /f32 [32]  /' $graph > "$work/named.hir"
sed '/%10 = transpose/s/f16 \[96, 32\]/f16 [32, 96]/; s/matmul %8 %10 /matmul %8 %9 /' "$work/named.hir" > "$work/wrong.hir"
wrong() { rlxc build "$work/wrong.hir" --weights=$weights -o "$work/no.rlx"; }
expect 1 'outer.weight: expected f16 \[32, 32\], found no tensor of this name' wrong
expect 1 'qkv.weight: expected f16 \[96, 32\], found f16 \[32, 96\]' wrong
expect 1 'norm.weight: expected f32 \[32\], found f16 \[32\]' wrong
cat > "$work/order.hir" << 'END'
graph "order"
  %1 = input i32 [ROWS] role=tokens "tokens"
  %2 = weight f32 [2, 2] "w"
  %3 = embed %2 %1 f32 [ROWS, 2]
  %4 = weight i32 [2] "order"
  %5 = gather_columns %3 %4 f32 [ROWS, 2]
  output "y" %5
END
ordered() { # BYTES ARGUMENTS...: a build with these bytes as the order
    header='{"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"order":{"dtype":"I32","shape":[2],"data_offsets":[16,24]}} '
    printf '\165\0\0\0\0\0\0\0%s\0\0\200\077\0\0\0\100\0\0\100\100\0\0\200\100'"$1" "$header" > "$work/order.safetensors"
    rlxc build "$work/order.hir" --weights="$work/order.safetensors" -q -o "$work/order.rlx"
}
expect 0 '' ordered '\1\0\0\0\0\0\0\0'
expect 1 'order: expected each number from 0 to 1 once, found 1 twice' ordered '\1\0\0\0\1\0\0\0'
expect 1 'order: expected each number from 0 to 1 once, found 2 among them' ordered '\0\0\0\0\2\0\0\0'
expect 1 'order: expected each number from 0 to 1 once, found -1 among them' ordered '\377\377\377\377\0\0\0\0'
sed '/output "h"/d' tests/artifacts/format-2.0.hir > "$work/lost.hir"
expect 1 "lost.hir: h: entry 'main' advances this state: expected it among the outputs of the entry" rlxc build "$work/lost.hir" -o "$work/no.rlx"
[ -e "$work/no.rlx" ] && fail "a failed build left a file"
finish "graphs of the user"
