#!/bin/sh
# rlx.h and the example compile without a warning in every standard of C and C++ that they support.
# In: the folder of the programs.
. tests/support/expect.sh

cc=${CC:-cc} cxx=${CXX:-c++}
strict="-Wall -Wextra -Wpedantic -Wno-c99-extensions -Wshadow -Werror -Iruntime/include -fsyntax-only"
for standard in c89 c99 c11 c17; do
    expect 0 '' "$cc" -x c -std=$standard $strict examples/generate.c
done
if command -v "$cxx" > /dev/null; then
    for standard in c++98 c++11 c++17 c++20; do
        expect 0 '' "$cxx" -x c++ -std=$standard $strict examples/generate.c
    done
else
    echo "skipped: no C++ compiler ($cxx)"
fi

# ---- the example ----
generate=$bin/example-generate
expect 0 '' rlxc build "$model" -q -o "$work/small.rlx" --context=128 --variants=decode=1
expect 2 "^usage: .* MODEL.rlx PROMPT$" "$generate" "$work/small.rlx"
expect 1 "nowhere.rlx: No such file" "$generate" "$work/nowhere.rlx" "Once upon a time"
expect 0 '[a-z]' "$generate" "$work/small.rlx" "Once upon a time"
equal "the example's text" "$("$generate" "$work/small.rlx" "Once upon a time")" \
    "$(rlx run "$work/small.rlx" --raw -p "Once upon a time" -n 100 --seed=0 -q)"
finish header
