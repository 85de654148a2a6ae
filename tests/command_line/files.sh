#!/bin/sh
# Files and streams: no command overwrites a file that it reads, however its path is spelled;
# results appear whole, in the right place, and nothing else is left. In: the folder of the
# programs.
. tests/support/expect.sh

shared=${RLX_SHARED:-../shared}
v3="-q --level=x86-64-v3 --variants=decode=1"
refusing() { "$bin/../tests/refusing" "$@"; }
same() { cmp -s "$1" "$2" || fail "$3"; }
only() { # WHAT NAMES: the only files in $work/empty
    equal "$1" "$(ls -A "$work/empty" | tr '\n' ' ')" "$2"
}
# untouched FILE COMMAND...: the command is refused, and the file does not change.
untouched() {
    file=$1
    shift
    cp -L "$file" "$work/before"
    expect 1 'it would be overwritten, and this command ' "$@"
    same "$work/before" "$file" "$* wrote over $file"
}

# ---- input files stay ----

mkdir "$work/empty" "$work/spelled" "$work/spelled/below"
cp "$model" "$work/spelled/model"
expect 0 '' rlxc build "$model" $v3 -o "$work/spelled/m.rlx"
cp "$work/spelled/m.rlx" "$work/m.rlx"
for name in model m.rlx; do
    ln -s $name "$work/spelled/symbolic-$name"
    ln "$work/spelled/$name" "$work/spelled/hard-$name"
done
for path in NAME ./NAME below/../NAME symbolic-NAME hard-NAME ../spelled/symbolic-NAME; do
    to=$work/spelled/$(echo "$path" | sed s/NAME/model/)
    untouched "$to" rlxc build "$work/spelled/model" -q --tokenizer-only -o "$to"
    untouched "$to" rlxc eval "$work/spelled/model" --tokens=5,6 -o "$to"
    to=$work/spelled/$(echo "$path" | sed s/NAME/m.rlx/)
    untouched "$to" rlx logits "$work/spelled/m.rlx" --tokens=5,6 -o "$to"
done
exec 7< "$work/spelled/m.rlx" 8< "$work/spelled/model"
untouched "$work/spelled/m.rlx" rlx logits "$work/spelled/m.rlx" --tokens=5 -o /proc/self/fd/7
untouched "$work/spelled/model" rlxc build "$work/spelled/model" -q --tokenizer-only -o /dev/fd/8
exec 7<&- 8<&-
rm -r "$work/spelled"

rlxc build "$model" $v3 -o "$work/whole.rlx"
mkdir "$work/bin"
cp "$bin/rlx" "$bin/rlxc" "$bin/rlx-static" "$work/bin"
untouched "$work/bin/rlx" "$work/bin/rlx" logits "$work/m.rlx" --tokens=5 -o "$work/bin/rlx"
untouched "$work/bin/rlxc" "$work/bin/rlxc" build "$model" -q --tokenizer-only -o "$work/bin/rlxc"
untouched "$work/bin/rlx-static" \
    "$work/bin/rlxc" build "$model" $v3 --emit=exe -o "$work/bin/rlx-static"
rm -r "$work/bin"
expect 0 '' rlxc build "$model" $v3 --emit=exe -o "$work/stories"
untouched "$work/stories" "$work/stories" logits --tokens=5 -o "$work/stories"
untouched "$work/stories" "$work/stories" --tokens=5 --logits="$work/stories"
echo hello > "$work/question"
untouched "$work/question" rlx run "$work/m.rlx" --raw -f "$work/question" --logits="$work/question"
echo '{{ messages[0].content }}' > "$work/template"
untouched "$work/template" rlxc build "$model" -q --tokenizer-only --chat-template="$work/template" \
    -o "$work/template"
rlxc build "$model" -q --report=fusion --emit=hir --dump-dir="$work/dumps" > /dev/null
ln "$work/dumps/01-import.hir" "$work/dumps/graph"
untouched "$work/dumps/graph" rlxc opt "$work/dumps/graph" -o "$work/dumps/01-import.hir"
untouched "$work/dumps/graph" sh -c "$bin/rlxc opt - -o $work/dumps/graph < $work/dumps/graph"
untouched "$work/dumps/graph" rlxc build "$model" -q --report=fusion --emit=hir \
    --dump-dir="$work/dumps" --chat-template="$work/dumps/graph"
expect 1 'this command has just written it' \
    rlxc build "$model" $v3 --emit=hir --dump-dir="$work/dumps" -o "$work/dumps/01-import.hir"
grep -q '^graph' "$work/dumps/01-import.hir" || fail "a dump was written over"

# All files of a model, also those that this command does not use.
if [ -d "$shared/golden/llama-sharded-f16" ] && [ -d "$shared/models/tinystories-656k" ]; then
    cp -rL "$shared/golden/llama-sharded-f16" "$shared/models/tinystories-656k" "$work"
    cp "$shared/golden/gguf/"qwen2-split-Q8_0-*.gguf "$work"
    chmod -R u+w "$work"
    for file in "$work/llama-sharded-f16/"*.json "$work/llama-sharded-f16/"model*; do
        untouched "$file" rlxc build "$work/llama-sharded-f16" $v3 -o "$file"
        untouched "$file" rlxc eval "$work/llama-sharded-f16" --tokens=5 -o "$file"
    done
    for file in "$work/tinystories-656k/"*.json "$work/tinystories-656k/"model*; do
        untouched "$file" rlxc build "$work/tinystories-656k" -q --tokenizer-only -o "$file"
    done
    for file in "$work/qwen2-split-"*.gguf; do
        untouched "$file" rlxc build "$work/qwen2-split-Q8_0-00001-of-00003.gguf" $v3 -o "$file"
        untouched "$file" rlxc build "$work/qwen2-split-Q8_0-00001-of-00003.gguf" -q \
            --tokenizer-only -o "$file"
    done
    expect 0 '' rlxc build "$work/tinystories-656k" -q --tokenizer-only \
        -o "$work/tinystories-656k/made.rlx"
    expect 0 '' rlxc build "$work/tinystories-656k" -q --tokenizer-only \
        -o "$work/tinystories-656k/made.rlx"
    # As the cache of the Hugging Face hub keeps it: links, and the name in a folder further up.
    snapshot=$work/hub/models--owner--Tiny-1M/snapshots/0123abcd
    mkdir -p "$snapshot" "$work/hub/models--owner--Tiny-1M/blobs"
    for file in "$work/tinystories-656k"/*.json; do
        cp "$file" "$work/hub/models--owner--Tiny-1M/blobs"
        ln -s "../../blobs/$(basename "$file")" "$snapshot"
    done
    expect 0 '' rlxc build "$snapshot" -q --tokenizer-only -o "$work/made.rlx"
    expect 0 '^name  *Tiny-1M$' rlx info "$work/made.rlx"
    rm -r "$work/hub"
    rm -r "$work/tinystories-656k" "$work/llama-sharded-f16" "$work/qwen2-"*
else
    echo "skipped: models of several files: no $shared (RLX_SHARED)"
fi

# ---- conversations ----

cp "$work/m.rlx" "$work/model.rlx"
expect 1 'not a saved session' rlx chat "$work/model.rlx" --session="$work/model.rlx"
expect 1 'not a saved session' rlx chat "$work/model.rlx" --session="$work/template"
untouched "$work/model.rlx" "$bin/../tests/save_session" "$work/model.rlx" "$work/model.rlx"
expect 1 './- is one of that name' rlx chat "$work/model.rlx" --session=-
same "$work/m.rlx" "$work/model.rlx" "a conversation was written over its model"
ln -s empty/talk "$work/symbolic-talk"
chat() { printf '%s\n' "$@" | rlx chat "$work/m.rlx" --lines --temp 0 -n 2 -q \
    --session="$work/symbolic-talk" > "$printed/out" 2> "$printed/err"; }
chat hello "/save $work/empty/talk" again || fail "a copy onto itself: $(cat "$printed/err")"
[ -h "$work/symbolic-talk" ] || fail "the link to a conversation was replaced"
only "a conversation behind a link" "talk "
expect 0 'messages *4$' rlx info "$work/empty/talk"
chat "/save $work/m.rlx" && fail "a conversation was saved over its model"
same "$work/model.rlx" "$work/m.rlx" "a conversation was saved over its model"
# Another program has it open: a copy does not replace it.
mkfifo "$work/typed"
"$bin/rlx" chat "$work/m.rlx" --lines -q -n 2 --session="$work/other" < "$work/typed" > /dev/null 2>&1 &
exec 9> "$work/typed"
for i in 1 2 3 4 5 6 7 8 9 10; do [ -e "$work/other" ] && break; sleep 0.1; done
cp "$work/other" "$work/before"
chat "/save $work/other" && fail "a conversation that is open elsewhere was replaced"
grep -q 'another program has this conversation open' "$printed/err" || fail "$(cat "$printed/err")"
same "$work/before" "$work/other" "a conversation that is open elsewhere was replaced"
exec 9>&-
wait
rm "$work/empty/talk"

# ---- standard output, pipes and devices ----

rlxc build "$model" $v3 -o - > "$work/made" || fail "build: no standard output"
same "$work/whole.rlx" "$work/made" "build: another result on standard output"
rlxc build "$model" $v3 -o - | cat > "$work/made"
same "$work/whole.rlx" "$work/made" "build: another result through a pipe"
rlxc build "$model" $v3 -o /dev/stdout | cat > "$work/made"
same "$work/whole.rlx" "$work/made" "build: another result through /dev/stdout"
rlx logits "$work/m.rlx" --tokens=5,6 -o "$work/logits"
rlx logits "$work/m.rlx" --tokens=5,6 -o - | cat > "$work/made"
same "$work/logits" "$work/made" "logits: another result on standard output"
rlxc eval "$model" --tokens=5,6 -o "$work/values"
rlxc eval "$model" --tokens=5,6 -o - | cat > "$work/made"
same "$work/values" "$work/made" "eval: another result on standard output"
equal "opt on standard output" "$(rlxc opt "$work/dumps/graph" --no-passes -o -)" \
    "$(rlxc opt "$work/dumps/graph" --no-passes)"
expect 2 'both go to standard output' rlxc build "$model" $v3 -o - --report=fusion
[ -e ./- ] && fail "a file called -"
for command in "$bin/rlxc build $model $v3" "$bin/rlx logits $work/m.rlx --tokens=5" \
    "$bin/rlxc eval $model --tokens=5"; do
    if [ -c /dev/full ]; then
        expect 1 'cannot be written: No space left' $command -o /dev/full
        $command -o - > /dev/full 2> "$printed/err" && fail "$command: exit status 0 of a full disk"
        grep -q 'standard output: cannot be written: No space left' "$printed/err" ||
            fail "$command: $(cat "$printed/err")"
    fi
    $command -o - >&- 2> "$printed/err" && fail "$command: exit status 0 of a closed descriptor"
    grep -q 'standard output: cannot be ' "$printed/err" || fail "$command: $(cat "$printed/err")"
    printf '%s\n' 'see found a terminal' 'status 1' |
        "$bin/../tests/in_terminal" 200x24 $command -o - || fail "$command: into a terminal"
done

# Closed descriptors: no message ends up in a result.
rlxc build "$model" --level=x86-64-v3 --variants=decode=1 --quant=q8_0 -o "$work/made" 0<&- 1>&- 2>&- ||
    fail "a build without standard descriptors"
expect 0 '' rlx info "$work/made"

# ---- symbolic links ----

mkdir "$work/empty/deep"
ln -s empty/deep/../target "$work/link"
ln -s link "$work/link-to-link"
expect 0 '' rlxc build "$model" $v3 -o "$work/link-to-link"
only "a result behind a dangling link" "deep target "
same "$work/whole.rlx" "$work/empty/target" "another result behind a link"
expect 0 '' rlx logits "$work/m.rlx" --tokens=5,6 -o "$work/link-to-link"
only "a result behind a link" "deep target "
same "$work/logits" "$work/empty/target" "other logits behind a link"
[ -h "$work/link" ] && [ -h "$work/link-to-link" ] || fail "a link was replaced"
rm -r "$work/empty/deep" "$work/empty/target"
ln -s loop "$work/loop"
expect 1 'Too many levels of symbolic links' rlxc build "$model" -q --tokenizer-only -o "$work/loop"
expect 1 'its folder does not exist' rlxc build "$model" -q --tokenizer-only -o "$work/link/x"
long=$(printf '%0255d' 0)
for i in 1 2; do expect 0 '' rlxc build "$model" -q --tokenizer-only -o "$work/empty/$long"; done
only "a result with the longest name" "$long "
rm "$work/empty/$long"

# ---- file systems with fewer features; signals ----

if refusing fchmod true; then
    for calls in fchmod nameless link exchange nameless,exchange,fchmod,link; do
        for i in 1 2; do
            expect 0 '' refusing $calls "$bin/rlxc" build "$model" -q --tokenizer-only -o "$work/empty/x"
            expect 0 '' refusing $calls "$bin/rlx" logits "$work/m.rlx" --tokens=5,6 -o "$work/empty/y"
        done
        expect 0 '' rlx tokenize "$work/empty/x"
        same "$work/logits" "$work/empty/y" "other logits without $calls"
        only "results without $calls" "x y "
        rm "$work/empty/"*
    done
else
    echo "skipped: systems of files that know less: the kernel has no filters of calls"
fi
many=$(seq -s , 1 500)
stopped() { # SIGNAL CALLS STATUS: the signal comes while it computes, or opens
    "$bin/../tests/refusing" $2 "$bin/rlx" logits "$work/m.rlx" --tokens=$many --way=naive -o "$work/empty/z" \
        > /dev/null 2>&1 &
    sleep 0.2
    kill -$1 $!
    wait $! 2> /dev/null
    equal "how $1 ends it" $? $3
    only "what $1 left of logits" ""
}
if refusing fchmod true; then
    for calls in fchmod nameless; do
        stopped TERM $calls 143
        stopped HUP $calls 129
    done
    stopped KILL fchmod 137
fi

# ---- a file that becomes shorter ----

cp "$work/m.rlx" "$work/short.rlx"
"$bin/rlx" run "$work/short.rlx" -n 4 < "$work/typed" > /dev/null 2> "$work/err" &
exec 9> "$work/typed"
for i in 1 2 3 4 5 6 7 8 9 10; do
    grep -q short.rlx /proc/$!/maps 2> /dev/null && break
    sleep 0.1
done
: > "$work/short.rlx"
echo Once >&9
exec 9>&-
wait $!
equal "status after a file that became shorter" $? 1
equal "what is said of it" "$(cat "$work/err")" \
    "rlx: $work/short.rlx: the file became shorter while it was in use"

# The signal alone, from another program, ends it as any signal does.
(
    ulimit -c 0
    ASAN_OPTIONS=handle_sigbus=0 exec "$bin/rlx" run "$work/m.rlx" -n 4
) < "$work/typed" > /dev/null 2> "$work/err" &
exec 9> "$work/typed"
for i in 1 2 3 4 5 6 7 8 9 10; do
    grep -q m.rlx /proc/$!/maps 2> /dev/null && break
    sleep 0.1
done
kill -BUS $!
wait $! 2> /dev/null
equal "status after a bus error from elsewhere" $? 135
equal "what is said of it" "$(cat "$work/err")" ""
exec 9>&-

finish files
