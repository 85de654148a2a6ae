#!/bin/sh
# `rlx` from a user's view: usage, errors, exit codes, and agreement between commands. In: the
# folder of the programs.
. tests/support/expect.sh

compiled=$work/m.rlx
expect 0 '' rlxc build "$model" -q -o "$compiled"
expect 0 '' rlxc build "$model" -q --emit=exe --level=native -o "$work/stories"

expect 0 "usage: rlx" rlx --help
expect 0 "^rlx [1-9]" rlx --version
expect 2 "usage: rlx" rlx
expect 2 "unknown command 'fly'; see rlx --help" rlx fly
for command in run chat bench compare imatrix info logits perplexity tokenize; do
    expect 0 "usage: rlx $command" rlx $command --help
    expect 2 "unknown option '--fly'" rlx $command "$compiled" --fly
    expect 2 "which model?" rlx $command
    case $command in logits) more="--tokens=1 -o $work/x" ;; perplexity) more="-f $0" ;; imatrix) more="-f $0 -o $work/x" ;; compare) more="$work/none.rlx -f $0" ;; *) more= ;; esac
    expect 1 "none.rlx" rlx $command "$work/none.rlx" $more
done
expect 2 "unknown option '--tmep=0' (did you mean --temp?); see rlx run --help" \
    rlx run "$compiled" --tmep=0
expect 2 "unknown option '--prmopt' (did you mean --prompt?)" rlx run "$compiled" --prmopt x
expect 2 "unknown option '-z'; see" rlx run "$compiled" -qz
expect 2 "raw=1 takes no value" rlx run "$compiled" --raw=1
expect 2 "unknown option '--000" rlx run "$compiled" "--$(printf '%0400d' 0)"
expect 2 "expected a number from 0 to 1" rlx run "$compiled" --top-p=7
expect 2 "needs a value" rlx run "$compiled" -n
expect 2 "expected ids" rlx run "$compiled" --tokens=1,x
expect 1 "4096" rlx run "$compiled" --tokens=4096 -n 1
expect 1 "1024" rlx run "$compiled" -c 4000 -p x
# Models that are not compiled, and words that are not commands: the message says what to do.
expect 1 "^rlx: $model is a GGUF file; compile it first: rlxc build $model -o stories-3m.Q8_0.rlx" \
    rlx info "$model"
expect 1 "is a graph in text form; .*, with --weights=FILE: rlxc build examples/alphabet.hir -o alphabet.rlx" \
    rlx run examples/alphabet.hir -p x
mkdir -p "$work/a model/"
echo '{}' > "$work/a model/config.json"
printf '\002\0\0\0\0\0\0\0{}' > "$work/a model/model.safetensors"
expect 1 "a Hugging Face directory; .* rlxc build '$work/a model/' -o 'a model.rlx'" \
    rlx run "$work/a model/" -p x
expect 1 "holds weights; .* rlxc build '$work/a model' -o 'a model.rlx'" \
    rlx bench "$work/a model/model.safetensors"
expect 0 '' "$bin/../tests/save_session" "$compiled" "$work/talk.rls"
expect 1 "is a saved conversation, .*: rlx chat MODEL.rlx --session=$work/talk.rls" \
    rlx run "$work/talk.rls" -p x
expect 2 "m.rlx is not a command; to run it: rlx run $compiled" rlx "$compiled"
expect 2 "$model is a GGUF file; compile it first: rlxc build $model -o " rlx "$model"
for command in $(rlxc --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
    expect 2 "'$command' is a command of rlxc: rlxc $command …; see rlxc --help" rlx $command x
done
for command in $(rlx --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
    expect 2 "'$command' is a command of rlx: rlx $command …; see rlx --help" rlxc $command x
    expect 0 "^usage: rlx $command" rlx help $command
done
expect 2 "unknown command 'chta': did you mean chat? See rlx --help" rlx chta
expect 2 "did you mean tokenize?" rlx tok
expect 2 "did you mean bench?" rlx help benhc
expect 2 "unknown option '--fly': a command comes first; see rlx --help" rlx --fly
expect 2 "unknown command 'show': rlx info describes a model; see rlx --help" rlx show "$compiled"
expect 2 "unknown command 'pull': nothing is downloaded" rlx help pull
expect 0 "^usage: rlx COMMAND" rlx help --help
expect 2 "unknown option '--n-predict=5': here it is --new-tokens; see rlx run --help" \
    rlx run "$compiled" --n-predict=5
expect 2 "here it is --context" rlx chat "$compiled" --num_ctx 4096
expect 2 "here it is --temp" rlx run "$compiled" --temperature 0
expect 2 "without an option" rlx run -m "$compiled"
expect 2 "rlxc build --kv=TYPE" rlx run "$compiled" --cache-type-k q8_0
# Words behind one dash, which would be letters with values: a number of 'gl', the system message
# 'ys', the file 'a', the help.
expect 2 "unknown option '-ngl': models run on" rlx run "$compiled" -p x -n 3 -ngl 99
expect 2 "unknown option '-sys': here it is --system" rlx run "$compiled" x -sys short
expect 2 "unknown option '-fa': attention is always fused" rlx run "$compiled" x -fa
expect 2 "unknown option '-hf': nothing is downloaded" rlx run -hf org/name -p x
expect 2 "unknown option '-ctk': the type" rlx run "$compiled" x -ctk q8_0
expect 2 "unknown option '-temp=0': here it is --temp" rlx run "$compiled" x -temp=0
expect 2 "unknown option '-o': here it is --format" rlx bench "$compiled" -o md
expect 2 "unknown option '-p': rlx run takes a prompt" rlx chat "$compiled" -p x
expect 2 "unknown option '-r': here it is --stop" rlx run "$compiled" x -r User:
expect 0 '' rlx run "$compiled" -p -ngl -qn2
expect 2 "unexpected 'x': text and ids are read from standard input" rlx tokenize "$compiled" x
expect 1 "No such file" rlx run org/name x
expect 1 "note: a name on a hub?" rlx run org/name x
expect 1 "note: a name on a hub?" rlx run llama3.2:1b x
head -c 100000 "$compiled" > "$work/cut.rlx"
expect 1 "cut.rlx" rlx info "$work/cut.rlx"

# A prompt that cannot fit; a context that fills while generating.
ids=$(seq -s, 1 40)
expect 1 "16" rlx run "$compiled" -c 16 --tokens="$ids" -n 1
expect 0 "the context of 16 tokens is full" \
    rlx run "$compiled" -c 16 -p "Once upon a time" -n 100 --ignore-eos

expect 0 "stories" rlx info "$compiled"
expect 0 "all digests match" rlx info "$compiled" --verify
expect 0 '"' rlx info "$compiled" --json
expect 0 "tokens/s" rlx bench "$compiled" -p 64 -n 8 -r 1
rlx bench "$compiled" "$compiled" -p 8,16 -n 0,2 -t 1,2 -r 1 --format=csv > "$work/csv" || fail "bench of lists"
equal "rows of a bench" "$(cut -d, -f5,6 "$work/csv" | tr '\n' ' ')" "threads,work $(
    for model in 1 2; do for threads in 1 2; do printf '%s' \
        "$threads,prompt 8 $threads,prompt 16 $threads,decode 2 "; done; done)"
expect 0 '^| stories-3m | default | f16 | .* | 1 | prompt 8 | [0-9.]* | 0.0 |  | [0-9.]* |  |$' \
    rlx bench "$compiled" -p 8 -n 0 -t 1 -r 1 --format=md
equal "lines of JSON" "$(rlx bench "$compiled" -p 8 -n 2 -r 1 --format=jsonl | grep -c '^{"model".*"work".*}$')" 2
equal "several as JSON" "$(rlx bench "$compiled" -p 8 -n 0 -r 1 -t 1,2 --json | sed -n '1p;$p' | tr '\n' ' ')" "[ ] "
expect 2 "--json is --format=json" rlx bench "$compiled" --json --format=csv
if command -v taskset > /dev/null; then # one thread per processor that the process may use
    expect 0 " 1 thread;" taskset -c "$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')" \
        "$bin/rlx" bench "$compiled" -p 0 -n 2 -r 1
fi
expect 0 '"tokens_per_second"' rlx bench "$compiled" -p 64 -n 8 -r 1 --json
expect 0 "batch 3 at 33 .* x one sequence" \
    rlx bench "$compiled" -p 0 -n 8 -r 2 --batch=2,3 --depth=0,100
expect 0 "block 4 at 100 .* x one token's" \
    rlx bench "$compiled" -p 0 -n 8 -r 1 --block=4 --depth=100
equal "blocks of a list" "$(rlx bench "$compiled" -p 0 -n 8 -r 1 --block=2,16,7 | grep -o '^block [0-9]*' |
    tr '\n' ' ')" "block 2 block 16 block 7 "
expect 0 "draft: nothing twice .* x without a draft" \
    rlx bench "$compiled" -p 0 -n 16 -r 1 --draft=lookup
printf 'One day One day One day' > "$work/text"
expect 0 "draft: the file " \
    rlx bench "$compiled" -p 0 -n 16 -r 1 --draft=lookup --prompt-file="$work/text" --temp 0.5
expect 1 "text.none: No such file" \
    rlx bench "$compiled" --draft=lookup --prompt-file="$work/text.none"
expect 2 "for --draft=lookup" rlx bench "$compiled" --prompt-file="$work/text"
expect 2 "expected none or lookup, found 'x'" rlx bench "$compiled" --draft=x
expect 2 "--batch: expected up to 16 numbers" rlx bench "$compiled" --batch=2,,3
expect 2 "--depth: expected up to 16 numbers" rlx bench "$compiled" --depth=x
expect 1 "room for 1024" rlx bench "$compiled" --depth=1020
expect 1 "blocks of 17 tokens" rlx bench "$compiled" --block=4,17
expect 2 "--block: expected up to 16 numbers" rlx bench "$compiled" --block=4,0
expect 2 "--block: expected a whole number from 1 to 1048576, found '1,2'" \
    rlx logits "$compiled" --tokens=1 -o "$work/x" --block=1,2
expect 2 "--block is for --way=block, not for --way=steps" \
    rlx logits "$compiled" --tokens=1 -o "$work/x" --way=steps --block=2
expect 0 '' rlxc build "$model" -q -o "$work/plain.rlx" --variants=decode=1,prefill=32
expect 1 "compile it with --variants=…,batch=2:4" rlx bench "$work/plain.rlx" --batch=4
expect 1 "compile it with --variants=…,blocks=2:4" rlx bench "$work/plain.rlx" --block=4

expect 2 "a text and --tokens were both given" rlx run "$compiled" -p One --tokens=5 -n 4
expect 2 "draft-tokens is for --draft=lookup; see rlx run --help" rlx run "$compiled" -p One --draft-tokens=3 -n 4
expect 2 "leave nothing to measure" rlx bench "$compiled" -p 0 -n 0
expect 1 "the text is empty, so there is nothing to continue" \
    rlx run "$compiled" --raw -p "" -n 4
expect 2 "skip-special is for --decode" rlx tokenize "$compiled" --skip-special
expect 2 "add-bos is for text" rlx tokenize "$compiled" --decode --add-bos
equal "what is no id" "$(echo 1,x | rlx tokenize "$compiled" --decode 2>&1)" \
    "rlx tokenize: standard input: expected ids from 0 to 2147483647, separated by commas, found 'x'; see rlx tokenize --help"
expect 0 "^Exit status: 0 done; 1 .*" rlx --help
expect 0 "^Exit status: 0 done; 1 .*" rlxc --help

# Text to ids and back.
equal "tokenize" "$(printf 'Once upon a time' | rlx tokenize "$compiled")" "479,480,256,421"
equal "decode" "$(echo 479,480,256,421 | rlx tokenize "$compiled" --decode)" "Once upon a time"
equal "jsonl" "$(echo '{"text":"Once upon a time"}' | rlx tokenize "$compiled" --jsonl)" \
    '{"ids": [479, 480, 256, 421]}'
equal "jsonl back" \
    "$(echo '{"ids":[479,480,256,421]}' | rlx tokenize "$compiled" --jsonl --decode)" \
    '{"text": "Once upon a time"}'
messages='{"messages":[{"role":"user","content":"hi"}],"add_generation_prompt":true}'
equal "render" "$(echo "$messages" | rlx chat "$compiled" --render)" \
    '{"text": "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"}'
equal "no JSON: tokenize" "$(echo no | rlx tokenize "$compiled" --jsonl 2>&1 | cut -d: -f 2)" \
    " expected a JSON object per line"
equal "no JSON: render" "$(echo no | rlx chat "$compiled" --render 2>/dev/null)" \
    '{"error": "JSON, byte 1: expected a value"}'
equal "no messages: render" "$(echo '{}' | rlx chat "$compiled" --render 2>/dev/null)" \
    '{"error": "messages: expected a list of objects"}'

# Text, ids, threads and seeds agree with each other.
by_text=$(rlx run "$compiled" --raw -p "Once upon a time" -n 24 --temp 0 --ids)
equal "by ids" "$(rlx run "$compiled" --tokens=479,480,256,421 -n 24 --temp 0 --ids)" "$by_text"
for threads in 1 3 8; do
    equal "$threads threads" \
        "$(rlx run "$compiled" --raw -p "Once upon a time" -n 24 --temp 0 --ids -t $threads -q)" "$by_text"
done
by_seed=$(rlx run "$compiled" -p One -n 24 --temp 0.9 --seed 7)
equal "the same seed" "$(rlx run "$compiled" -p One -n 24 --temp 0.9 --seed 7 -t 1)" "$by_seed"
for draft in "--draft=lookup" "--draft=lookup --draft-tokens=5"; do
    equal "$draft" "$(rlx run "$compiled" -p One -n 24 --temp 0.9 --seed 7 $draft)" "$by_seed"
done
rlx run "$compiled" -p "One day One day One day" -n 99 -v --temp 0 --draft=lookup 2>&1 |
    grep -q "tokens proposed, .* right" || fail "no count of drafts"
[ "$(rlx run "$compiled" --raw -p One -n 24 --temp 2 --seed 7)" != \
    "$(rlx run "$compiled" --raw -p One -n 24 --temp 2 --seed 8)" ] || fail "two seeds give one text"

for way in block steps naive; do
    expect 0 '' rlx logits "$compiled" --tokens=479,480,256 --way=$way -o "$work/$way"
    equal "size of logits by $way" "$(wc -c < "$work/$way")" "$(wc -c < "$work/block")"
done
cmp -s "$work/steps" "$work/naive" ||
    fail "logits of one kind of arithmetic differ in bits: steps, naive"

# A program that carries its model: one answer, a conversation in a pipe, and the commands.
story="Tell me a story about a fox and a blue lantern."
"$work/stories" "$story" --temp 0 > "$work/out" 2> "$work/timings" || fail "the program does not answer"
grep -q "lantern" "$work/out" || fail "the story has no lantern: $(cat "$work/out")"
grep -q "tokens/s" "$work/timings" || fail "no line of timings"
printf '%s\nWhat is the moral?\n/reset\n/exit\n' "$story" |
    "$work/stories" chat --temp 0 --lines > "$work/out" 2>&1 || fail "the conversation ends badly"
grep -q "learned that" "$work/out" || fail "no moral: $(cat "$work/out")"
expect 0 "stories" "$work/stories" info
expect 0 "usage: stories \[PROMPT\]" "$work/stories" --help
expect 0 "usage: stories bench \[options\]" "$work/stories" bench --help
expect 2 "^stories: unknown option '--fly'; see stories --help" "$work/stories" hello --fly
expect 2 "^stories bench: unknown option '--fly'" "$work/stories" bench --fly
expect 0 '' "$work/stories" chat -q # a conversation, with its options

finish rlx
