#!/bin/sh
# `rlx run` and programs that carry their model: where prompts come from, where answers go, JSON,
# signals, and behaviour in a terminal. In: the folder of the programs.
. tests/support/expect.sh

small=$work/small.rlx
stories=$work/stories
expect 0 '' rlxc build "$model" -q -o "$small" --level=x86-64-v3 --variants=decode=1
expect 0 '' rlxc build "$model" -q -o "$stories" --emit=exe --level=x86-64-v3 --variants=decode=1
question="Tell me a story about a fox and a blue lantern."
run() { rlx run "$small" "$@" < /dev/null 2> "$work/err"; }
in_terminal() { "$bin/../tests/in_terminal" "$@"; }

# ---- the template: applied if the model has one, wherever the prompt comes from ----
answer=$("$stories" "$question" -n 12 --temp 0 -q < /dev/null)
[ -n "$answer" ] || fail "no answer"
equal "an operand" "$(run "$question" -n 12 --temp 0)" "$answer"
equal "-p" "$(run -p "$question" -n 12 --temp 0)" "$answer"
equal "-p of a program" "$("$stories" -p "$question" -n 12 --temp 0 -q < /dev/null)" "$answer"
equal "run of a program" "$("$stories" run "$question" -n 12 --temp 0 < /dev/null)" "$answer"
equal "standard input" "$(echo "$question" | rlx run "$small" -n 12 --temp 0)" "$answer"
equal "standard input of a program" "$(echo "$question" | "$stories" -n 12 --temp 0 -q)" "$answer"
printf '%s\r\n' "$question" > "$work/question"
equal "a file" "$(run -f "$work/question" -n 12 --temp 0)" "$answer"
equal "a file of a program" "$("$stories" -f "$work/question" -n 12 --temp 0 -q < /dev/null)" "$answer"
equal "standard input by name" "$(rlx run "$small" -f - -n 12 --temp 0 < "$work/question")" "$answer"
[ "$(run "$question" -n 12 --temp 0 --raw)" != "$answer" ] || fail "--raw changes nothing"
for program in "$stories" "rlx run $small"; do
    plain=$($program "$question" -n 1 -v 2>&1 < /dev/null | sed -n 's/.*prompt: \([0-9]*\) tokens.*/\1/p')
    more=$($program "$question" -n 1 -v -s "Be brief." 2>&1 < /dev/null | sed -n 's/.*prompt: \([0-9]*\) tokens.*/\1/p')
    [ "$more" -gt "$plain" ] || fail "--system changes nothing: $program"
done
for help in "rlx run" "$stories"; do
    $help --help > "$work/help"
    for word in '\[PROMPT\]' '-p, --prompt' '-f, --file' '--raw' '--system' '--lines' '--json' \
        '130 stopped by Ctrl-C'; do
        grep -q -e "$word" "$work/help" || fail "$help --help: no word of $word"
    done
done

# ---- standard input is one prompt, without the end of its last line ----
tokens() { # number of tokens on standard input
    "$bin/rlx" run "$small" -n 1 -v "$@" 2>&1 > "$work/out" |
        sed -n 's/.*prompt: \([0-9]*\) tokens.*/\1/p'
}
length() { rlx tokenize "$small" --no-parse-special | tr ',' '\n' | wc -l; }
equal "an end of line" "$(printf 'one\n' | tokens --raw)" "$(printf 'one' | length)"
equal "CR LF" "$(printf 'one\r\n' | tokens --raw)" "$(printf 'one' | length)"
equal "two ends of line" "$(printf 'one\n\n' | tokens --raw)" "$(printf 'one\n' | length)"
equal "several lines" "$(printf 'one\ntwo\n\nthree\n' | tokens --raw)" \
    "$(printf 'one\ntwo\n\nthree' | length)"
equal "a NUL" "$(printf 'a\0b' | tokens --raw)" "$(printf 'a\0b' | length)"
printf 'a\0b' | rlx run "$small" --session="$work/nul" 2> "$work/err" && fail "a NUL in a kept message"
printf 'a\0b' | rlx run "$small" 2> "$work/err" && fail "a NUL in a message"
grep -q "byte 2 of the prompt is NUL, .* --raw" "$work/err" || fail "a NUL: $(cat "$work/err")"

# an argument, followed by standard input
equal "a prompt and a pipe" "$(printf 'two\n' | tokens --raw -p one)" "$(printf 'one\n\ntwo' | length)"
equal "a prompt and a file" "$(tokens --raw one -f "$work/question" < /dev/null)" \
    "$(printf 'one\n\n%s' "$question" | length)"
echo two > "$work/two"
equal "a prompt and input from a file" "$(tokens --raw one < "$work/two")" \
    "$(printf 'one\n\ntwo' | length)"
equal "a prompt and nothing" "$(printf '' | tokens --raw one)" "$(printf 'one' | length)"
equal "a slow pipe" "$( (sleep 0.3; echo two) | tokens --raw one)" "$(printf 'one\n\ntwo' | length)"
equal "no standard input" "$(tokens --raw one <&-)" "$(printf 'one' | length)"

# a pipe that nobody writes to or closes: the wait is limited
mkfifo "$work/idle"
sleep 60 > "$work/idle" &
writer=$!
timeout 20 "$bin/rlx" run "$small" "$question" -n 12 --temp 0 < "$work/idle" > "$work/out" 2> "$work/err"
equal "status with an idle pipe" "$?" 0
kill $writer
equal "an answer with an idle pipe" "$(cat "$work/out")" "$answer"
grep -q "nothing came .* for 3 seconds: continuing without it" "$work/err" ||
    fail "an idle pipe: $(cat "$work/err")"

# no prompt at all
expect 1 "rlx: standard input: empty" rlx run "$small"
expect 1 "stories: standard input: empty" "$stories"
expect 1 "nowhere: No such file" rlx run "$small" -f "$work/nowhere"
expect 1 "$work: Is a directory" rlx run "$small" -f "$work"
for command in "run $small" "run $small -p x -f -" "tokenize $small" "tokenize $small --jsonl" \
    "chat $small --render" "chat $small"; do
    rlx $command < "$work" > "$work/out" 2> "$work/err"
    equal "status of $command < DIRECTORY" "$?" 1
    grep -q "standard input: Is a directory" "$work/err" || fail "$command: $(cat "$work/err")"
done
rlxc opt - < "$work" > "$work/out" 2> "$work/err" && fail "rlxc opt - < DIRECTORY"
grep -q "standard input: Is a directory" "$work/err" || fail "rlxc opt: $(cat "$work/err")"

# ---- each line is a prompt ----
printf '%s\n\nWhat is the moral?\r\n%s' "$question" "$question" > "$work/lines"
moral=$(run "What is the moral?" -n 12 --temp 0)
rlx run "$small" --lines -n 12 --temp 0 < "$work/lines" > "$work/out" || fail "--lines"
equal "answers to lines" "$(cat "$work/out")" "$(printf '%s\n%s\n%s' "$answer" "$moral" "$answer")"
"$stories" --lines -n 12 --temp 0 -q -f "$work/lines" | cmp - "$work/out" || fail "--lines of a program"
equal "lines after an argument" "$(echo two | tokens --raw one --lines)" \
    "$(printf 'one\n\ntwo' | length)"
expect 0 '' rlx run "$small" --lines
# a line that cannot fit is named; the others are answered
yes word | head -n 5000 | tr '\n' ' ' > "$work/long"
{ echo one; cat "$work/long"; echo; echo one; } |
    rlx run "$small" --lines -n 3 > "$work/out" 2> "$work/err"
equal "status with a line that does not fit" "$?" 1
equal "answers beside a line that does not fit" "$(wc -l < "$work/out")" 2

# ---- texts that cannot fit are refused before they cost memory and time ----
endless() { head -c 60000000 /dev/zero | tr '\0' x; }
limit=400000 # kB; sanitizers themselves need more
(ulimit -v $limit && "$bin/rlx" --version) > /dev/null 2>&1 || limit=unlimited
for lines in "" --lines; do
    endless | (ulimit -v $limit; exec timeout 20 "$bin/rlx" run "$small" $lines) \
        > "$work/out" 2> "$work/err"
    equal "status of a huge text $lines" "$?" 1
    grep -q "at least [0-9]* tokens do not fit: the context has room for 1024" "$work/err" ||
        fail "a huge text $lines: $(cat "$work/err")"
done
timeout 20 "$bin/rlx" run "$small" -p one < /dev/zero > "$work/out" 2>&1 || fail "input without end, unread"
timeout 20 "$bin/rlx" run "$small" -f /dev/zero > "$work/out" 2> "$work/err"
equal "status of a text without end" "$?" 1

# A line that finds no memory does not end the input.
if [ $limit != unlimited ]; then
    { echo '{"messages":[]}'; head -c 500000000 /dev/zero | tr '\0' x; } |
        (ulimit -v $limit; exec timeout 20 "$bin/rlx" chat "$small" --render) \
            > "$work/out" 2> "$work/err"
    equal "status of a conversation for which there is no memory" "$?" 1
    grep -q 'standard input: Cannot allocate memory' "$work/err" ||
        fail "a conversation for which there is no memory: $(cat "$work/err")"
fi

# ---- an empty answer comes with a reason ----
expect 2 "goes with\|not for --raw" rlx run "$small" --raw -s x -p y
expect 2 "no --raw, --tokens, --ids or --json" rlx run "$small" --session="$work/x" --json -p y
expect 2 "a text and --tokens" rlx run "$small" --tokens=1 -f "$work/question"
expect 2 "template-args is for the chat template" rlx run "$small" --raw -p y --template-args='{}'
expect 2 "expected one prompt, found 'blue' too: several words need quotes" rlx run "$small" sky blue
expect 2 "expected one prompt, found 'sky' too" rlx run "$small" -p blue sky
expect 2 "expected no prompt, found 'sky': rlx run takes one" rlx chat "$small" sky
expect 1 "expected a regular file, found a directory" rlx run "$work" sky
expect 2 "at least one id" rlx run "$small" --tokens=
end=$(printf '<|im_start|>user\nWhat is the moral?<|im_end|>\n<|im_start|>assistant\nSofia learned that two pairs of eyes see more than one.')
silent=$(printf '%s' "$end" | rlx run "$small" --raw --temp 0 2> "$work/err")
if [ -z "$silent" ]; then
    grep -q "ended at once, without any text; it has a chat template, which --raw does not use" \
        "$work/err" || fail "silence: $(cat "$work/err")"
    printf '%s' "$end" | rlx run "$small" --raw --temp 0 -q 2>&1 | grep . && fail "-q is not silent"
else
    fail "expected a model that ends at once, found '$silent'"
fi

# ---- where things go ----
"$stories" "$question" -n 12 --temp 0 > "$work/both" 2>&1 < /dev/null
equal "the last line of an answer" "$(head -n 1 "$work/both")" "$answer"
grep -q '^opened in ' "$work/both" || fail "timings stand after the answer: $(cat "$work/both")"
expect 0 '' "$stories" chat # nothing was said: no timings
equal "lines of an answer" "$(run "$question" -n 12 --temp 0 | wc -l)" 1
equal "standard error of run" "$(run "$question" -n 12 --temp 0; cat "$work/err")" "$answer"
"$stories" --tokens=99999 > "$work/both" 2>&1 && fail "an id outside of the vocabulary"
equal "timings of a failure" "$(grep -c '^opened' "$work/both")" 0

# ---- JSON ----
run "$question" -n 12 --temp 0 --json > "$work/json"
cat > "$work/check.sed" <<'SED'
s/.*"text": "\([^"]*\)".*/\1/p
SED
equal "text of JSON" "$(sed -n -f "$work/check.sed" "$work/json")" "$answer"
equal "ids of JSON" "$(sed 's/.*"tokens": \[\([^]]*\)\].*/\1/; s/ //g' "$work/json")" \
    "$(run "$question" -n 12 --temp 0 --ids)"
grep -q '"generated_tokens": 12, "stop": "length", "timings": {"open_seconds": ' "$work/json" ||
    fail "JSON: $(cat "$work/json")"
grep -q '"seed"' "$work/json" && fail "a seed that was not used"
equal "a seed" "$(run One -n 2 --json --temp 1 --seed 7 | grep -c '"seed": 7,')" 1
equal "JSON of no text" "$(run One -n 0 --json | grep -c '"text": "", "tokens": \[\], ')" 1
equal "the end" "$(run "What is the moral?" --temp 0 --json | grep -c '"stop": "end"')" 1
equal "a context that fills" "$(run One --raw -c 16 --ignore-eos --json | grep -c '"stop": "context"')" 1
equal "JSON of lines" "$(rlx run "$small" --lines -n 2 --json < "$work/lines" |
    sed 's/{"line": \([0-9]*\),.*/\1/' | tr '\n' ' ')" "1 3 4 "

# ---- one question in a saved conversation ----
talk=$work/talk
printf '%s\nWhat is the moral?\n' "$question" | rlx chat "$small" --temp 0 -q --lines > "$work/whole" 2>&1
"$stories" "$question" --temp 0 -q --session="$talk" > "$work/first" < /dev/null || fail "a question with --session"
echo "What is the moral?" | "$stories" --temp 0 -q --session="$talk" > "$work/second" || fail "another question"
equal "two questions with --session" "$(cat "$work/first" "$work/second")" "$(cat "$work/whole")"
printf '%s\nWhat is the moral?\n' "$question" | "$stories" --temp 0 -q --lines --session="$talk.2" > "$work/out"
equal "lines with --session" "$(cat "$work/out")" "$(cat "$work/first" "$work/second")"
expect 1 "saved with another model\|not a saved session" "$stories" hi --session="$work/question"

# ---- signals: the text so far stays, and the waiting process sees the signal ----
stopped() { # SIGNAL COMMAND...: sends the signal during the answer
    signal=$1
    shift
    rm -f "$work/out" # the shell in the background creates it again
    env --default-signal=INT,TERM,HUP "$@" > "$work/out" 2> "$work/err" < /dev/null &
    while kill -0 $! 2> /dev/null && [ ! -s "$work/out" ]; do sleep 0.02; done
    sleep 0.1
    kill -$signal $!
    wait $! 2> /dev/null # hides the shell's own message
    echo $?
}
yes "One day" | head -n 5000 > "$work/many"
for pair in INT:130 TERM:143 HUP:129; do
    equal "status after ${pair%:*}" \
        "$(stopped "${pair%:*}" "$bin/rlx" run "$small" --lines -f "$work/many" --ignore-eos)" \
        "${pair#*:}"
    equal "status of a program after ${pair%:*}" \
        "$(stopped "${pair%:*}" "$stories" --lines -f "$work/many" --ignore-eos)" "${pair#*:}"
    equal "text ends in a line after ${pair%:*}" "$(tail -c 1 "$work/out" | od -An -c | tr -d ' ')" '\n'
done
equal "status of JSON after INT" \
    "$(stopped INT "$bin/rlx" run "$small" --lines -f "$work/many" --ignore-eos --json)" 130
grep -v '^{.*}$' "$work/out" | grep . && fail "JSON that is cut off"

# ---- --logits: what rlx logits writes, and then the answer as -n says ----
ids=479,480,256,17
rlx logits "$small" --tokens=$ids -o "$work/logits"
for program in "rlx run $small" "$stories"; do
    continue="$program --tokens=$ids --temp 0 --ids --ignore-eos"
    plain=$($continue -n 5 -q)
    equal "--logits and an answer of $program" "$($continue -n 5 -q --logits="$work/beside")" "$plain"
    cmp "$work/logits" "$work/beside" || fail "other logits beside an answer: $program"
    rm "$work/beside"
    equal "--logits alone prints" "$($continue -q --logits="$work/beside")" ""
    cmp "$work/logits" "$work/beside" || fail "other logits without an answer: $program"
    equal "-n -1 after --logits" "$($continue -n -1 -c 9 -q --logits="$work/beside" | tr ',' '\n' | wc -l)" 5
    equal "--json after --logits" "$($program --tokens=$ids --temp 0 --json --ignore-eos -n 5 \
        --logits="$work/beside" | sed 's/.*"tokens": \[\([^]]*\).*/\1/; s/ //g')" "$plain"
done
rlx logits "$small" --tokens=$(printf 'one\n\ntwo' | rlx tokenize "$small") -o "$work/logits"
printf 'two\n' | rlx run "$small" --raw one --logits="$work/beside" -v 2> "$work/err"
cmp "$work/logits" "$work/beside" || fail "--logits of a text"
grep -q 'prompt: [0-9]* tokens' "$work/err" || fail "-v with --logits alone: $(cat "$work/err")"
echo old > "$work/beside"
expect 1 "expected an id from 0 to 2047, found 99999" rlx run "$small" --tokens=5,99999 --logits="$work/beside" -n 2
equal "logits after a failure" "$(cat "$work/beside")" old
expect 1 "none/x: cannot be written: .*" rlx run "$small" --tokens=5 --logits="$work/none/x" -n 2
equal "an answer without its logits" "$(rlx run "$small" --tokens=5 --logits="$work" -n 2 2> /dev/null)" ""
expect 2 "standard output is for the answer" rlx run "$small" --tokens=5 --logits=-
expect 2 "for one prompt: no --lines" rlx run "$small" --lines --logits="$work/beside"
expect 2 "for one prompt: no --lines, no --session" \
    rlx run "$small" hello --session="$work/none.rls" --logits="$work/beside"
expect 2 "unknown option .--logits" rlx chat "$small" --logits="$work/beside"

# ---- in a terminal ----
# One Ctrl-D ends what was typed; a hint says so.
in_terminal 120x24 "$bin/rlx" run "$small" -n 12 --temp 0 << END || fail "a prompt that is typed"
see rlx: type the prompt; Ctrl-D on a line of its own ends it
type $question\r\x04
see $answer
status 0
END
# Ctrl-C ends it as a signal.
first=$(run "One day" -n 1 --temp 0)
in_terminal 120x24 "$bin/rlx" run "$small" --lines -f "$work/many" --ignore-eos --temp 0 << END || fail "Ctrl-C"
see $first
type \x03
status 130
END
# It ends a loop in a shell, not just one run.
if command -v bash > /dev/null; then
    in_terminal 120x24 bash -c 'for i in 1 2 3; do "$@"; echo "next $?"; done' - \
        "$bin/rlx" run "$small" --lines -f "$work/many" --ignore-eos --temp 0 << END || fail "Ctrl-C in a loop"
see $first
type \x03
status 130
never next
END
fi

finish run
