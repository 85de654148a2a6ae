# A program that rlxc wrote as C source, under the address and undefined-behaviour sanitizers: a
# conversation, token ids, and each format of weights. In: the folder of the programs.
. tests/support/expect.sh
. tests/source/written.sh
have gcc "sanitizers over C source" && have make "sanitizers over C source" || exit 0

export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
sanitizers="-g1 -fsanitize=address,undefined -fno-sanitize-recover=all"
runtime_flags="-O0 $strict" # the suite has all of its files under the same sanitizers
sanitized() {
    made gcc "-Og $sanitizers $strict"
}

name=stories-3m
for options in "" "--exact" "--kv=q8" "--activations=i8" "--activations=i16"; do
    write examples/stories-3m.Q8_0.gguf --context=128 $options && sanitized || continue
    expect 0 '' "$work/folder/model" --tokens=5,17,3,99 -n 12 --temp 0 --ids --ignore-eos -q \
        --logits="$work/logits"
    expect 0 '' "$work/folder/model" "A story about a fox" -q --temp 0 -n 24
done
printf '%s\n' "a story about a fox and a blue lantern" "Where does Ruby live?" > "$work/turns"
chat() { "$work/folder/model" chat -q --temp 0 -n 24 < "$work/turns"; }
chat > "$work/said" 2> "$work/wrong" || fail "a conversation: $(head -c 2000 "$work/wrong")"
[ -s "$work/said" ] || fail "a conversation: no answer"
expect 1 'context' "$work/folder/model" --tokens="$(seq -s, 1 200)" -n 1 --ids

for fixture in $formats llama-odd-f32 mistral-swa-f32; do
    paths_of "$fixture"
    [ -e "$model" ] || {
        echo "skipped: no $model"
        continue
    }
    write "$model" --exact && sanitized && checked golden exact "$expected" "$work/folder/model"
done

finish "sanitizers over C source"
