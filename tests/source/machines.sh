# Models that rlxc wrote as C source, on other processors than this one: compiled by cross compilers,
# run by qemu-user. In: the folder of the programs.
. tests/support/expect.sh
. tests/source/written.sh
have gcc "C source on other machines" && have make "C source on other machines" || exit 0

# What the compiled model says here, each machine's program must say too.
said() { "$@" "A story about a fox" -q --temp 0 -n 24; }
ids() { "$@" --tokens=5,17,3,99 -q --temp 0 -n 16 --ids --ignore-eos; }
stories=examples/stories-3m.Q8_0.gguf
rlxc build -q "$stories" --exact --variants=decode=1 -o "$work/stories.rlx"
text=$(said rlx run "$work/stories.rlx") numbers=$(ids rlx run "$work/stories.rlx")
[ -n "$text" ] && [ -n "$numbers" ] || fail "no answer"

number=0 # of formats, which the machines share
for machine in aarch64 riscv64; do
    have $machine-linux-gnu-gcc "C source on $machine" && have qemu-$machine "C source on $machine" ||
        continue
    made_there() { made $machine-linux-gnu-gcc "-O2 $strict" LDFLAGS=-static; }
    there() { qemu-$machine "$work/folder/model" "$@"; }
    name=stories-3m runtime_flags="-O0 $strict"
    write "$stories" --exact && made_there && {
        equal "$machine: text" "$(said there)" "$text"
        equal "$machine: ids" "$(ids there)" "$numbers"
    }
    number=$((number + 1))
    for fixture in $formats; do
        number=$((number + 1))
        [ $((number % 2)) = 1 ] || continue
        paths_of "$fixture"
        [ -e "$model" ] || {
            echo "skipped: no $model"
            continue
        }
        write "$model" --exact && made_there && echo "$machine:" &&
            checked golden exact "$expected" qemu-$machine "$work/folder/model"
    done
done

finish "C source on other machines"
