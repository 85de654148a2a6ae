#!/bin/sh
# on_lavapipe.sh FOLDER_OF_PROGRAMS TEST: a test program of compiled models once more, with code for
# Vulkan on lavapipe, a Vulkan device without a GPU. The validation layers are on, and whatever they
# say makes the test fail. Without a Vulkan device it is skipped.
set -eu
lavapipe=/usr/share/vulkan/icd.d/lvp_icd.$(uname -m).json
layer=/usr/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json

[ ! -r "$lavapipe" ] || export VK_DRIVER_FILES="$lavapipe" VK_ICD_FILENAMES="$lavapipe"
if ! "$1/rlx" devices | grep -q '^vulkan:0'; then
    echo "skipped: $(basename "$2") on Vulkan, because this machine has no Vulkan device"
    exit 0
fi
if [ -r "$layer" ]; then
    export RLX_VULKAN_VALIDATION=1
else
    echo "without validation: $layer is not installed"
fi
# Shaders that the driver has compiled are there for all tests of the suite (RLX_TEST_REUSE), or for
# this one alone; the user's folders of caches stay as they are. The driver does not tell code for one
# width of vectors (LP_NATIVE_VECTOR_WIDTH) from code for another.
if [ -n "${RLX_TEST_REUSE:-}" ]; then
    shaders=$RLX_TEST_REUSE
else
    shaders=$(mktemp -d)
    trap 'rm -rf "$shaders"' EXIT
fi
export MESA_SHADER_CACHE_DIR="$shaders/shaders${LP_NATIVE_VECTOR_WIDTH:-}"
# To optimize shaders takes the driver longer than all their runs.
export GALLIVM_PERF="${GALLIVM_PERF:-nopt}" RLX_TEST_TARGET=vulkan XDG_CACHE_HOME=/nowhere/caches
"$2"
