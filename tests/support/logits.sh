# What scripts that check scores of texts share, after expect.sh: a text, options of small exact builds,
# and logits as lines of numbers.
vocabulary=2048 # of stories-3m and tinystories-656k
few="--exact --level=x86-64-v3 --variants=decode=1,blocks=2:16,prefill=32:64"
printf 'Once upon a time, there was a quiet fox named Bobby who lived in a tall lighthouse. One day, %s\n' \
    'Bobby found a shiny stone near the sea. He showed it to his friend Lily, and they were happy.' \
    'They put the stone on the roof, so that every ship could see its light from far away.' > "$work/text"

# value NAME: the first of that name in the JSON that was printed last.
value() { sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" "$printed/out" | head -n 1; }
near() { # WHAT FOUND EXPECTED
    awk -v a="$2" -v b="$3" 'BEGIN { exit !(a > 0 && a - b < 1e-4 * b && b - a < 1e-4 * b) }' ||
        fail "$1: expected $3, found $2"
}
# logits MODEL IDS: a line for each id.
logits() {
    rlx logits "$1" --tokens="$2" -o "$work/logits"
    header=$(od -An -t u8 -N 8 "$work/logits" | tr -d ' ')
    tail -c +$((9 + header)) "$work/logits" | od -An -v -t f4 -w$((4 * vocabulary))
}
# For awk: log of the sum of exp over the fields of a line.
log_sum='function log_sum(    i, largest, sum) {
    largest = $1 + 0
    for (i = 2; i <= NF; i++) if ($i > largest) largest = $i
    for (i = 1; i <= NF; i++) sum += exp($i - largest)
    return largest + log(sum)
}
'
