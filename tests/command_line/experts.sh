#!/bin/sh
# Mixtures whose experts are more than memory: what rlx info says of them, and sizes of --expert-memory. In:
# the folder of the programs.
. tests/support/expect.sh

mixture=${RLX_SHARED:-../shared}/golden/gguf/qwen3moe-Q8_0.gguf
if [ ! -e "$mixture" ]; then
    echo "skipped: mixtures of experts: no $mixture"
    exit 0
fi
expect 0 '' rlxc build "$mixture" -q --variants=decode=1 -o "$work/mixture.rlx"
expect 0 '' rlxc build "$model" -q --variants=decode=1 -o "$work/dense.rlx"

# The numbers of the line about experts, and the bytes of all of them in kB.
line=$(rlx info "$work/mixture.rlx" | grep '^experts ')
set -- $(echo "$line" | tr -c '0-9.\n' ' ')
[ $# -eq 4 ] || fail "experts: $line"
experts=$1 kilobytes=$4
half=$(awk "BEGIN { print $kilobytes / 1990 }")MB # a little more than half

expect 0 "^stay in memory *$experts of each layer" rlx info "$work/mixture.rlx" --expert-memory=auto
expect 0 "^stay in memory *$experts of each layer" rlx info "$work/mixture.rlx" --expert-memory=1GiB
expect 0 "^stay in memory *$((experts / 2)) of each layer" rlx info "$work/mixture.rlx" --expert-memory="$half"
expect 0 "^stay in memory *0 of each layer" rlx info "$work/mixture.rlx" --expert-memory=0.001
for size in 0 -1 1PB 5kB 1e30 GB auto1 ''; do
    expect 2 "expected auto or a size" rlx info "$work/mixture.rlx" --expert-memory="$size"
done
expect 1 'no mixtures of experts' rlx info "$work/dense.rlx" --expert-memory=1GB
expect 1 'no mixtures of experts' rlx run "$work/dense.rlx" --expert-memory=1GB --tokens=5 -n 1
rlx info "$work/dense.rlx" | grep -q '^experts' && fail "a dense model has experts"

# Whatever stays, the same tokens; and the counts.
ids() { rlx run "$work/mixture.rlx" --tokens=5,17,3,9 -n 12 --temp=0 --ids -q "$@"; }
equal "half in memory" "$(ids --expert-memory="$half")" "$(ids)"
expect 0 "$((experts / 2)) of $experts of each of" \
    rlx bench "$work/mixture.rlx" -p 8 -n 8 -r 1 --expert-memory="$half"
finish "mixtures of experts"
