#!/bin/sh
# rlx.h and the examples compile without a warning in every standard of C and C++ that they support.
# In: the folder of the programs.
. tests/support/expect.sh

cc=${CC:-cc} cxx=${CXX:-c++}
strict="-Wall -Wextra -Wpedantic -Wno-c99-extensions -Wshadow -Werror -Iruntime/include -fsyntax-only"
headers=$(sed -n 's/^#include <\(rlx\/.*\)>/\1/p' runtime/include/rlx/rlx.h)
[ "$(echo "$headers" | wc -w)" -gt 4 ] || fail "rlx.h includes: $headers"
for header in $headers; do # each of them alone
    printf '#include <%s>\nint alone;\n' "$header" > "$work/$(basename "$header").c"
done
sources="examples/generate.c examples/encode.c $work/*.h.c"
for standard in c89 c99 c11 c17; do
    expect 0 '' "$cc" -x c -std=$standard $strict $sources
done
if command -v "$cxx" > /dev/null; then
    for standard in c++98 c++11 c++17 c++20; do
        expect 0 '' "$cxx" -x c++ -std=$standard $strict $sources
    done
else
    echo "skipped: no C++ compiler ($cxx)"
fi

# ---- the examples ----
generate=$bin/example-generate
expect 0 '' rlxc build "$model" -q -o "$work/small.rlx" --context=128 --variants=decode=1
expect 2 "^usage: .* MODEL.rlx PROMPT$" "$generate" "$work/small.rlx"
expect 1 "nowhere.rlx: No such file" "$generate" "$work/nowhere.rlx" "Once upon a time"
expect 0 '[a-z]' "$generate" "$work/small.rlx" "Once upon a time"
equal "the example's text" "$("$generate" "$work/small.rlx" "Once upon a time")" \
    "$(rlx run "$work/small.rlx" --raw -p "Once upon a time" -n 100 --seed=0 -q)"

encode=$bin/example-encode
expect 0 '' rlxc build examples/encoder.hir --weights=examples/encoder.safetensors -q -o "$work/encoder.rlx"
expect 2 "^usage: .* ENCODER.rlx FRAMES$" "$encode" "$work/encoder.rlx"
expect 1 "bad argument: the model has no entry 'encode'" "$encode" "$work/small.rlx" 9
expect 1 "bad argument: input 'frames'" "$encode" "$work/encoder.rlx" 0
expect 1 "bad argument: input 'frames'" "$encode" "$work/encoder.rlx" 600
expect 0 'output  hidden  *f32 \[(FRAMES+1)/2, 32\]' rlx info -v "$work/encoder.rlx"
for frames in 1 512; do
    expect 0 '^row 0: class ' "$encode" "$work/encoder.rlx" $frames
    equal "rows of $frames frames" "$(wc -l < "$printed/out")" $(((frames + 1) / 2))
done
# What loops in double precision compute from the same weights.
equal "rows of 9 frames" "$("$encode" "$work/encoder.rlx" 9)" "row 0: class 1, length 0.321
row 1: class 6, length 0.453
row 2: class 7, length 0.671
row 3: class 7, length 0.748
row 4: class 7, length 1.043"
finish header
