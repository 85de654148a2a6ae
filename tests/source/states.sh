# Graphs whose entries share states, as C source: every class of states, derived sizes, runs that are
# cut back, sequences side by side. The machine code of the same graph must give the same numbers. In:
# the folder of the programs.
. tests/support/expect.sh
. tests/source/written.sh
have gcc "states over C source" && have make "states over C source" &&
    have python3 "states over C source" || exit 0

runtime_flags="-O0 $strict" # the model alone is tested here
graph=tests/artifacts/format-2.0.hir
python3 tests/artifacts/weights.py "$work/weights.safetensors"

# numbers LIMIT OPTIONS...: of the largest number, as much as the two may differ.
numbers() {
    limit=$1 name="format-2.0 $*"
    shift
    write "$graph" --weights="$work/weights.safetensors" "$@" && compiled gcc-O3 || return
    expect 0 '' rlxc build "$graph" --weights="$work/weights.safetensors" -q -o "$work/states.rlx" "$@"
    model_objects=$(ls "$work"/folder/build/*.o)
    program_objects=$(find "$work/folder/build/runtime" -name '*.o' -not -path '*/tool/*')
    expect 0 '' gcc -std=c11 -O1 -D_GNU_SOURCE -I. -Iruntime/include tests/source/states.c $model_objects \
        $program_objects -o "$work/states" -lm -pthread
    "$bin/../tests/states" "$work/states.rlx" > "$work/compiled" || fail "$name: machine code"
    "$work/states" "$work/folder/weights.bin" > "$work/written" || fail "$name: C source"
    paste "$work/compiled" "$work/written" | awk -v limit="$limit" -v name="$name" '
        function abs(x) { return x < 0 ? -x : x }
        { if (abs($1) > largest) largest = abs($1); if (abs($1 - $2) > most) most = abs($1 - $2) }
        END {
            printf "%s: %d numbers, %.1e of the largest\n", name, NR, most / largest
            exit !(NR > 1000 && most <= limit * largest)
        }' || fail "$name: other numbers"
}

numbers 2e-6 --exact
numbers 2e-6 --exact --quant=q8_0
numbers 2e-6 --exact --variants=decode=1,batch=2,prefill=32
numbers 1e-5 --kv=f32 --quant=q8_0 --activations=i8
numbers 5e-4 --kv=q8 --activations=f32 # integers of keys and values may differ by one
finish "states over C source"
