#!/bin/sh
# `rlxc build --emit=c --freestanding`: model.o needs what its model.h names and nothing else, has the
# memory that it says, and makes the tokens and logits of the ordinary program; errors. $1: folder of
# the programs. The models of $RLX_SHARED are only run where it is set.
. tests/support/expect.sh
host=tests/source/freestanding_host.c
warnings='-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror'

# needs WHAT FOLDER: the undefined names of model.o are those that model.h lists.
needs() {
    nm -u "$2/model.o" | awk '{ print $2 }' | sort > "$work/needed"
    sed -n '/Link it with/,/\*\//p' "$2/model.h" | grep '^ \*      *[a-z0-9 ]*$' | tr -d '*' |
        tr ' ' '\n' | grep . | sort > "$work/named"
    equal "$1: names that model.h does not list" "$(comm -23 "$work/needed" "$work/named")" ""
    equal "$1: mem names in model.h" "$(grep -c '^mem' "$work/named")" 4
}

# memory WHAT FOLDER: what is not constant is as large as MODEL_MEMORY_BYTES.
memory() {
    equal "$1: memory" "$(size -A "$2/model.o" | awk '/^\.bss|^\.lbss|^\.data / { sum += $2 } END { print sum }')" \
        "$(sed -n 's/.*MODEL_MEMORY_BYTES = \([0-9]*\),.*/\1/p' "$2/model.h")"
    equal "$1: constants" "$(wc -c < "$2/weights.bin")" \
        "$(sed -n 's/.*MODEL_WEIGHT_BYTES = \([0-9]*\),.*/\1/p' "$2/model.h")"
}

# same WHAT FOLDER RUN COMPILER IDS COUNT: the tokens and logits of the host around model.o are those
# of $work/model.rlx. RUN: what runs the host ("" or an emulator).
same() {
    rlx logits "$work/model.rlx" --tokens="$5" -o "$work/logits.safetensors"
    expected=$(rlx run "$work/model.rlx" --tokens="$5" -n "$6" --ids --temp 0 --ignore-eos)
    # shellcheck disable=SC2086 # lists of words
    if $4 $warnings -O2 -I"$2" -o "$work/host" "$host" "$2/model.o" -lm; then
        equal "$1: tokens" "$($3 "$work/host" "$6" "$work/logits.safetensors" $(echo "$5" | tr ',' ' ') || echo "status $?")" "$expected"
    else
        fail "$1: the host does not build"
    fi
}

# build FOLDER WORDS...: both forms of a model.
build() {
    folder=$1
    shift
    expect 0 '' rlxc build --exact "$@" -q -o "$work/model.rlx"
    expect 0 '' rlxc build --exact "$@" -q --emit=c --freestanding -o "$folder"
}

# compile WHAT FOLDER COMPILER FLAGS
compile() {
    make -s -C "$2" clean
    make -s -C "$2" V=1 CC="$3" CFLAGS="$4 $warnings" > "$work/make" 2>&1 || fail "$1: make fails"
    equal "$1: what make says" "$(cat "$work/make")" ""
}

ids=1,403,407,261,378,503,411,263,261,493,286
stories=$work/stories
build "$stories" "$model" --context=256
for compiler in gcc clang; do
    if ! command -v $compiler > /dev/null; then
        echo "not tested: $compiler"
        continue
    fi
    for level in -O0 -O3; do
        what="stories, $compiler $level"
        stack=-Wstack-usage=16384
        [ $compiler = gcc ] || stack=
        compile "$what" "$stories" $compiler "$level $stack"
        needs "$what" "$stories"
        memory "$what" "$stories"
        same "$what" "$stories" "" $compiler $ids 40
    done
done
# Prompts that are longer than a run, and a context that is full.
same "a long prompt" "$stories" "" cc "$(seq -s, 1 230)" 26
equal "exported names" "$(nm -g --defined-only "$stories/model.o" | awk '{ print $3 }' | sort | tr '\n' ' ')" \
    "model_continue model_end_count model_ends model_feed model_generate model_reset model_room "

# Other machines.
for machine in aarch64 riscv64; do
    compiler=$machine-linux-gnu-gcc run=$(command -v qemu-$machine || command -v qemu-$machine-static)
    if ! command -v $compiler > /dev/null || [ -z "$run" ]; then
        echo "not tested: $machine (needs $compiler and qemu-$machine)"
        continue
    fi
    compile "stories, $machine" "$stories" $compiler -O2
    needs "stories, $machine" "$stories"
    same "stories, $machine" "$stories" "$run" "$compiler -static" $ids 20
done

# headers COMPILER FLAGS: of the stories, checked with no headers but the compiler's own.
headers() {
    (cd "$stories" && $1 $2 $warnings -nostdinc -isystem "$($1 -print-file-name=include)" -Iinclude \
        -fsyntax-only kernels.c generate.c variants.c entry_main.c) 2>&1
}

# Without any library, in 64 and 32 bits.
if [ "$(uname -sm)" = "Linux x86_64" ]; then
    for bits in 64 32; do
        cc="cc -m$bits -msse2 -mfpmath=sse"
        equal "$bits bits: headers" "$(headers cc "-m$bits")" ""
        compile "without a library, $bits bits" "$stories" "$cc" -O2
        $cc $warnings -O2 -ffreestanding -fno-stack-protector -fno-builtin -nostdlib -static -no-pie \
            -DPROMPT=$ids -I"$stories" -o "$work/bare" tests/source/freestanding_bare.c \
            "$stories/model.o" || fail "without a library, $bits bits: the program does not build"
        equal "without a library, $bits bits: tokens" "$("$work/bare")" \
            "$(rlx run "$work/model.rlx" --tokens=$ids -n 20 --ids --temp 0 --ignore-eos)"
    done
else
    echo "not tested: a program without a library (x86-64)"
fi
if command -v clang > /dev/null; then
    equal "arm: headers" "$(headers clang --target=thumbv7em-none-eabihf)" ""
    headers clang --target=powerpc64-none-elf | grep -q 'for little-endian machines' ||
        fail "a big-endian machine is not refused"
else
    echo "not tested: arm, big-endian machines (need clang)"
fi

# Runs of one token need the least memory.
small=$work/small
build "$small" "$model" --context=64 --variants=decode=1
compile "runs of one token" "$small" cc -O2
memory "runs of one token" "$small"
same "runs of one token" "$small" "" cc $ids 20

# A graph with states of every class but cross; and those that ids of tokens alone do not run.
if command -v python3 > /dev/null; then
    python3 tests/artifacts/weights.py "$work/states.safetensors"
    sed -e '/# entry encode/,/^$/d; /entry "encode"/,/"cross_v"/d; /%55 =/d; /%56 =/d; s/%56/%53/' \
        -e 's/^graph .*/graph "states"/' tests/artifacts/format-2.0.hir > "$work/states.hir"
    states=$work/states
    build "$states" "$work/states.hir" --weights="$work/states.safetensors"
    compile "states" "$states" cc -O2
    needs "states" "$states"
    memory "states" "$states"
    same "states" "$states" "" cc 5,17,3,9,20,21,7,3,3,22,12,13,2,1,8 48
    same "states, a full context" "$states" "" cc "$(seq -s, 1 23),$(seq -s, 0 23)" 17
    for words in --variants=decode=1 --variants=decode=1,blocks=2,prefill=20; do
        rm -rf "$states"
        build "$states" "$work/states.hir" --weights="$work/states.safetensors" $words
        compile "states, $words" "$states" cc -O1
        same "states, $words" "$states" "" cc "$(seq -s, 1 23),$(seq -s, 0 9)" 20
    done
    expect 1 'found the cross state cross_k' rlxc build tests/artifacts/format-2.0.hir -q \
        --weights="$work/states.safetensors" --emit=c --freestanding -o "$work/none"
    cat > "$work/input.hir" << 'END'
graph "input"
  %1 = input f32 [ROWS, 32] "x"
  %2 = weight f32 [24, 32] "embedding"
  %3 = matmul %1 %2 f32 [ROWS, 24]
  output "logits" %3 role=logits
END
    expect 1 'found the input x' rlxc build "$work/input.hir" -q \
        --weights="$work/states.safetensors" --emit=c --freestanding -o "$work/none"
else
    echo "not tested: a graph with carried states and rings (needs python3)"
fi
expect 1 'found no variant that runs one sequence' rlxc build examples/encoder.hir -q \
    --weights=examples/encoder.safetensors --emit=c --freestanding -o "$work/none"

if [ -n "${RLX_SHARED:-}" ]; then
    for name in mistral-swa-f32 qwen3-bf16 gguf/llama-Q4_0.gguf; do
        rm -rf "$work/golden"
        build "$work/golden" "$RLX_SHARED/golden/$name"
        compile "$name" "$work/golden" cc -O2
        needs "$name" "$work/golden"
        memory "$name" "$work/golden"
        same "$name" "$work/golden" "" cc 5,17,3,9,44,21,7,3,3,60,12,33,2,1,8 12
    done
    # As large as models are that people run.
    smol=$work/smol
    build "$smol" "$RLX_SHARED/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf" --context=512
    compile "SmolLM2" "$smol" gcc "-O3 -Wstack-usage=16384"
    needs "SmolLM2" "$smol"
    memory "SmolLM2" "$smol"
    same "SmolLM2" "$smol" "" cc 504,3575,282,4649,314,7042,28,284,260,3575,282,4521,314 24
else
    echo "not tested: models of RLX_SHARED"
fi
sed 's/256/16777216/g' examples/alphabet.hir > "$work/large.hir"
expect 1 'less than 2 GiB in one object, found weights of 1.1 GB and memory of 4.3 GB' \
    rlxc build "$work/large.hir" -q --weights=examples/alphabet.safetensors --exact --emit=c \
    --freestanding -o "$work/none"
expect 2 'freestanding goes with --emit=c' rlxc build "$model" --freestanding --emit=exe -o "$work/none"
expect 2 'freestanding goes with --emit=c' rlxc build "$model" --freestanding --emit=c
expect 2 'freestanding goes with --emit=c' rlxc build "$model" --freestanding -o "$work/none"
[ ! -e "$work/none" ] || fail "a folder although there was an error"
finish freestanding
