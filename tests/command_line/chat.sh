#!/bin/sh
# Conversations as a user has them: Ctrl-C inside a long prompt. In: the folder of the programs.
. tests/support/expect.sh

small=$work/small.rlx
expect 0 '' rlxc build "$model" -q -o "$small"

# ---- Ctrl-C inside a prompt: a model that takes many seconds for it, a token at a time ----
large=${RLX_SHARED:-../shared}/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf
long=$(yes "and then the fox went on" | head -n 1300 | tr '\n' ' ')

# interrupt PID: as Ctrl-C does, once the program listens.
interrupt() {
    while caught=$(sed -n 's/^SigCgt:.*\(.\)$/\1/p' "/proc/$1/status" 2> /dev/null); do
        case $caught in [2367abef]) break ;; '') return ;; esac
        sleep 0.05
    done
    sleep 0.2
    kill -INT "$1"
}

if [ -f "$large" ]; then
    expect 0 '' rlxc build "$large" -q --variants=decode=1 -o "$work/large.rlx"
    "$bin/rlx" run "$work/large.rlx" -t 1 -p "$long" -n 4 > "$work/out" 2> "$work/err" &
    interrupt $!
    wait $!
    equal "status of an interrupted prompt" "$?" 130
    grep -q "stopped in the prompt, behind [0-9]* of its [0-9]\{4\} tokens" "$work/err" ||
        fail "an interrupted prompt: $(cat "$work/err")"

    # a conversation goes on: the question is taken back, the next one is answered
    mkfifo "$work/lines"
    "$bin/rlx" chat "$work/large.rlx" -t 1 -n 8 < "$work/lines" > "$work/out" 2> "$work/err" &
    chat=$!
    exec 9> "$work/lines"
    echo "$long" >&9
    interrupt $chat
    printf 'Say hello.\n/exit\n' >&9
    exec 9>&-
    wait $chat
    equal "status of a conversation" "$?" 0
    grep -q "the question is taken back" "$work/err" || fail "Ctrl-C in chat: $(cat "$work/err")"
    printf 'Say hello.\n/exit\n' | rlx chat "$work/large.rlx" -t 1 -n 8 > "$work/alone" 2>&1
    equal "an answer behind a stopped prompt" "$(sed -n '/Say hello/,$p' "$work/out")" \
        "$(sed -n '/Say hello/,$p' "$work/alone")"
else
    echo "skipped: Ctrl-C in a long prompt: no $large (RLX_SHARED)"
fi

finish chat
