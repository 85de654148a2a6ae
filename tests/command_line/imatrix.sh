#!/bin/sh
# `rlx imatrix` as a user sees it; test_observe.c checks its numbers. In: the folder of the programs.
. tests/support/expect.sh
. tests/support/logits.sh

expect 0 '' rlxc build "$model" -q $few --observe -o "$work/m.rlx"
expect 0 '' rlxc build "$model" -q $few -o "$work/plain.rlx"
expect 0 '' rlx imatrix "$work/m.rlx" -f "$work/text" -c 32 -o "$work/out.gguf"
for word in GGUF imatrix imatrix.datasets imatrix.chunk_count imatrix.chunk_size blk.0.attn_q.weight.in_sum2 \
    blk.0.attn_v.weight.counts blk.3.ffn_down.weight.in_sum2; do
    grep -q -a -F "$word" "$work/out.gguf" || fail "no $word in the file"
done
rlx imatrix "$work/m.rlx" -f - -c 32 -o - -t 1 < "$work/text" > "$work/made"
equal "a file and standard output, less the name of the text" "$(tail -c 20000 "$work/made" | cksum)" \
    "$(tail -c 20000 "$work/out.gguf" | cksum)"
# The entry changes no other.
rlx logits "$work/m.rlx" --tokens=5,17,3 -o "$work/with"
rlx logits "$work/plain.rlx" --tokens=5,17,3 -o "$work/without"
cmp "$work/with" "$work/without" || fail "the entry changes logits"

expect 1 "plain.rlx does not show what its weights are multiplied with: .* --observe" \
    rlx imatrix "$work/plain.rlx" -f "$work/text" -c 32 -o "$work/never"
expect 2 "-o FILE is needed" rlx imatrix "$work/m.rlx" -f "$work/text"
expect 2 "-f FILE is needed" rlx imatrix "$work/m.rlx" -o "$work/never"
expect 1 "tokens are not enough for a window of 512" rlx imatrix "$work/m.rlx" -f "$work/text" -o "$work/never"
expect 1 "none: No such file" rlx imatrix "$work/m.rlx" -f "$work/none" -o "$work/never"
[ ! -e "$work/never" ] || fail "a refused run left a file"
if [ -c /dev/full ]; then
    expect 1 'cannot be written: No space left' rlx imatrix "$work/m.rlx" -f "$work/text" -c 32 -o /dev/full
fi
finish "imatrix"
