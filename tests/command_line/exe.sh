#!/bin/sh
# Programs that carry their model, on other machines and in other places than where they were built.
# In: the folder of the programs.
. tests/support/expect.sh

# One compilation of the kernels for all builds of this script.
build() { rlxc build "$model" --variants=decode=1 --cache-dir="$work/cache" "$@"; }
mkdir -m 700 "$work/cache"
program=$work/stories
question="One day"
expect 0 'code [0-9.]* kB for x86-64-v3, x86-64-v4-vnni-bf16, x86-64-v4-amx)' build --emit=exe -v -o "$program"
answer=$("$program" "$question" -q --temp 0 -n 8)
[ -n "$answer" ] || fail "no answer"
answers() { # WHAT COMMAND...
    what=$1
    shift
    equal "$what" "$("$@" "$question" -q --temp 0 -n 8 2>&1)" "$answer"
}

# A program is portable by default, an artifact is for this machine; the program tells its model.
levels="x86-64-v3, x86-64-v4-vnni-bf16, x86-64-v4-amx"
expect 0 "^code for *$levels\$" "$program" info
expect 0 "code for *$levels\$" "$program" --help
expect 0 '^  name  *stories-3m$' "$program" --help
expect 0 '' build --emit=exe --level=x86-64-v3 -o "$work/one"
expect 0 '^code for *x86-64-v3$' "$work/one" info
expect 0 '' build -o "$work/native.rlx"
expect 0 '^code for *x86-64-v[^,]*$' rlx info "$work/native.rlx"

# The artifact is the end of the program, byte for byte, and the rest is small.
expect 0 '' build --level=all -o "$work/all.rlx"
bytes=$(wc -c < "$work/all.rlx") whole=$(wc -c < "$program")
tail -c "$bytes" "$program" | cmp - "$work/all.rlx" || fail "another artifact in the program"
if readelf -l "$program" | grep -q INTERP; then
    static=no # a sanitizer's
else
    static=yes
    [ $((whole - bytes)) -le 1600000 ] || fail "$((whole - bytes)) bytes besides the model"
fi

# A stripped program keeps its model, or says that it is gone.
for strip in "strip" "strip -g" "strip -R .comment" "llvm-strip" "llvm-strip-22"; do
    command -v ${strip%% *} > /dev/null || continue
    cp "$program" "$work/stripped"
    $strip "$work/stripped" 2> "$work/said" || fail "$strip: $(cat "$work/said")"
    [ -s "$work/said" ] && fail "$strip: $(cat "$work/said")"
    answers "$strip" "$work/stripped"
    expect 0 'all digests match' rlxc inspect --verify "$work/stripped"
done
objcopy -R .rlx.model "$program" "$work/stripped"
expect 1 'this program: the model in this program is gone' "$work/stripped" "$question"

# Under other names: found in PATH, called by a script, through a link, removed
# while it runs.
answers "found in PATH" env PATH="$work" stories
printf '#!%s\n' "$program" > "$work/script"
chmod +x "$work/script"
expect 0 '' "$work/script" -q -n 1
ln -s stories "$work/link"
answers "a link" "$work/link"
cp "$program" "$work/removed"
(sleep 0.1; rm "$work/removed"; echo "$question") | "$work/removed" -q --temp 0 -n 8 > "$work/said" 2>&1
equal "removed while it waits" "$(cat "$work/said")" "$answer"

# A small stack.
small_stack() { (ulimit -s 64 && "$@"); }
answers "a stack of 64 kB" small_stack "$program"
answers "a stack of 64 kB: rlx" small_stack "$bin/rlx" run "$work/all.rlx"
expect 0 '' small_stack "$bin/rlxc" build "$model" -q --variants=decode=1 --level=x86-64-v3 \
    --emit=exe -o "$work/small"
cmp "$work/small" "$work/one" || fail "another program from a small stack"

# Without other files: no /proc, no /dev, only itself.
if [ $static = yes ] && [ "$(id -u)" -eq 0 ] && chroot / true 2> /dev/null; then
    jail() { env -i "$(command -v chroot)" "$work/jail" "$@"; }
    mkdir "$work/jail"
    cp "$program" "$bin/rlx-static" "$work/native.rlx" "$work/jail"
    printf '#!/stories\n' > "$work/jail/script"
    chmod +x "$work/jail/script"
    answers "in an empty place" jail /stories
    answers "a model in an empty place" jail /rlx-static run native.rlx
    expect 0 '' jail /script -q -n 1
    chmod 111 "$work/jail/stories"
    expect 0 '' jail /stories --version
else
    echo "skipped: in an empty place: needs root and a static program"
fi

# Closed standard streams do no harm.
"$program" "$question" -q -n 2 0<&- 1>&- 2>&-
equal "status without standard streams" $? 1

finish exe
