#!/bin/sh
# reuse_cc.sh COMPILER ARGUMENT...: a C compiler that remembers its results, so that the programs and
# sanitizers of the suite compile the same text once. In: a command with one output (-o FILE or
# -oFILE) and C sources; the folder that RLX_TEST_REUSE names. The key is what the preprocessor makes
# of the sources, the compiler and all arguments but those paths. Commands of another form, and those
# that fail, simply run. What the compiler has to say is remembered, too.
run() { exec "$@"; }
[ -n "${RLX_TEST_REUSE:-}" ] || run "$@"

compiler=$1 out= sources= words= next=
for word in "$@"; do
    case $next$word in
    out*) out=$word ;;
    -o) next=out && continue ;;
    -o?*) out=${word#-o} ;;
    -*.[aoS] | *.[aoS] | -M* | -E | *[\ \'\"]*) run "$@" ;;
    -*) words="$words $word" ;;
    *.c) sources="$sources $word" ;;
    *) words="$words $word" ;;
    esac
    next=
done
[ -n "$out" ] && [ -n "$sources" ] || run "$@"

key=$({
    echo "$words"
    $compiler --version
    # shellcheck disable=SC2086
    $words -E -P $sources
} 2>/dev/null | sha256sum | cut -c 1-40) || run "$@"
kept=$RLX_TEST_REUSE/$key
if [ -e "$kept.said" ]; then
    cat "$kept.said" >&2
    exec cp "$kept.made" "$out"
fi
said=$(mktemp "$kept.XXXXXX")
"$@" 2>"$said"
status=$?
cat "$said" >&2
if [ $status -eq 0 ] && cp "$out" "$said.made" && mv "$said.made" "$kept.made"; then
    mv "$said" "$kept.said"
else
    rm -f "$said" "$said.made"
fi
exit $status
