#!/bin/sh
# Writes the manual page and the completions of a program from its help. In: the folder of the
# programs, the program's name, its version, the date, the output folder. Out: NAME.1, NAME.bash,
# _NAME (zsh) and NAME.fish.
set -eu
programs=$1 name=$2 version=$3 date=$4 out=$5
here=$(dirname "$0")
other=rlx
[ "$name" = rlx ] && other=rlxc

mkdir -p "$out"
{
    "$programs/$name" --help
    for command in $("$programs/$name" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
        echo "@ $command"
        "$programs/$name" "$command" --help
    done
} | awk -f "$here/help_table.awk" >"$out/$name.table"
passes=$("$programs/rlxc" opt --list | awk '{ printf "%s%s", NR == 1 ? "" : " ", $1 }')

awk -v version="$version" -v date="$date" -v other="$other" -f "$here/manual.awk" "$out/$name.table" >"$out/$name.1"
for shell in bash zsh fish; do
    awk -v passes="$passes" -f "$here/option_values.awk" -f "$here/$shell.awk" "$out/$name.table" >"$out/$name.$shell"
done
mv "$out/$name.zsh" "$out/_$name"
rm "$out/$name.table"
