# The scripts of tests/command_line source this: `. tests/support/expect.sh`. In: $1, the folder of
# the programs. Defines rlx and rlxc as commands, $work (a folder for the script), expect, equal,
# fail, finish.
set -u
exec < /dev/null # whatever runs a test may have left a pipe open there
bin=$1
model=examples/stories-3m.Q8_0.gguf
work=$(mktemp -d)
printed=$(mktemp -d) # outside $work, so that a test can check that nothing was left there
trap 'rm -rf "$work" "$printed"' EXIT
touch "$printed/out" "$printed/err"
failures=0
# In a run of the whole suite the scripts share results, of the program that made them alone.
[ -z "${RLX_TEST_REUSE:-}" ] || export RLX_CACHE_DIR="$RLX_TEST_REUSE/cache"

rlx() { "$bin/rlx" "$@"; }
rlxc() { "$bin/rlxc" "$@"; }

fail() {
    echo "FAILED: $1"
    failures=$((failures + 1))
}

# expect STATUS PATTERN COMMAND...: checks the exit status, and that the output matches a pattern.
# Without a pattern, standard error must be empty. Wrong usage (2) must be one line.
expect() {
    status=$1 pattern=$2
    shift 2
    "$@" > "$printed/out" 2> "$printed/err" < /dev/null
    found=$?
    wrong=
    if [ $found -ne "$status" ]; then
        wrong="expected status $status, found $found"
    elif [ -n "$pattern" ] && ! cat "$printed/out" "$printed/err" | grep -q -e "$pattern"; then
        wrong="expected a line with '$pattern'"
    elif [ -z "$pattern" ] && [ -s "$printed/err" ]; then
        wrong="expected silence on standard error"
    elif [ "$status" -eq 2 ] && [ $# -gt 1 ] && [ "$(wc -l < "$printed/err")" -ne 1 ]; then
        wrong="expected one line about wrong usage"
    fi
    [ -z "$wrong" ] && return
    fail "$(echo "$*" | cut -c 1-200): $wrong"
    head -c 2000 "$printed/out" "$printed/err" | sed 's/^/    /'
}

equal() { # WHAT FOUND EXPECTED
    [ "$2" = "$3" ] || fail "$1: expected '$3', found '$2'"
}

finish() { # NAME
    [ $failures -eq 0 ] || exit 1
    echo "$1: all as expected"
}
