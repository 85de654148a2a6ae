#!/bin/sh
# rlxc build --cache-dir: the bytes are equal with and without it, whatever its state. In: the
# folder of the programs.
. tests/support/expect.sh
unset RLX_CACHE_DIR

v3="--level=x86-64-v3 --variants=decode=1 --threads=2"
cache="$work/cache"
build() { # OUT OPTION...: builds quietly, and prints the use of the cache on standard error
    out="$1"
    shift
    expect 0 'cache: ' rlxc build $model -v $v3 --quant=q4_0 --cache-dir="$cache" "$@" -o "$out"
}

expect 0 '' rlxc build $model -q $v3 --quant=q4_0 -o "$work/plain"
build "$work/cold"
grep -q 'cache: 0 results found, [1-9]' "$printed/err" || fail "an empty cache had results"
cmp "$work/plain" "$work/cold" || fail "an empty cache changes the result"
build "$work/warm"
grep -q 'cache: [1-9][0-9]* results found, 0 kept, 0 damaged' "$printed/err" ||
    fail "the second build made something again"
cmp "$work/plain" "$work/warm" || fail "a full cache changes the result"

# one flag changed: results that do not depend on it are found
build "$work/short" --context=256
grep -q 'cache: [1-9][0-9]* results found' "$printed/err" || fail "nothing was found"
expect 0 '' rlxc build $model -q $v3 --quant=q4_0 --context=256 -o "$work/short-plain"
cmp "$work/short" "$work/short-plain" || fail "the cache changes a build with --context"

# the environment may name it; an empty value means none
RLX_CACHE_DIR="$cache" rlxc build $model -v $v3 --quant=q4_0 -o "$work/x" 2>"$printed/err" ||
    fail "RLX_CACHE_DIR"
grep -q 'cache: [1-9][0-9]* results found, 0 kept' "$printed/err" || fail "RLX_CACHE_DIR is not read"
expect 2 "expected a number from 1" rlxc build $model -o "$work/x" --cache-size=0
expect 1 "no/cache: cache: the folder cannot be made" \
    rlxc build $model -o "$work/x" --cache-dir="$work/no/cache"

# damage: every entry loses its last byte, or changes one
for entry in "$cache"/*.rlxcache; do
    printf 'x' | dd of="$entry" bs=1 seek=60 conv=notrunc 2>/dev/null
done
build "$work/damaged"
grep -q 'cache: 0 results found, [1-9][0-9]* kept, [1-9][0-9]* damaged' "$printed/err" ||
    fail "damaged entries were taken"
cmp "$work/plain" "$work/damaged" || fail "damage reached the result"

# a changed model with the same name, size and times: no stale results
cp $model "$work/model.gguf"
expect 0 '' rlxc build "$work/model.gguf" -q $v3 --quant=q4_0 --cache-dir="$cache" -o "$work/before"
size=$(wc -c <"$work/model.gguf")
touch -r "$work/model.gguf" "$work/times"
printf '\001\002\003\004' | dd of="$work/model.gguf" bs=1 seek=$((size - 4000)) conv=notrunc 2>/dev/null
touch -r "$work/times" "$work/model.gguf"
expect 0 '' rlxc build "$work/model.gguf" -q $v3 --quant=q4_0 --cache-dir="$cache" -o "$work/after"
expect 0 '' rlxc build "$work/model.gguf" -q $v3 --quant=q4_0 -o "$work/after-plain"
cmp -s "$work/before" "$work/after" && fail "a changed model was served from the cache"
cmp "$work/after" "$work/after-plain" || fail "the cache changes the result of a changed model"

# a changed vocabulary
LC_ALL=C sed 's/<|im_end|>/<|im_and|>/g' $model >"$work/model.gguf"
cmp -s $model "$work/model.gguf" && fail "the vocabulary did not change"
expect 0 '' rlxc build "$work/model.gguf" -q $v3 --quant=q4_0 --cache-dir="$cache" -o "$work/words"
expect 0 '' rlxc build "$work/model.gguf" -q $v3 --quant=q4_0 -o "$work/words-plain"
cmp "$work/words" "$work/words-plain" || fail "a changed vocabulary was served from the cache"

# two at once, from nothing
rm -r "$cache"
rlxc build $model -q $v3 --quant=q4_0 --cache-dir="$cache" -o "$work/first" &
rlxc build $model -q $v3 --quant=q4_0 --cache-dir="$cache" -o "$work/second" || fail "the second"
wait $! || fail "the first of two"
cmp "$work/plain" "$work/first" || fail "two at once: the first"
cmp "$work/plain" "$work/second" || fail "two at once: the second"

# bounded
build "$work/x" --cache-size=1
[ "$(cat "$cache"/*.rlxcache | wc -c)" -le 1000000 ] || fail "the cache is larger than allowed"
ls "$cache" | grep -v '\.rlxcache$' && fail "something was left behind"
finish cache
