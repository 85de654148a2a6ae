#!/bin/sh
# `rlx compare`: a model does not differ from itself, its figures are those of a plain computation
# from what `rlx logits` writes, and models that cannot be compared are refused. In: the folder of the
# programs.
. tests/support/expect.sh
. tests/support/logits.sh

a=$work/a.rlx b=$work/b.rlx
expect 0 '' rlxc build "$model" -q $few -o "$a"
expect 0 '' rlxc build "$model" -q $few --quant=q4_0 -o "$b"

expect 0 '"same_best": 1.0,' rlx compare "$a" "$a" -f "$work/text" -c 32 --json
for figure in mean median p99 maximum; do
    equal "$figure of a model and itself" "$(value $figure)" 0.0
done
expect 0 "^same best      100.00 " rlx compare "$a" "$a" -f "$work/text" -c 32
grep -q "farthest" "$printed/out" && fail "a model is apart from itself"

# The first window: 32 tokens, of which 17 to 31 are predicted. Line by line of logits: p, log p, the
# likeliest.
ids=$(rlx tokenize "$a" --add-bos < "$work/text" | cut -d, -f 1-32)
for side in a b; do
    logits "$work/$side.rlx" "$ids" | sed -n 17,31p | awk "$log_sum"'{
        sum = log_sum(); best = 1
        for (i = 1; i <= NF; i++) { printf "%.9g ", $i - sum; if ($i > $best) best = i }
        print best }' > "$work/logs.$side"
done
paste -d ' ' "$work/logs.a" "$work/logs.b" | awk -v ids="$ids" '
    BEGIN { split(ids, id, ",") }
    {
        half = NF / 2; kl = 0
        for (i = 1; i < half; i++) kl += exp($i) * ($i - $(half + i))
        token = id[17 + NR] + 1
        difference = exp($(half + token)) - exp($token)
        sum += kl; squares += difference * difference; same += $half == $NF
        largest = kl > largest ? kl : largest
    }
    END { print sum / NR, largest, same / NR, sqrt(squares / NR) }' > "$work/plain"
read -r mean largest same rms < "$work/plain"
expect 0 '"predicted_tokens": 15,' rlx compare "$a" "$b" -f "$work/text" -c 32 --chunks=1 --json
near "mean divergence" "$(value mean)" "$mean"
near "maximum" "$(value maximum)" "$largest"
near "the farthest place" "$(sed -n 's/^ *"divergence": \([0-9.e-]*\),$/\1/p' "$printed/out" | head -n 1)" "$largest"
near "same best" "$(value same_best)" "$same"
near "rms of p" "$(value rms)" "$rms"
perplexities=$(sed -n 's/^ *"perplexity": \(.*\),$/\1/p' "$printed/out" | tr '\n' ' ')
equal "perplexities" "$perplexities" "$(for m in "$a" "$b"; do
    rlx perplexity "$m" -f "$work/text" -c 32 --chunks=1 --json | sed -n 's/^ "perplexity": \(.*\),$/\1/p'; done | tr '\n' ' ')"
expect 0 '^  [0-9.]* at token [0-9]*, after ".*": A ".*" [0-9.]*, B ".*" [0-9.]*; the text has ".*"$' \
    rlx compare "$a" "$b" -f "$work/text" -c 32 -t 1

expect 2 "expected two models, found 1" rlx compare "$a" -f "$work/text"
expect 2 "expected two models, found 3" rlx compare "$a" "$b" "$a" -f "$work/text"
expect 2 "-f FILE is needed" rlx compare "$a" "$b"
expect 1 "none.rlx" rlx compare "$a" "$work/none.rlx" -f "$work/text"
expect 1 "none: No such file" rlx compare "$a" "$b" -f "$work/none"
small=${RLX_SHARED:-../shared}/models/tinystories-656k
if [ -d "$small" ]; then
    expect 0 '' rlxc build "$small" -q $few -o "$work/small.rlx"
    expect 1 "token [0-9]* of .* is not that of .*: only models with one vocabulary" \
        rlx compare "$a" "$work/small.rlx" -f "$work/text"
fi
finish "compare"
