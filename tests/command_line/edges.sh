#!/bin/sh
# Files that cannot be used, written or understood: `rlx` and programs that carry their model report
# them, and harm nothing. In: the folder of the programs.
. tests/support/expect.sh

program=$work/stories
expect 0 '' rlxc build "$model" -q --emit=exe --level=x86-64-v3 --variants=decode=1 -o "$program"

# The model in a program, with a changed byte in its tables, and truncated.
change() { # FILE BYTES_FROM_THE_END
    size=$(wc -c < "$1")
    printf '\377' | dd of="$1" bs=1 seek=$((size - $2)) conv=notrunc 2>/dev/null
}
expect 0 'stories-3m' "$program" info
cp "$program" "$work/damaged"
change "$work/damaged" 300
for arguments in "" hello --help info; do
    expect 1 '^damaged: this program: ' "$work/damaged" $arguments
done
for bytes in 1 100000; do
    head -c -$bytes "$program" > "$work/damaged"
    for arguments in "" hello --help info; do
        expect 1 '^damaged: this program: the model in this program is cut off' "$work/damaged" $arguments
    done
done
rm "$work/damaged"
expect 1 'this program carries no model' rlx info "$bin/rlx"

# Too little address space gives a sentence (sanitizers themselves need more).
rlxc build "$model" -q --level=x86-64-v3 --variants=decode=1 -o "$work/w.rlx"
if (ulimit -v 6500 && "$bin/rlx-static" --version) > /dev/null 2>&1; then
    expect 1 'the system refuses [0-9]* bytes of address space' \
        sh -c "ulimit -v 6500; exec $bin/rlx-static run $work/w.rlx --tokens=1 -n 1 --ids --threads=1"
fi

# Damaged weights: the message names the file and the tensor.
change "$work/w.rlx" 2000000
expect 1 "w.rlx: tensor '.*' is damaged" rlx info "$work/w.rlx" --verify
rm "$work/w.rlx"

# A full standard output. Not every machine has such a device.
expect 0 '' rlxc build "$model" -q --level=x86-64-v3 --variants=decode=1 -o "$work/m.rlx"
if [ -c /dev/full ]; then
    for command in --help --version "run $work/m.rlx -p One -n 4" "info $work/m.rlx" \
        "tokenize $work/m.rlx"; do
        rlx $command > /dev/full 2> "$work/said" < /dev/null && fail "$command: exit status 0"
        grep -q 'rlx: standard output cannot be written' "$work/said" || fail "$command: no word"
    done
fi

# Logits: a failure leaves the old file, a device stays a device.
echo old > "$work/logits"
expect 1 'expected an id from 0 to 2047, found 9999' \
    rlx logits "$work/m.rlx" --tokens=5,9999 -o "$work/logits"
equal "logits after a failure" "$(cat "$work/logits")" old
mkfifo "$work/pipe"
cat "$work/pipe" > "$work/read" &
expect 0 '' rlx logits "$work/m.rlx" --tokens=5,17 -o "$work/pipe"
wait
[ -p "$work/pipe" ] || fail "the pipe was replaced"
expect 0 '' rlx logits "$work/m.rlx" --tokens=5,17 -o "$work/logits"
cmp "$work/logits" "$work/read" || fail "logits differ by where they go"
rm "$work/pipe"
ln -s logits "$work/link"
expect 0 '' rlx logits "$work/m.rlx" --tokens=5,17,3 -o "$work/link"
[ -h "$work/link" ] || fail "the symbolic link was replaced"
equal "size of logits behind a link" $(($(wc -c < "$work/logits") - $(wc -c < "$work/read"))) 8192

# A model without a vocabulary gives ids, and holds no conversation.
bare=${RLX_SHARED:-../shared}/golden/qwen2-bf16
if [ -d "$bare" ]; then
    expect 0 '' rlxc build "$bare" -q --level=x86-64-v3 --variants=decode=1 -o "$work/bare"
    ids=$(rlx run "$work/bare" --tokens=5,17,3 -n 4 --temp 0 --ignore-eos)
    equal "ids of a model without a vocabulary" "$ids" \
        "$(rlx run "$work/bare" --tokens=5,17,3 -n 4 --temp 0 --ignore-eos --ids)"
    expect 1 'without a tokenizer' rlx run "$work/bare" --tokens=5,17,3 -n 4 --stop=x
    [ -n "$ids" ] || fail "a model without a vocabulary prints nothing"
    expect 1 'without a tokenizer' rlx chat "$work/bare"
else
    echo "skipped: a model without a vocabulary: no $bare"
fi

# A bad line is named: not JSON, or not the expected object.
for second in '' '{}'; do
    for lines in "tokenize $work/m.rlx --jsonl" "chat $work/m.rlx --render"; do
        printf '%s\n' '{"text":"a","messages":[]}' "$second" | rlx $lines > "$work/said" 2>&1 &&
            fail "'$second' is accepted: $lines"
        grep -q 'line 2 of standard input' "$work/said" || fail "no number of the line: $lines"
    done
done

# Every command has these options.
for command in run chat bench compare devices imatrix info logits perplexity tokenize; do
    expect 0 '^rlx [1-9]' rlx $command --version
done
expect 0 '' rlx tokenize "$work/m.rlx" -q -v

# Memory that runs out anywhere gives a sentence, and nothing is left. This searches for the lowest
# limit under which a build succeeds.
bounded() { # KB: builds under that limit of address space
    (ulimit -v "$1" && exec "$bin/rlxc" build "$model" -q --tokenizer-only -o "$work/memory/out") \
        > "$printed/out" 2> "$printed/err"
}
mkdir "$work/memory"
most=4000000
if bounded $most; then
    least=20000 sentences=0
    while [ $((most - least)) -gt 30 ]; do
        middle=$(((least + most) / 2))
        rm -f "$work/memory/out"
        if bounded $middle; then
            most=$middle
        else
            least=$middle
            [ -z "$(ls "$work/memory")" ] || fail "left without memory: $(ls "$work/memory")"
            grep -q "^rlxc: error: there is not enough memory: [0-9]* more bytes" "$printed/err" &&
                sentences=$((sentences + 1))
        fi
    done
    [ $sentences -gt 0 ] || fail "no build said that there is not enough memory: $(cat "$printed/err")"
else
    echo "skipped: memory that runs out: the program does not start under a limit (a sanitizer?)"
fi

finish edges
