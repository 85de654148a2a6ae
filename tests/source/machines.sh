# Models that rlxc wrote as C source, on other processors than this one: compiled by cross compilers,
# run by qemu-user. In: the folder of the programs.
. tests/support/expect.sh
. tests/source/written.sh
have gcc "C source on other machines" && have make "C source on other machines" || exit 0

name=stories-3m
write examples/stories-3m.Q8_0.gguf && compiled gcc-O3
answer=$("$work/folder/model" "A story about a fox" -q --temp 0 -n 48)
[ -n "$answer" ] || fail "no answer"
ids=$("$work/folder/model" --tokens=5,17,3,99 -q --temp 0 -n 32 --ids --ignore-eos)

for machine in aarch64 riscv64; do
    have $machine-linux-gnu-gcc "C source on $machine" && have qemu-$machine "C source on $machine" ||
        continue
    made_there() {
        made $machine CC=$machine-linux-gnu-gcc LDFLAGS=-static CFLAGS="-O2 $strict"
    }
    name=stories-3m
    write examples/stories-3m.Q8_0.gguf && made_there && {
        equal "$machine: text" "$(qemu-$machine "$work/folder/model" "A story about a fox" -q --temp 0 -n 48)" \
            "$answer"
        equal "$machine: ids" "$(qemu-$machine "$work/folder/model" --tokens=5,17,3,99 -q --temp 0 -n 32 \
            --ids --ignore-eos)" "$ids"
    }
    for fixture in $formats; do
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
