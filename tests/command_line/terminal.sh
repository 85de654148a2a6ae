#!/bin/sh
# A conversation in a terminal: typing, editing, history, pastes, signals, the screen. In: the
# folder of the programs.
. tests/support/expect.sh

small=$work/small.rlx
expect 0 '' rlxc build "$model" -q -o "$small"
export RLX_HISTORY="$work/history" TERM=xterm
unset NO_COLOR

# screen NAME SIZE OPTIONS...: runs the script on standard input (in_terminal.c describes scripts).
screen() {
    name=$1 size=$2
    shift 2
    "$bin/../tests/in_terminal" "$size" "$bin/rlx" chat "$small" --temp 0 -n 12 "$@" 2> "$work/screen" ||
        fail "$name: $(cat "$work/screen")"
}

story="Tell me a story about a fox and a blue lantern."
first=$(echo "$story" | rlx chat "$small" --temp 0 -n 12)
[ -n "$first" ] || fail "no answer to begin with"

screen "editing" 80x12 << END
row 0 rlx: /help lists commands
prompt
cursor 1 2
type a stry about a foxx and a blue lantern.\x01Tell me \e[1;5C\e[1;5C\e[D\e[Do\e[1;5C\e[1;5C\e[1;5C\e[1;5C\x7f
row 1 > $story
cursor 1 29
type \r
row 2 $first
prompt
type w\xc3\xb6rld \xe6\x97\xa5\xe6\x9c\xac\e[D\x7f\x01\x0b\x19
see > wörld 本
type \x15see\x03
see > see^C
prompt
type \x04
status 0
cooked
END
equal "the history after editing" "$(cat "$work/history")" "$story"
equal "mode of the history" "$(ls -l "$work/history" | cut -c 1-10)" "-rw-------"

# messages of another run; a message of only white space is not sent
screen "history" 80x12 --session="$work/talk" << END
prompt
type   \r
prompt
never $first
type new\e[A
row 2 > $story
type \e[B
row 2 > new
type \x15\x12blue
see search 'blue': $story
type \r
see $first
prompt
type /EXIT\r
status 0
cooked
END
screen "where it goes on" 80x24 --session="$work/talk" << END
see continues: 2 messages, 
see $first
prompt
type /help\r
see /regen
prompt
type \x03
status 130
cooked
END

screen "several lines" 80x20 << END
prompt
type \e[200~one\rtwo \e[31m\x03 three\r\nfour\e[201~
row 1 > one
row 2 | two ^[[31m^C three
row 3 | four
never $first
type \x15\x15\x15\x15\x15\x15
row 1 > one
row 2
type \x15Tell me a\e\rstory\e[A\x05 long
row 1 > Tell me a long
row 2 | story
type \x03
prompt
type """\rTell me\ra story\r
see | a story
type """\r
prompt
type a\\\\\rb
see | b
type \x03
prompt
type \e[A
see > """
see | a story
type \x03
prompt
type \x04
status 0
END

screen "narrow, and resized" 12x8 -q << END
prompt
type 0123456789abcdefghij\xe6\x97\xa5\xe6\x9c\xac
row 0 > 0123456789
row 1 abcdefghij日
row 2 本
cursor 2 2
size 20x8
row 0 > 0123456789abcdefgh
row 1 ij日本
row 2
cursor 1 6
type \x03
prompt
type \x0c
row 0 >
type \x04
status 0
END

screen "stopped and going on" 80x12 << END
prompt
type here\x1a
see ^Z
stopped
cooked
signal 18
row 2 > here
type \x15
prompt
signal 20
stopped
cooked
signal 18
prompt
signal 15
status 143
cooked
END

screen "SIGQUIT" 80x12 << END
prompt
signal 3
status 131
cooked
END

TERM=dumb screen "a terminal that knows no sequences" 80x12 << END
prompt
type /help\r
see Ctrl-C stops an answer, Ctrl-D leaves.
never Alt-Enter
prompt
type /clear\r
see a new conversation
prompt
type $story\r
see $first
prompt
type one \\\\\r
see |
type \x04
see |
plain
type \x04
status 0
END
(unset TERM; screen "no terminal named" 80x12) << END
prompt
plain
type \x04
status 0
plain
END

# answers go to standard output, prompts to a terminal if there is one
"$bin/../tests/in_terminal" 80x12 /bin/sh -c "'$bin/rlx' chat '$small' --temp 0 -n 12 > '$work/answers'" << END ||
prompt
type $story\r
never $first
prompt
type \x04
status 0
END
    fail "answers in a file: $(cat "$work/screen")"
equal "answers in a file" "$(cat "$work/answers")" "$first"

# Ctrl-C inside a prompt, as a terminal sends it
large=${RLX_SHARED:-../shared}/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf
if [ -f "$large" ]; then
    expect 0 '' rlxc build "$large" -q --variants=decode=1 -o "$work/small.rlx"
    long=$(yes "and then the fox went on" | head -n 130 | tr '\n' ' ')
    screen "Ctrl-C in a prompt" 80x60 -t 1 << END
prompt
type $long\r
cooked
type \x03
see the question is removed
prompt
type /exit\r
status 0
cooked
END
else
    echo "skipped: Ctrl-C in a terminal: no $large (RLX_SHARED)"
fi

finish terminal
