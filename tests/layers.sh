#!/bin/sh
# Checks that includes point one way: for every #include "folder/file" (and <rlx/file>), the line of
# tests/layers.txt for the including file's folder must allow it. Only targets/cpu may include LLVM
# headers.
set -eu
cd "$(dirname "$0")/.."

find compiler targets runtime examples \( -name '*.c' -o -name '*.h' -o -name '*.def' \) | sort |
    xargs awk '
    BEGIN {
        while ((getline line < "tests/layers.txt") > 0)
            if (line !~ /^#/ && split(line, field, /[ :]+/))
                allowed[field[1]] = " " line " "
    }
    FNR == 1 { from = FILENAME; sub(/\/[^\/]*$/, "", from) }
    /^#include [<"]llvm/ && from != "targets/cpu" {
        printf "%s:%d: LLVM belongs to targets/cpu\n", FILENAME, FNR
        bad = 1
    }
    /^#include "[^"]+\// || /^#include <rlx\// {
        to = $2
        gsub(/[<">]/, "", to)
        sub(/\/[^\/]*$/, "", to)
        if (to == "rlx") to = "runtime/include/rlx"
        if (to != from && index(allowed[from], " " to " ") == 0) {
            printf "%s:%d: %s may not include %s\n", FILENAME, FNR, from, to
            bad = 1
        }
    }
    END { exit bad }'
echo "layers: includes point one way"
