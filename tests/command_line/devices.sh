#!/bin/sh
# Devices from a user's view: their list, --device, what is missing and what fails. In: the folder of
# the programs. Lavapipe, where it is installed, stands for a GPU.
. tests/support/expect.sh

lavapipe=/usr/share/vulkan/icd.d/lvp_icd.$(uname -m).json
layer=/usr/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json
export XDG_CACHE_HOME="$work/caches"
expect 0 '' rlxc build "$model" -q -o "$work/cpu.rlx" --level=native
expect 0 '' rlxc build "$model" -q -o "$work/vulkan.rlx" --target=vulkan
expect 0 '' rlxc build "$model" -q -o "$work/both.rlx" --target=cpu,vulkan --level=native

say() { # MODEL OPTION...
    model_name=$1
    shift
    rlx run "$work/$model_name.rlx" -p 'Once upon a time' --raw -n 12 --temp=0 "$@" 2> "$work/said"
}
wanted=$(say cpu)

# Without a driver, and without a device of that name.
(
    export VK_DRIVER_FILES=/nowhere VK_ICD_FILENAMES=/nowhere
    expect 0 '^cpu  *the processors' rlx devices
    expect 0 '^vulkan  *none: vulkan: ' rlx devices
    expect 1 '^rlx: vulkan: ' rlx run "$work/vulkan.rlx" -p x --device=vulkan
    expect 1 '^rlx: vulkan: ' rlx run "$work/vulkan.rlx" -p x
    equal "auto without a driver" "$(say both --device=auto)" "$wanted"
    grep -q '^rlx: vulkan: .*: goes on with device cpu$' "$work/said" ||
        fail "auto does not say why: $(cat "$work/said")"
    equal "auto -q" "$(say both --device=auto -q; cat "$work/said")" "$wanted"
    exit $failures
) || failures=$((failures + 1))
expect 1 "holds no code for Vulkan; rlxc build --target=vulkan makes it" \
    rlx run "$work/cpu.rlx" -p x --device=vulkan
expect 1 "holds no code for a CPU of this kind" rlx run "$work/vulkan.rlx" -p x --device=cpu
expect 1 "there is no device 'gpu': expected 'cpu', 'vulkan' or 'auto'" \
    rlx run "$work/cpu.rlx" -p x --device=gpu
expect 2 "needs a value" rlx run "$work/cpu.rlx" --device
expect 2 "expected a name that rlx devices lists, or auto, found 'vulkan:x'" \
    rlx run "$work/cpu.rlx" -p x --device=vulkan:x
expect 0 'used here *vulkan1.2' rlx info "$work/vulkan.rlx"
expect 0 '' rlx info "$work/vulkan.rlx" --verify -q

# The environment may say how far ahead the CPU prefetches; no result depends on it.
prefetching() ( # BYTES COMMAND...
    export RLX_PREFETCH="$1"
    shift
    "$@"
)
expect 0 'prefetch *0 bytes ahead into all caches, 640 into all but' prefetching 0,640 rlx info "$work/cpu.rlx"
expect 1 "RLX_PREFETCH: expected two numbers of bytes" prefetching far rlx run "$work/cpu.rlx" -p x
expect 1 "RLX_PREFETCH: expected two numbers of bytes" prefetching far rlx info "$work/cpu.rlx"
rlx info "$work/vulkan.rlx" | grep '^prefetch' && fail "shaders prefetch nothing"
equal "without prefetches" "$(prefetching 0,0 say cpu)" "$wanted"
equal "far prefetches" "$(prefetching 64,1048576 say cpu)" "$wanted"

# A GPU that is not there (support/fake_vulkan.h): it computes nothing, and fails as it is told to.
faults() ( # WORDS COMMAND...
    export LD_LIBRARY_PATH="$bin/../tests/fake_vulkan" RLX_FAKE_VULKAN="$1"
    shift
    "$@"
)
expect 0 '^vulkan:0 *Fake GPU (discrete GPU), 4.0 GiB$' faults '' rlx devices
expect 0 '^vulkan:0 .* lacks shaderInt64, scalarBlockLayout$' \
    faults 'lacks=shaderInt64 lacks=scalarBlockLayout' rlx devices
expect 0 '' faults '' rlx run "$work/both.rlx" -p x --raw -n 3 --temp=0 --device=auto
for words in no-device lacks=shaderInt64 memory=2 vkCreateDevice@1+=failed vkMapMemory@1+=map \
    vkAllocateMemory@2+=device-memory; do
    expect 1 '^rlx: vulkan: ' faults $words rlx run "$work/both.rlx" -p x --device=vulkan
    expect 1 '^rlx: vulkan: ' faults $words rlx run "$work/vulkan.rlx" -p x --device=auto
    equal "auto: $words" "$(faults $words say both --device=auto)" "$wanted"
    [ "$(grep -c '^rlx: vulkan: .*: goes on with device cpu$' "$work/said")" -eq 1 ] &&
        [ "$(wc -l < "$work/said")" -eq 1 ] || fail "auto: $words: $(cat "$work/said")"
done
expect 1 "vulkan.rlx needs .* MB, and 'Fake GPU' has 2.1 MB free" \
    faults memory=2 rlx run "$work/vulkan.rlx" -p x
expect 1 'the device was lost: it failed, was reset or took too long; a new session may work' \
    faults vkWaitForFences@4=lost rlx run "$work/vulkan.rlx" -p x

# No loader, and a library that is none.
mkdir "$work/none" "$work/other"
echo nothing > "$work/none/libvulkan.so.1"
cp "$bin/../librlx.so" "$work/other/libvulkan.so.1"
no_loader() (
    export LD_LIBRARY_PATH="$work/$1"
    rlx run "$work/vulkan.rlx" -p x
)
expect 1 'the Vulkan loader cannot be opened here (libvulkan.so.1; Debian: libvulkan1)' \
    no_loader none
expect 1 'libvulkan.so.1 has no function vkGetInstanceProcAddr' no_loader other

[ ! -r "$lavapipe" ] || export VK_DRIVER_FILES="$lavapipe" VK_ICD_FILENAMES="$lavapipe"
[ ! -r "$layer" ] || export RLX_VULKAN_VALIDATION=1
if ! rlx devices | grep -q '^vulkan:0'; then
    echo "skipped: runs on Vulkan, because this machine has no Vulkan device"
    finish devices
    exit 0
fi
for name in vulkan both; do
    equal "$name on Vulkan" "$(say $name --device=vulkan)" "$wanted"
    [ -s "$work/said" ] && fail "$name on Vulkan: $(cat "$work/said")"
done
equal "with memory of its own" "$(RLX_VULKAN_APART=1 say vulkan)" "$wanted"
say both --device=vulkan:0 -v > "$work/out"
grep -q '^rlx: device vulkan:0$' "$work/said" || fail "-v names no device: $(cat "$work/said")"
expect 1 "there is no device 77" rlx run "$work/both.rlx" -p x --device=vulkan:77

# Compiled pipelines stay in the user's folder of caches, which need not be usable.
ls "$work/caches/rlx/" | grep -q '^vulkan-' || fail "no cache of pipelines: $(ls -R "$work/caches")"
echo rubbish > "$work/rubbish"
for cache in "$work/caches"/rlx/*; do cp "$work/rubbish" "$cache"; done
equal "a damaged cache" "$(say vulkan)" "$wanted"
equal "no folder of caches" "$(XDG_CACHE_HOME=$work/rubbish say vulkan)" "$wanted"

# A conversation goes from one device to the other.
session="$work/saved"
for device in vulkan cpu vulkan; do
    expect 0 '' rlx run "$work/both.rlx" -q --temp=0 --session="$session" --device=$device -n 8 -p Hi
done
finish devices
