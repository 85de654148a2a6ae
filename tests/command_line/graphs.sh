#!/bin/sh
# rlxc opt and rlxc eval on the command line: exit statuses, complaints, and that what they write is whole. Usage: graphs.sh FOLDER_OF_PROGRAMS
set -u
rlxc=$1/rlxc
model=examples/stories-3m.Q8_0.gguf
graph=tests/text/passes/fuse_norm.hir
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    echo "FAILED: $1"
    sed 's/^/    /' "$work/out" "$work/err"
    failures=$((failures + 1))
}

# expect STATUS PATTERN ARGUMENTS...: the exit status, and a pattern in what was printed
expect() {
    status=$1 pattern=$2
    shift 2
    "$rlxc" "$@" > "$work/out" 2> "$work/err"
    found=$?
    [ $found -eq "$status" ] || fail "rlxc $(echo "$*" | cut -c 1-200): expected status $status, found $found"
    cat "$work/out" "$work/err" | grep -q -e "$pattern" || fail "rlxc $(echo "$*" | cut -c 1-200): expected a line with '$pattern'"
}

sed '/^# report/,$d' $graph > "$work/graph.hir"

# opt
expect 2 'no graph was given; see rlxc opt --help' opt
expect 2 "expected one graph, found 'other' too" opt "$work/graph.hir" other
expect 2 "pass 'fuse-nrom': expected one of fold, cse, dce" opt "$work/graph.hir" -p fuse-nrom
expect 2 "pass 'fuse-norm': cannot be left out" opt "$work/graph.hir" -x fuse-norm
expect 2 'expected fusion' opt "$work/graph.hir" --report=speed
expect 2 'does not go with -p' opt "$work/graph.hir" --no-passes -p cse
expect 2 '--tolerance: expected a number between 0 and 1' opt "$work/graph.hir" --tolerance=no
expect 2 'decode: expected 1 to 16 new tokens, found 17' opt "$work/graph.hir" --lower=decode-17
expect 2 "expected decode-N or prefill-N, found 'decode'" opt "$work/graph.hir" --lower=decode
expect 2 "expected one level, found 'all'" opt "$work/graph.hir" --lower=decode-1 --level=all
expect 2 'does not go with -p' opt "$work/graph.hir" --lower=decode-1 -p cse
expect 2 'does not go with --report' opt "$work/graph.hir" --lower=decode-1 --report=fusion
expect 2 '--level goes with --lower' opt "$work/graph.hir" --level=x86-64-v3
expect 0 '^fuse-qkv  *three projections' opt --list
expect 0 'rms_norm %4 %6' opt "$work/graph.hir" -p fuse-norm,dce --check
expect 0 '^  done .hidden.final.: rms_norm' opt "$work/graph.hir" --report=fusion
expect 0 '^// 01 fuse-norm' opt "$work/graph.hir" -p dce,fuse-norm -d fuse-norm
expect 0 'late-dce .* nodes' opt "$work/graph.hir" --time-passes
expect 1 'absent.hir: cannot be opened' opt "$work/absent.hir"
expect 1 'expected' opt $model
[ -s "$work/out" ] && fail 'rlxc opt: expected no graph where the input is none'
"$rlxc" opt - < "$work/graph.hir" > "$work/piped" 2> "$work/err" || fail 'rlxc opt -: expected status 0'
"$rlxc" opt "$work/graph.hir" -o "$work/written" 2> "$work/err" || fail 'rlxc opt -o: expected status 0'
cmp "$work/piped" "$work/written" || fail 'rlxc opt: a pipe and a file differ'
"$rlxc" opt "$work/written" > "$work/again" 2> "$work/err" || fail 'rlxc opt: its output is no input'
cmp "$work/written" "$work/again" || fail 'rlxc opt: passes changed their own result'

# eval
expect 2 'no model was given; see rlxc eval --help' eval
expect 2 'no tokens were given' eval $model -o "$work/x"
expect 2 'no output was given' eval $model --tokens=1
expect 2 "expected ids with commas between them, found '1;2'" eval $model '--tokens=1;2' -o "$work/x"
expect 2 'expected ids with commas' eval $model --tokens= -o "$work/x"
expect 2 'expected ids with commas' eval $model --tokens=1, -o "$work/x"
expect 2 'expected ids with commas' eval $model --tokens=99999999999999999999 -o "$work/x"
expect 2 "pass 'fuse': expected one of" eval $model --tokens=1 --after=fuse -o "$work/x"
expect 2 'does not go with' eval $model --tokens=1 --after=cse --no-passes -o "$work/x"
expect 1 'token 1: expected an id below' eval $model --tokens=1,999999 -o "$work/x"
expect 1 "expected at most .* tokens, the model's context" eval $model --tokens="$(yes 1 | head -n 5000 | paste -s -d, -)" -o "$work/x"
expect 1 'absent' eval "$work/absent" --tokens=1 -o "$work/x"
expect 1 'cannot be created' eval $model --tokens=1 -o "$work/no/such/folder/x"
[ -e "$work/x" ] && fail 'rlxc eval: something was written where it failed'

# The output: whole, the same each time, of the size that its header tells; and passes keep what it says.
"$rlxc" eval $model --tokens=1,5,9 -o "$work/a" 2> "$work/err" || fail 'rlxc eval: expected status 0'
"$rlxc" eval $model --tokens=1,5,9 -o "$work/b" 2> "$work/err" || fail 'rlxc eval: expected status 0'
cmp "$work/a" "$work/b" || fail 'rlxc eval: two runs differ'
"$rlxc" eval $model --tokens=1,5,9 --no-passes -o "$work/b" 2> "$work/err" || fail 'rlxc eval --no-passes: expected status 0'
"$rlxc" eval $model --tokens=1,5,9 --after=fuse-qkv -o "$work/c" 2> "$work/err" || fail 'rlxc eval --after: expected status 0'
[ "$(wc -c < "$work/a")" = "$(wc -c < "$work/b")" ] || fail 'rlxc eval: other tensors without passes'
[ "$(wc -c < "$work/a")" = "$(wc -c < "$work/c")" ] || fail 'rlxc eval: other tensors after fuse-qkv'
for name in logits hidden.0 hidden.final; do
    head -c 4096 "$work/a" | grep -a -q "\"$name\":{\"dtype\":\"F32\",\"shape\":\[3," || fail "rlxc eval: no $name of three rows"
done
ls "$work" | grep -q '^a\.' && fail 'rlxc eval: a temporary file was left'

[ $failures -eq 0 ] || exit 1
echo "graphs: all as expected"
