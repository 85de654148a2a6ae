#!/bin/sh
# rlxc opt and rlxc eval on the command line: exit statuses, error messages, and complete output.
# In: the folder of the programs.
. tests/support/expect.sh

graph=$work/graph.hir
sed '/^# report/,$d' tests/text/passes/fuse_norm.hir > "$graph"

# opt
expect 2 'no graph was given; see rlxc opt --help' rlxc opt
expect 2 "expected one graph, found 'other' too" rlxc opt "$graph" other
expect 2 "pass 'fuse-nrom': expected one of fold, cse, dce" rlxc opt "$graph" -p fuse-nrom
expect 2 "pass 'fuse-norm': cannot be left out" rlxc opt "$graph" -x fuse-norm
expect 2 'expected fusion' rlxc opt "$graph" --report=speed
expect 2 'does not go with -p' rlxc opt "$graph" --no-passes -p cse
expect 2 '--tolerance: expected a number between 0 and 1' rlxc opt "$graph" --tolerance=no
expect 2 'decode: expected 1 to 16 new tokens, found 17' rlxc opt "$graph" --lower=decode-17
expect 2 "expected decode-N, batch-N, prefill-N, ENTRY:encoder-SxR or ENTRY:SYMBOL-N, found 'decode'" rlxc opt "$graph" --lower=decode
expect 2 "level: expected x86-64-v3, .*, vulkan1.2, .*, c, or native, found 'all'" rlxc opt "$graph" --lower=decode-1 --level=all
expect 2 'does not go with -p' rlxc opt "$graph" --lower=decode-1 -p cse
expect 2 'does not go with --report' rlxc opt "$graph" --lower=decode-1 --report=fusion
expect 2 '--level goes with --variant or --lower' rlxc opt "$graph" --level=x86-64-v3
expect 0 '^fuse-qkv  *three projections' rlxc opt --list
expect 0 'rms_norm %4 %6' rlxc opt "$graph" -p fuse-norm,dce --check
expect 0 '^  done .hidden.final.: rms_norm' rlxc opt "$graph" --report=fusion
expect 0 '^# 01 fuse-norm' rlxc opt "$graph" -p dce,fuse-norm -d fuse-norm
expect 0 'late-dce .* nodes' rlxc opt "$graph" -v

# the late passes, for one variant
layer=$work/layer.hir
sed '/^# report/,$d; /^# expect/,$d' tests/text/passes/pipeline_llama.hir > "$layer"
v3=--level=x86-64-v3
expect 2 '--passes: late passes go with --variant' rlxc opt "$layer" -p choose-tile
expect 2 '--leave-out: late passes go with --variant' rlxc opt "$layer" -x fuse-epilogue
expect 2 '--dump: late passes go with --variant' rlxc opt "$layer" -d choose-rows
expect 2 '--lower does not go with --variant' rlxc opt "$layer" --lower=decode-1 --variant=decode-1
expect 2 "pass 'choose-tile': cannot be left out" rlxc opt "$layer" --variant=decode-1 -x choose-tile
expect 0 ' kv_append ' rlxc opt "$layer" --variant=decode-1 $v3 -x fuse-kv-write --check
expect 2 '--variant: decode: expected 1 to 16 new tokens' rlxc opt "$layer" --variant=decode-17
expect 2 '--activations: expected' rlxc opt "$layer" --variant=decode-1 --activations=i7
expect 0 '^choose-tile  *the tiles of .*(required)' rlxc opt --list
expect 0 ' kv_write ' rlxc opt "$layer" --variant=decode-1 $v3 --check
expect 0 ' kv_append ' rlxc opt "$layer" --variant=decode-1 $v3 --stop-after=choose-rows
expect 0 '^# .. choose-tile' rlxc opt "$layer" --variant=prefill-64 $v3 -d all
expect 0 'fuse-epilogue: [1-9][0-9]* done' rlxc opt "$layer" --variant=batch-3 $v3 --report=fusion
expect 0 'choose-tile .* nodes' rlxc opt "$layer" --variant=decode-1 $v3 -v
equal 'a stop before the late passes' "$(rlxc opt "$layer" --stop-after=cse --variant=decode-1)" \
    "$(rlxc opt "$layer" --stop-after=cse)"
for variant in decode-1 decode-16 batch-3 prefill-512; do
    rlxc opt "$layer" --variant=$variant $v3 > "$work/late" || fail "opt --variant=$variant"
    equal "a graph in late form for $variant" "$(rlxc opt --no-passes "$work/late")" "$(cat "$work/late")"
done
expect 0 '^decode-b1-s1 for x86-64-v3' \
    rlxc build $model -q $v3 --variants=decode=1,prefill=64 --report=fusion --emit=hir --dump-dir="$work/dumps"
equal 'variants in a report' "$(grep -c ' for x86-64-v3$' "$printed/out")" 2
equal 'dumps of late graphs' "$(ls "$work/dumps" | grep x86)" "20-decode-b1-s1.x86-64-v3.hir
21-prefill-b1-s64.x86-64-v3.hir"
expect 0 ' gated_matmul .* tile_groups=' cat "$work/dumps/20-decode-b1-s1.x86-64-v3.hir"

# entries, and symbols of the graph's own
heard=$work/heard.hir
sed '/^# expect/,$d' tests/text/lir/classes_decode1.hir > "$heard"
expect 1 "the graph has no entry 'hear'; it has [a-z, ]*" rlxc opt "$heard" --lower=hear:encoder-1x8
expect 1 'FRAMES: expected 4 to 32, found 33' rlxc opt "$heard" --lower=encode:FRAMES-33
expect 1 'SIZE: expected a symbol that the graph declares' rlxc opt "$heard" --lower=encode:SIZE-3
expect 0 '^program "encode.encoder-b1-s1-x6-20"' rlxc opt "$heard" --lower=encode:FRAMES-20 $v3
expect 0 '^program "encode.encoder-b2-s8-x6-20"' rlxc opt "$heard" --lower=encode:encoder-2x8+FRAMES-20 $v3
expect 1 'a ring of 64 positions serves runs of at most 61 rows with a window of 4' \
    rlxc opt "$heard" --lower=prefill-62 $v3

expect 1 'absent.hir: cannot be opened' rlxc opt "$work/absent.hir"
expect 1 'expected' rlxc opt $model
truncate -s 1T "$work/large.hir"
expect 1 'expected at most 268435456 bytes' rlxc opt "$work/large.hir"
[ -s "$printed/out" ] && fail 'rlxc opt: expected no graph where the input is none'
rlxc opt - < "$graph" > "$work/piped" || fail 'rlxc opt -: expected status 0'
rlxc opt "$graph" -o "$work/written" || fail 'rlxc opt -o: expected status 0'
cmp "$work/piped" "$work/written" || fail 'rlxc opt: a pipe and a file differ'
rlxc opt "$work/written" > "$work/again" || fail 'rlxc opt: its output is no input'
cmp "$work/written" "$work/again" || fail 'rlxc opt: passes changed their own result'

expect 1 "found a binary file; rlxc build --emit=hir" rlxc opt $model
equal "lines about a binary file" "$(wc -l < "$printed/err")" 1

# eval
expect 2 'no model was given; see rlxc eval --help' rlxc eval
expect 2 'no tokens were given' rlxc eval $model -o "$work/x"
expect 2 'no output was given' rlxc eval $model --tokens=1
expect 2 "expected ids from 0 to 2147483647 separated by commas, found '1;2'" \
    rlxc eval $model '--tokens=1;2' -o "$work/x"
expect 2 '--tokens: expected ids' rlxc eval $model --tokens= -o "$work/x"
expect 2 '--tokens: expected ids' rlxc eval $model --tokens=1, -o "$work/x"
expect 2 '--tokens: expected ids' rlxc eval $model --tokens=99999999999999999999 -o "$work/x"
expect 2 "pass 'fuse': expected one of" rlxc eval $model --tokens=1 --after=fuse -o "$work/x"
expect 2 'does not go with' rlxc eval $model --tokens=1 --after=cse --no-passes -o "$work/x"
expect 1 'token 1: expected an id below' rlxc eval $model --tokens=1,999999 -o "$work/x"
ids=$(yes 1 | head -n 5000 | paste -s -d, -)
expect 1 "expected at most .* tokens, the model's context" \
    rlxc eval $model --tokens="$ids" -o "$work/x"
expect 1 'found a graph in text form; rlxc build' rlxc eval "$graph" --tokens=1 -o "$work/x"
expect 1 'absent' rlxc eval "$work/absent" --tokens=1 -o "$work/x"
expect 1 'cannot be created' rlxc eval $model --tokens=1 -o "$work/no/such/folder/x"
[ -e "$work/x" ] && fail 'rlxc eval: something was written where it failed'

# The output is whole, the same each time, and of the size in its header; passes do not change its
# values.
expect 0 '' rlxc eval $model --tokens=1,5,9 -o "$work/a"
expect 0 '' rlxc eval $model --tokens=1,5,9 -o "$work/b"
cmp "$work/a" "$work/b" || fail 'rlxc eval: two runs differ'
expect 0 '' rlxc eval $model --tokens=1,5,9 --no-passes -o "$work/b"
expect 0 '' rlxc eval $model --tokens=1,5,9 --after=fuse-qkv -o "$work/c"
equal 'size of tensors without passes' "$(wc -c < "$work/b")" "$(wc -c < "$work/a")"
equal 'size of tensors after fuse-qkv' "$(wc -c < "$work/c")" "$(wc -c < "$work/a")"
for name in logits hidden.0 hidden.final; do
    head -c 4096 "$work/a" | grep -a -q "\"$name\":{\"dtype\":\"F32\",\"shape\":\[3," ||
        fail "rlxc eval: no $name of three rows"
done
ls "$work" | grep -q '^a\.' && fail 'rlxc eval: a temporary file was left'

# Seeds of the fuzzers are graphs; one that the parser refuses would test nothing behind it.
for seed in tests/fuzz/corpus/hir/*.hir tests/fuzz/corpus/passes/*.hir tests/fuzz/corpus/late/*.hir; do
    expect 0 '' rlxc opt --no-passes -q "$seed"
done

finish graphs
