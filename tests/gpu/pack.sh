#!/bin/sh
# pack.sh [BUILD [OUT]]: gathers what run.sh needs on a machine with a GPU and without compilers,
# packages or a network, which may be another Linux than this one. In: programs of the folder BUILD
# (build/release; built here if they are missing), fixtures of RLX_SHARED. Out: the folder OUT
# (build/gpu) with run.sh and one archive.
set -eu
build=${1:-build/release} out=${2:-build/gpu} shared=${RLX_SHARED:-../shared}
programs="tests/gpu_tests tests/gpu_rlxc tests/random_gguf tests/perf_vulkan tests/check_program bin/rlx"
[ -d "$shared/golden" ] || {
    echo "pack.sh: no fixtures at $shared/golden: set RLX_SHARED" >&2
    exit 1
}
cmake --build "$build" --target gpu rlxc > /dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/lib" "$work/shared/golden/gguf" "$work/shared/models/stories-3m" "$work/shared/bug_inputs"
for program in $programs; do
    strip -o "$work/bin/$(basename "$program")" "$build/$program"
done

# Libraries, but for those of the C library, which drivers must share with us. Programs open the Vulkan
# loader when they run.
loader=$(ldconfig -p | sed -n 's/.*libvulkan\.so\.1 .*x86-64.*=> //p' | head -n 1)
for library in $(ldd "$work"/bin/* | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | sort -u) $loader; do
    case $(basename "$library") in
    libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.*) ;;
    *) cp -L "$library" "$work/lib" ;;
    esac
done

# The fixtures that test_golden_compiled.c lists, and those that the other tests name.
for name in $(sed -n 's/^    {"\([^"]*\)", .*[0-9]},$/\1/p' tests/unit/test_golden_compiled.c); do
    case $name in
    gguf/*-00001-of-*) cp "$shared/golden/${name%%-00001-of-*}"* "$work/shared/golden/gguf" ;;
    gguf/*) cp "$shared/golden/$name" "$shared/golden/${name%.gguf}.expected.safetensors" "$work/shared/golden/gguf" ;;
    *) cp -R "$shared/golden/$name" "$work/shared/golden" ;;
    esac
done
cp -R "$shared/bug_inputs/f16-cache-overflow" "$shared/bug_inputs/kquant-fallback-types" "$work/shared/bug_inputs"
cp "$shared/models/stories-3m/stories-3m.Q8_0.gguf" "$work/shared/models/stories-3m"
# One model with code for both, which makes the same of a conversation wherever it goes on.
"$build/bin/rlxc" build examples/stories-3m.Q8_0.gguf --target=cpu,vulkan --exact -q -o "$work/both.rlx"

mkdir -p "$out"
tar -C "$work" -czf "$out/bundle.tar.gz" bin lib shared both.rlx
cp tests/gpu/run.sh "$out"
du -k "$out/bundle.tar.gz" | sed 's/\t/ KB: /'
