#!/bin/sh
# Sampling as a user has it: defaults that the model or this program recommends, seeds, the spellings
# of other tools, stop strings; the same answer on every way. In: the folder of the programs.
. tests/support/expect.sh

tests=$bin/../tests
few="--level=x86-64-v3 --variants=decode=1,blocks=2:16"
expect 0 '' "$tests/add_values" "$model" "$work/advised.gguf" general.sampling.temp=0.375 \
    general.sampling.top_k=12 general.sampling.penalty_repeat=1.125 \
    general.sampling.penalty_last_n=-1
expect 0 '' "$tests/add_values" "$model" "$work/greedy.gguf" general.sampling.temp=0
plain=$work/plain.rlx advised=$work/advised.rlx
expect 0 '' rlxc build "$model" -q $few -o "$plain"
expect 0 '' rlxc build "$work/advised.gguf" -q $few -o "$advised"
expect 0 '' rlxc build "$work/greedy.gguf" -q $few -o "$work/greedy.rlx"
expect 0 '' "$tests/add_values" "$model" "$work/wrong.gguf" general.sampling.temp=-1
expect 1 'general.sampling.temp.*from 0 to 100, found -1' rlxc build "$work/wrong.gguf" -q -o "$work/x"

# ---- defaults ----
expect 0 'sampling  *--temp=0.7 --top-k=0 --top-p=0.95 --min-p=0.05 (the model recommends none)' rlx info "$plain"
expect 0 '--temp=0.375 --top-k=12 .* --repeat-penalty=1.125 --repeat-last-n=-1 (recommended by the model)' rlx info "$advised"
expect 0 '"temperature": 0.375' rlx info "$advised" --json

# settings OPTIONS...: what -v says of them
settings() { rlx run "$@" -p One -n 1 -v 2>&1 | sed -n 's/^sampling: //p'; }
equal "ours" "$(settings "$plain" --seed 5)" "--temp=0.7 --top-k=0 --top-p=0.95 --min-p=0.05 --seed=5"
equal "the model's" "$(settings "$advised" --seed=5)" \
    "--temp=0.375 --top-k=12 --top-p=1 --min-p=0 --repeat-penalty=1.125 --repeat-last-n=-1 --seed=5"
equal "some of them" "$(settings "$advised" --seed=5 --top-k -1 --temp 1 --repeat-last-n 0)" \
    "--temp=1 --top-k=0 --top-p=1 --min-p=0 --repeat-penalty=1 --seed=5"
equal "all" "$(settings "$plain" --seed=0x10 --temp=1.25 --top-k=7 --top-p=0 --min-p=0.1 \
    --presence-penalty=-0.5 --frequency-penalty=0.25 --repeat-last-n=-1)" \
    "--temp=1.25 --top-k=7 --top-p=0 --min-p=0.1 --presence-penalty=-0.5 --frequency-penalty=0.25 --repeat-last-n=-1 --seed=16"
equal "greedy" "$(settings "$work/greedy.rlx")" "--temp=0"
for command in run chat; do
    echo One | rlx $command "$plain" -v -n 1 2>&1 | grep -q 'sampling: --temp=0.7' ||
        fail "$command has defaults of its own"
done

# ---- seeds: random unless given, and a text can be made again ----
say() { rlx run "$plain" --tokens=479,480,256,421 -n 40 "$@"; } # Once upon a time
[ "$(say)" != "$(say)" ] || [ "$(say)" != "$(say)" ] || fail "two texts are the same without a seed"
[ "$(say --seed -1)" != "$(say --seed=-1)" ] || [ "$(say --seed -1)" != "$(say)" ] ||
    fail "--seed -1 is no random one"
say -v > "$work/first" 2> "$work/said"
again=$(sed -n 's/^sampling: //p' "$work/said")
equal "a text made again by $again" "$(say $again)" "$(cat "$work/first")"

# one answer, however it is asked for
question="Tell me a story about a fox."
for file in "$plain" "${RLX_SHARED:-../shared}/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"; do
    [ -f "$file" ] || { echo "skipped: no $file (RLX_SHARED)"; continue; }
    case $file in
    *.gguf) source=$file ;;
    *) source=$model ;;
    esac
    expect 0 '' rlxc build "$source" -q $few -o "$work/m.rlx"
    expect 0 '' rlxc build "$source" -q $few --emit=exe -o "$work/exe"
    set -- -n 16 --seed 11
    chat=$(echo "$question" | rlx chat "$work/m.rlx" "$@" | grep -v '^> ')
    equal "a program's answer" "$("$work/exe" -q "$question" "$@")" "$chat"
    equal "from a pipe" "$(echo "$question" | "$work/exe" -q "$@" | grep -v '^> ')" "$chat"
    [ "$chat" != "$(echo "$question" | rlx chat "$work/m.rlx" -n 16 --seed 12 | grep -v '^> ')" ] ||
        fail "another seed makes the same answer"
    text=$(rlx run "$work/m.rlx" -p "One day" "$@")
    equal "rlx run in a pipe" "$(printf 'One day' | rlx run "$work/m.rlx" "$@")" "$text"
    equal "of a program" "$("$work/exe" run -p "One day" "$@")" "$text"
    equal "with a draft" "$(rlx run "$work/m.rlx" -p "One day" "$@" --draft=lookup)" "$text"
    set --
done

# what was used is in JSON too
seed=$(say -n 1 --json | sed -n 's/.*"seed": \([0-9]*\),.*/\1/p')
[ -n "$seed" ] || fail "no seed in JSON"
equal "a stop string in JSON" "$(say --temp 0 --stop=named --json | grep -c '"stop": "string"')" 1

# ---- spellings of other tools ----
for option in "-n -1" "-n -2" "-c 0" "--top-k -1" "--top-k 0" "--top-p 0" "--min-p 0" \
    "--repeat-penalty 0" "--repeat-last-n 0" "--repeat-last-n -1" "--seed -1"; do
    expect 0 '' rlx run "$plain" -p "Once upon" $option
done
for option in "-n -3" "-n 1.5" "-c -1" "--top-k -2" "--top-p 1.5" "--min-p -1" "--temp nan" \
    "--temp -1" "--temp inf" "--repeat-penalty -1" "--presence-penalty nan" \
    "--frequency-penalty 101" "--repeat-last-n -2" "--seed -2" "--seed x" "--stop="; do
    expect 2 "expected" rlx run "$plain" -p "Once upon" $option
done
say -n 0 -v > "$work/out" 2> "$work/said" || fail "-n 0"
equal "nothing but the prompt" "$(cat "$work/out")" ""
grep -q "prompt: 4 tokens, [0-9]* tokens/s$" "$work/said" || fail "-n 0 does not compute the prompt"

# ---- what is given in vain is said ----
expect 0 'rlx: --temp=0 is greedy, so --top-p, --seed change nothing' \
    rlx run "$plain" -p One -n 1 --temp 0 --top-p 0.5 --seed 5
expect 0 'what the model recommends is greedy, so --top-k changes nothing; a temperature' \
    rlx run "$work/greedy.rlx" -p One -n 1 --top-k 5
expect 0 '' rlx run "$plain" -p One -n 1 --temp 0 --repeat-penalty 1.5
expect 0 '' rlx run "$plain" -p One -n 1 --temp 0 --seed 5 -q
expect 0 '' rlx run "$plain" -p One -n 1 --top-p 0.5 --seed 5
expect 0 '1000 threads take turns on [0-9]* processors' rlx run "$plain" -p One -n 1 -t 1000

# ---- stop strings ----
whole=$(say --temp 0)
before() { printf '%s' "$whole" | tr '\n' '~' | sed "s/$1.*//" | tr '~' '\n'; }
equal "--stop" "$(say --temp 0 --stop=named)" "$(before named)"
equal "the first of two" "$(say --temp 0 --stop=never --stop=' named')" "$(before ' named')"
equal "an escape" "$(say --temp 0 --stop='\n')" "$(before '~')"
equal "with a draft" "$(say --temp 0 --stop=named --draft=lookup)" "$(before named)"
equal "ids too, with those of the stop string" \
    "$(say --temp 0 --stop=named --ids | rlx tokenize "$plain" --decode)" "$(before named)named"
equal "a backslash" "$(say --temp 0 --stop='\\n')" "$whole"
answer=$(echo "$question" | rlx chat "$plain" --temp 0 --stop=. | grep -v '^> ')
case $answer in *.*) fail "an answer with its stop string: $answer" ;; '') fail "no answer" ;; esac
# the next turn goes on behind what was shown
printf "%s\nWhy?\n" "$question" | rlx chat "$plain" --lines --temp 0 --stop=. > "$work/out" 2> /dev/null || fail "turns with --stop"
equal "turns with --stop" "$(wc -l < "$work/out")" 2
set --
while [ $# -lt 17 ]; do set -- "$@" --stop=x; done
expect 2 "expected at most 16" rlx run "$plain" -p One "$@"
expect 2 "expected a text of 1 to 256 bytes" rlx run "$plain" -p One --stop="$(printf '%257s' x)"
expect 1 "not UTF-8" rlx run "$plain" -p One -n 1 --stop="$(printf 'a\377')"

finish sampling
