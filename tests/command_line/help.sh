#!/bin/sh
# Help on the command line: it lists every command, fits in 80 columns, and every option in it
# exists. In: the folder of the programs.
. tests/support/expect.sh

expect 0 '' rlxc build "$model" -q --emit=exe --level=native -o "$work/stories"

# check NAME HELP...: the text of a help.
check() {
    name=$1
    shift
    "$@" > "$work/help" 2> "$work/err" < /dev/null || fail "$name: status $?"
    [ -s "$work/err" ] && fail "$name: something on standard error"
    [ "$(head -n 1 "$work/help" | cut -c 1-7)" = "usage: " ] || fail "$name: no usage in line 1"
    long=$(awk 'length > 80' "$work/help")
    [ -z "$long" ] || fail "$name: wider than 80 columns: $long"
    # packaging/help_table.awk reads it: options in columns 3 and 7, values in words or capitals.
    strange=$(grep -e '^ \{1,10\}-' "$work/help" | grep -v -x -E \
        -e '(  -[a-z], |      )--[a-z-]+(=[^ ]+)?(, --[a-z-]+=[^ ]+)?( .*)?')
    [ -z "$strange" ] || fail "$name: not in the form of an option: $strange"
    grep -q "[[:space:]]$" "$work/help" && fail "$name: white space at the end of a line"
}

# options COMMAND...: the program knows every option in the help; it may report a missing value or
# another mistake.
options() {
    for option in $(sed -n 's/^ *\(-[a-z], \)*\(--[a-z-]*\).*/\2/p; s/^ *--[a-z-]*=[^ ]*, \(--[a-z-]*\).*/\1/p' "$work/help"); do
        "$@" $option > "$work/out" 2>&1 < /dev/null
        grep -q "unknown option" "$work/out" && fail "$*: help names $option: $(cat "$work/out")"
    done
}

# values COMMAND...: nonsense as the value of an option is wrong usage (except for files and texts),
# and so is an empty path (except that of a cache: none); the message names the option.
values() {
    for option in $(grep '^ *\(-[a-z], \)\?--' "$work/help" | grep -o -e '--[a-z-]*=[A-Za-z0-9]*' |
        grep -v '=\(FILE\|PATH\|DIR\|OUT\|TEXT\)$' | sort -u); do
        tried=$((tried + 1))
        for value in '?!' -333 ''; do
            expect 2 "^$1 $2: ${option%%=*}: .*" "$@" "${option%%=*}=$value"
        done
    done
    for option in $(grep '^ *\(-[a-z], \)\?--' "$work/help" | grep -o -e '--[a-z-]*=\(FILE\|PATH\|DIR\|OUT\)' |
        grep -v -e --cache-dir | sort -u); do
        paths=$((paths + 1))
        expect 2 "^$1 $2: ${option%%=*}: expected a path, found ''" "$@" "${option%%=*}="
    done
}

tried=0 paths=0
expect 0 '' rlxc build "$model" -q --level=x86-64-v3 --variants=decode=1 -o "$work/model.rlx"
check "rlx" rlx --help
for command in $(rlx --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
    check "rlx $command" rlx $command --help
    options rlx $command
    values rlx $command "$work/model.rlx" $([ $command != logits ] || echo -o "$work/never")
    check "stories $command" "$work/stories" $command --help
done
check "rlxc" rlxc --help
for command in $(rlxc --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
    check "rlxc $command" rlxc $command --help
    options rlxc $command
    values rlxc $command "$model" $(echo "$command" | grep -v -e inspect -e plan | sed "s|.*|-o $work/never|")
done
[ $tried -ge 60 ] || fail "only $tried options with values were found"
[ $paths -ge 8 ] || fail "only $paths options with paths were found"
[ ! -e "$work/never" ] || fail "wrong usage made a file"
check "stories" "$work/stories" --help

finish help
