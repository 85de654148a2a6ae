#!/bin/sh
# `rlx perplexity`: its figures are those of a plain computation from what `rlx logits` writes, and
# bad input gets a sentence. In: the folder of the programs.
. tests/support/expect.sh
. tests/support/logits.sh

compiled=$work/m.rlx
# losses IDS FIRST: prints -log p of the ids from number FIRST on (from 0), by plain loops.
losses() {
    logits "$compiled" "$1" | awk -v ids="$1" -v first="$2" "$log_sum"'
        BEGIN { n = split(ids, id, ",") }
        NR >= first && NR < n { print log_sum() - $(id[NR + 1] + 1) }'
}
exp_of_mean() { awk '{ sum += $1 } END { print exp(sum / NR) }'; }

# check BOS: a model whose vocabulary puts these ids before a text. Each window begins with them, in
# the place of its own.
check() {
    ids=$(rlx tokenize "$compiled" --add-bos < "$work/text")
    second=$(echo "$ids" | cut -d, -f 33-64)
    [ -z "$1" ] || second=$1,${second#*,}
    { losses "$(echo "$ids" | cut -d, -f 1-32)" 17 && losses "$second" 17; } > "$work/losses"
    expect 0 '"windows": 2,' rlx perplexity "$compiled" -f "$work/text" -c 32 --chunks=2 --json
    equal "predicted tokens" "$(value predicted_tokens) $(wc -l < "$work/losses")" "30 30"
    near "two windows" "$(value perplexity)" "$(exp_of_mean < "$work/losses")"
    near "standard error" "$(value standard_error)" "$(awk '{ sum += $1; squares += $1 * $1 }
        END { mean = sum / NR; print exp(mean) * sqrt((squares / NR - mean * mean) / (NR - 1)) }' "$work/losses")"
    # Windows of 24 + 8 / 2 tokens, one every 8, without a BOS of their own.
    { losses "$(echo "$ids" | cut -d, -f 1-28)" 20 && losses "$(echo "$ids" | cut -d, -f 9-36)" 20; } > "$work/losses"
    expect 0 '"window_tokens": 28,' \
        rlx perplexity "$compiled" -f "$work/text" -c 24 --stride=8 --chunks=2 --json
    near "a stride" "$(value perplexity)" "$(exp_of_mean < "$work/losses")"
}

small=${RLX_SHARED:-../shared}/models/tinystories-656k
if [ -d "$small" ]; then
    expect 0 '' rlxc build "$small" -q $few -o "$compiled"
    check 1
fi
expect 0 '' rlxc build "$model" -q $few -o "$compiled"
check ''
expect 0 "^perplexity     [0-9.]* ± [0-9.]*$" sh -c "\"$bin/rlx\" perplexity \"$compiled\" -c 16 -f - -t 1 < \"$work/text\""
equal "no progress line in a pipe" "$(cat "$printed/err")" ""
printf '%s\n' "log $work/log" "status 0" | "$bin/../tests/in_terminal" 80x24 \
    "$bin/rlx" perplexity "$compiled" -c 16 -f "$work/text" || fail "in a terminal"
grep -q 'perplexity  *[0-9]* %  [0-9.]* so far, 0:00 left' "$work/log" || fail "no progress line: $(cat "$work/log")"

expect 2 "-f FILE is needed" rlx perplexity "$compiled"
expect 2 "a window has at least 4 tokens" rlx perplexity "$compiled" -f "$work/text" -c 3
expect 2 "--stride: expected less than the 32 tokens" rlx perplexity "$compiled" -f "$work/text" -c 32 --stride=32
expect 1 "none: No such file" rlx perplexity "$compiled" -f "$work/none"
: > "$work/empty"
expect 1 "empty: no text" rlx perplexity "$compiled" -f "$work/empty"
expect 1 "text: [0-9]* tokens are not enough for a window of 512; --context=N" rlx perplexity "$compiled" -f "$work/text"
yes "Once upon a time" | head -n 1000 > "$work/long"
expect 1 "compiled for at most 1024" rlx perplexity "$compiled" -f "$work/long" -c 2000
finish "perplexity"
