#!/bin/sh
# Shaders do not know how many of their threads run side by side: with subgroups of 4, 8 and 16
# threads, a model's logits have the same bits. In: the folder of the programs. Lavapipe makes a
# subgroup of a vector of the processor, whose bits LP_NATIVE_VECTOR_WIDTH says.
. tests/support/expect.sh

lavapipe=/usr/share/vulkan/icd.d/lvp_icd.$(uname -m).json
[ ! -r "$lavapipe" ] || export VK_DRIVER_FILES="$lavapipe" VK_ICD_FILENAMES="$lavapipe"
if ! rlx devices | grep -q '^vulkan:0'; then
    echo "skipped: widths of vectors, because this machine has no Vulkan device"
    exit 0
fi

# The driver's names for what it keeps are equal for all widths.
kept=${RLX_TEST_REUSE:-$work}
export GALLIVM_PERF=nopt XDG_CACHE_HOME=/nowhere/caches # its compiler takes longer than its code
logits() { # WIDTH WAY
    LP_NATIVE_VECTOR_WIDTH=$1 MESA_SHADER_CACHE_DIR=$kept/shaders$1 rlx logits "$work/model.rlx" \
        --tokens="$tokens" --way="$2" --device=vulkan -o "$work/$2-$1" || fail "$2 with $1 bits"
}

tokens=1,403,407,261,378,290,445,380,269,291,432,1200,7,266,420,314,401,264,285,268,431,342
expect 0 '' rlxc build "$model" -q -o "$work/model.rlx" --target=vulkan --context=64 \
    --variants=decode=1,prefill=32
for way in block steps; do
    for width in 128 256 512; do
        logits $width $way
    done
    cmp "$work/$way-256" "$work/$way-128" || fail "$way: vectors of 128 bits give other logits"
    cmp "$work/$way-256" "$work/$way-512" || fail "$way: vectors of 512 bits give other logits"
done
finish vector_widths
