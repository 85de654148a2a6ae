#!/bin/sh
# What a user of `rlx` sees: usage, errors, exit codes, and that commands agree with each other. In: the folder of the programs.
set -u
bin=$1
model=examples/stories-3m.Q8_0.gguf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

# expect CODE TEXT COMMAND...: the exit code, and a text that standard output or error must hold
expect() {
    code=$1 text=$2
    shift 2
    "$@" >"$work/out" 2>&1 </dev/null
    got=$?
    [ "$got" = "$code" ] || fail "exit code $got, expected $code: $*: $(head -c 300 "$work/out")"
    grep -qF -- "$text" "$work/out" || fail "expected '$text' from: $*: $(head -c 300 "$work/out")"
}

equal() { # WHAT A B
    [ "$2" = "$3" ] || fail "$1: '$2' is not '$3'"
}

"$bin/rlxc" build "$model" -q -o "$work/m.rlx" || fail "the bundled model does not compile"
"$bin/rlxc" build "$model" -q --emit=exe -o "$work/stories" || fail "the bundled model does not become a program"

expect 0 "usage: rlx" "$bin/rlx" --help
expect 0 "rlx 0" "$bin/rlx" --version
expect 2 "usage: rlx" "$bin/rlx"
expect 2 "unknown command 'fly'" "$bin/rlx" fly
for command in run chat bench info logits tokenize; do
    expect 0 "usage: rlx $command" "$bin/rlx" $command --help
    expect 2 "unknown option '--fly'" "$bin/rlx" $command "$work/m.rlx" --fly
    expect 2 "which model?" "$bin/rlx" $command
    case $command in logits) more="--tokens=1 -o $work/x" ;; *) more= ;; esac
    expect 1 "none.rlx" "$bin/rlx" $command "$work/none.rlx" $more
done
expect 2 "expected a number from 0 to 1" "$bin/rlx" run "$work/m.rlx" --top-p=7
expect 2 "needs a value" "$bin/rlx" run "$work/m.rlx" -n
expect 2 "expected ids" "$bin/rlx" run "$work/m.rlx" --tokens=1,x
expect 1 "4096" "$bin/rlx" run "$work/m.rlx" --tokens=4096 -n 1
expect 1 "1024" "$bin/rlx" run "$work/m.rlx" -c 4000 -p x
expect 1 "not" "$bin/rlx" info "$model"
head -c 100000 "$work/m.rlx" >"$work/cut.rlx"
expect 1 "cut.rlx" "$bin/rlx" info "$work/cut.rlx"

# A prompt that cannot fit; a context that fills while generating.
ids=$(seq -s, 1 40)
expect 1 "16" "$bin/rlx" run "$work/m.rlx" -c 16 --tokens="$ids" -n 1
expect 0 "the context of 16 tokens is full" "$bin/rlx" run "$work/m.rlx" -c 16 -p "Once upon a time" -n 100 --ignore-eos

expect 0 "stories" "$bin/rlx" info "$work/m.rlx"
expect 0 "every digest agrees" "$bin/rlx" info "$work/m.rlx" --verify
expect 0 '"' "$bin/rlx" info "$work/m.rlx" --json
expect 0 "tokens/s" "$bin/rlx" bench "$work/m.rlx" -p 64 -n 8 -r 1
expect 0 '"decode_tokens_per_second"' "$bin/rlx" bench "$work/m.rlx" -p 64 -n 8 -r 1 --json

# Ids and text, there and back.
equal "tokenize" "$(printf 'Once upon a time' | "$bin/rlx" tokenize "$work/m.rlx")" "479,480,256,421"
equal "decode" "$(echo 479,480,256,421 | "$bin/rlx" tokenize "$work/m.rlx" --decode)" "Once upon a time"
equal "jsonl" "$(echo '{"text":"Once upon a time"}' | "$bin/rlx" tokenize "$work/m.rlx" --jsonl)" '{"ids": [479, 480, 256, 421]}'
equal "jsonl back" "$(echo '{"ids":[479,480,256,421]}' | "$bin/rlx" tokenize "$work/m.rlx" --jsonl --decode)" '{"text": "Once upon a time"}'
equal "render" "$(echo '{"messages":[{"role":"user","content":"hi"}],"add_generation_prompt":true}' | "$bin/rlx" chat "$work/m.rlx" --render)" \
    '{"text": "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"}'

# Text, ids, threads and seeds agree with each other.
by_text=$("$bin/rlx" run "$work/m.rlx" -p "Once upon a time" -n 24 --ids)
equal "by ids" "$("$bin/rlx" run "$work/m.rlx" --tokens=479,480,256,421 -n 24 --ids)" "$by_text"
for threads in 1 3 8; do
    equal "$threads threads" "$("$bin/rlx" run "$work/m.rlx" -p "Once upon a time" -n 24 --ids -t $threads)" "$by_text"
done
equal "the same seed" "$("$bin/rlx" run "$work/m.rlx" -p One -n 24 --temp 0.9 --seed 7)" "$("$bin/rlx" run "$work/m.rlx" -p One -n 24 --temp 0.9 --seed 7 -t 1)"
[ "$("$bin/rlx" run "$work/m.rlx" -p One -n 24 --temp 2 --seed 7)" != "$("$bin/rlx" run "$work/m.rlx" -p One -n 24 --temp 2 --seed 8)" ] ||
    fail "two seeds give one text"

for way in block steps naive; do
    "$bin/rlx" logits "$work/m.rlx" --tokens=479,480,256 --way=$way -o "$work/$way.safetensors" || fail "logits by $way"
    equal "size of logits by $way" "$(wc -c <"$work/$way.safetensors")" "$(wc -c <"$work/block.safetensors")"
done
cmp -s "$work/steps.safetensors" "$work/naive.safetensors" || fail "logits of one kind of arithmetic differ in bits: steps, naive"

# A program that carries its model: one answer, a conversation in a pipe, and the commands.
"$work/stories" "Tell me a story about a fox and a blue lantern." >"$work/out" 2>"$work/timings" || fail "the program does not answer"
grep -q "lantern" "$work/out" || fail "the story has no lantern: $(cat "$work/out")"
grep -q "tokens/s" "$work/timings" || fail "no line of timings"
printf 'Tell me a story about a fox and a blue lantern.\nWhat is the moral?\n/reset\n/fly\n/exit\n' | "$work/stories" >"$work/out" 2>&1 || fail "the conversation ends badly"
grep -q "learned that" "$work/out" || fail "no moral: $(cat "$work/out")"
grep -q "unknown command '/fly'" "$work/out" || fail "/fly is accepted"
expect 0 "stories" "$work/stories" info
strip -o "$work/stripped" "$work/stories" 2>/dev/null && expect 2 "usage: rlx" "$work/stripped"

[ $failures = 0 ] || exit 1
echo "rlx: all as expected"
