#!/bin/sh
# run.sh [--quick] [--software]: tests and measures rlx on the GPU of this machine. In: the archive of
# pack.sh beside this script. Out: one table on standard output and in the folder OUT (default: out,
# beside this script) as table.txt, what every check printed as log.txt, and status 1 if one failed.
# All takes less than 8 minutes, --quick less than 3. --software takes Mesa's lavapipe for a GPU, which
# is slow and gets little to do.
set -u
here=$(cd "$(dirname "$0")" && pwd)
quick= software=
for option in "$@"; do
    case $option in
    --quick) quick=yes ;;
    --software) software=yes ;;
    *)
        echo "usage: run.sh [--quick] [--software]" >&2
        exit 2
        ;;
    esac
done
out=${OUT:-$here/out}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out" "$work/result" "$work/log" "$work/found"
tar -C "$work" -xzf "$here/bundle.tar.gz" || exit 1
export RLX_SHARED="$work/shared" RLX_TEST_TARGET=vulkan XDG_CACHE_HOME="$work/caches" TMPDIR="$work"
PATH=$work/bin:$PATH
cd "$work" || exit 1

# ---- libraries and drivers: those of the machine first ----

has_library() {
    { ldconfig -p || /sbin/ldconfig -p; } 2> /dev/null | grep -q "^[[:space:]]*$1 "
}
for library in lib/*; do
    has_library "$(basename "$library")" || cp "$library" found
done
LD_LIBRARY_PATH=$work/found${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
[ ! -d /usr/local/nvidia/lib64 ] || LD_LIBRARY_PATH=$LD_LIBRARY_PATH:/usr/local/nvidia/lib64
export LD_LIBRARY_PATH

# use_driver MANIFEST
use_driver() {
    export VK_DRIVER_FILES="$1" VK_ICD_FILENAMES="$1"
}
has_gpu() {
    rlx devices 2> /dev/null | grep '^vulkan:' | grep -v ' lacks ' | grep -qv '(software)'
}
# In containers NVIDIA's driver may be there without its manifest, and without X11 only the one for EGL
# opens.
find_nvidia() {
    for manifest in /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json libGLX_nvidia.so.0 libEGL_nvidia.so.0; do
        case $manifest in
        /*) [ -r "$manifest" ] || continue ;;
        *)
            printf '{"file_format_version": "1.0.0", "ICD": {"library_path": "%s", "api_version": "1.3.0"}}\n' \
                "$manifest" > "$work/$manifest.json"
            manifest=$work/$manifest.json
            ;;
        esac
        use_driver "$manifest"
        has_gpu && return
    done
    unset VK_DRIVER_FILES VK_ICD_FILENAMES
}
if [ -n "$software" ]; then
    use_driver "/usr/share/vulkan/icd.d/lvp_icd.$(uname -m).json"
else
    has_gpu || find_nvidia
    has_gpu || software=yes
fi
rlx devices -v > devices 2>&1
if ! grep '^vulkan:' devices | grep -qv ' lacks '; then
    cat devices
    echo "run.sh: this machine has no Vulkan device that runs models" >&2
    exit 1
fi

# ---- checks ----

# check NAME SECONDS COMMAND...: a row of the table.
check() {
    name=$1 limit=$2
    shift 2
    began=$(date +%s)
    timeout -k 5 "$limit" "$@" > "log/$name" 2>&1
    case $? in
    0) said=ok ;;
    124 | 137) said="FAILED: more than $limit s" ;;
    *) said=FAILED ;;
    esac
    printf '%-30s %5d s  %s\n' "$name" $(($(date +%s) - began)) "$said" > "result/$name"
}

# forms.sh FIXTURE: the command line with each type of numbers, against other implementations.
cat > forms.sh << 'END'
status=0 fixture=$1 file=$(basename "$1").rlx
model=$RLX_SHARED/$fixture.gguf expected=$RLX_SHARED/$fixture.expected.safetensors
[ ! -d "$RLX_SHARED/$fixture" ] || model=$RLX_SHARED/$fixture expected=$RLX_SHARED/$fixture/expected.safetensors
for way in $ways; do
    case $way:$fixture in
    exact:*) options=--exact ;;
    f16:*) options= ;;
    q8:*) options=--kv=q8 ;;
    *-f32 | *-F16 | *-bf16) continue ;; # these products read f32 all the same
    *-fallback-types/*) continue ;;     # nobody measured what these may be off
    *) options="--activations=$way --kv=f32" ;;
    esac
    gpu_rlxc build -q --target=vulkan --cache-dir=forms $variants $options "$model" -o "$file" &&
        check_program golden $way "$expected" rlx run "$file" --device=vulkan || status=1
done
exit $status
END

# A conversation that goes on where it did not begin says what it says on the CPU alone.
cat > moved.sh << 'END'
say() { # FIRST SECOND
    rm -f saved
    for device in "$@"; do
        rlx run both.rlx -q --temp=0 -n 12 --session=saved --device=$device -p "Tell me a story." || exit 1
    done
}
wanted=$(say cpu cpu)
[ -n "$wanted" ] || exit 1
for pair in "vulkan vulkan" "vulkan cpu" "cpu vulkan"; do
    found=$(say $pair) && [ "$found" = "$wanted" ] || {
        printf '%s: found\n%s\nwanted\n%s\n' "$pair" "$found" "$wanted"
        status=1
    }
done
exit ${status:-0}
END

tests="graph_encoders graph_instances session_integers session_rings sessions state stopped_prompts"
fixtures="golden/llama-f32 golden/qwen2-bf16 golden/gguf/llama-F16 golden/gguf/qwen3-Q8_0"
for format in Q8_0 Q4_0 Q4_1 Q5_0 Q5_1; do
    fixtures="$fixtures golden/gguf/llama-$format"
done
for format in Q4_K_M Q5_K_M Q6_K; do
    fixtures="$fixtures bug_inputs/kquant-fallback-types/$format"
done
limit=200 parts="0 1 2 3 4 5 6 7"
export ways="exact f16 q8 i8 i16" variants=
if [ -n "$quick" ]; then
    limit=60 parts=0
    fixtures="golden/llama-f32 golden/gguf/qwen3-Q8_0 golden/gguf/llama-Q4_0 bug_inputs/kquant-fallback-types/Q4_K_M"
fi
if [ -n "$software" ]; then # drivers in software compile slowly, too
    tests=graph_instances fixtures="golden/llama-f32 golden/gguf/llama-Q4_1" limit=300 parts=
    ways="exact i8" variants=--variants=decode=1,blocks=16,prefill=64
    [ -z "$quick" ] || tests=
fi
for part in $parts; do
    check "golden_compiled-$part" $limit env RLX_TEST_PART=$part gpu_tests golden_compiled &
done
for test in $tests; do
    check "$test" $limit gpu_tests "$test" &
done
# Devices with a better level run that one in all other checks.
[ -n "$software" ] ||
    check golden-vulkan1.2 $limit env RLX_VULKAN_LEVEL=vulkan1.2 gpu_tests golden_compiled &
for fixture in $fixtures; do
    check "forms-$(basename "$fixture")" $limit sh forms.sh "$fixture" &
done
check moved-sessions $limit sh moved.sh &
wait

# ---- speed ----

# One after the other: nothing else runs meanwhile.
one_row="--rows=1" many_rows="--formats=f16,q8_0,q4_0,q4_k,q6_k --shapes=1024x3072,3072x1024,4096x4096 --rows=8,64,256,512"
bench="-p 512 -n 128 -r 5" depth="-p 0 -n 64 -r 3 --depth=4096" formats="q8_0 q4_0 q4_k" shape= limit=50
if [ -n "$quick" ]; then
    one_row="--rounds=3 --formats=f16,q8_0,q4_0,q4_k --rows=1"
    many_rows="--rounds=3 --formats=q8_0,q4_0 --shapes=1024x3072 --rows=8,512"
    bench="-p 512 -n 64 -r 3" depth= formats=q8_0 limit=30
fi
if [ -n "$software" ]; then
    one_row="--rounds=3 --megabytes=2 --formats=q8_0 --shapes=576x1536 --rows=1 --keys=512"
    many_rows="--rounds=1 --megabytes=2 --formats=q8_0 --shapes=576x1536 --rows=8"
    bench="-p 16 -n 2 -r 1" depth= formats=q8_0 shape="1 256" limit=150
fi
check speed-of-one-row $limit perf_vulkan $one_row
check speed-of-many-rows $limit perf_vulkan $many_rows --keys=
for format in $formats; do
    cat > bench.sh << END
set -e
random_gguf $format random.gguf $shape
gpu_rlxc build random.gguf -q --target=vulkan -o random.rlx
rm random.gguf
ls -l random.rlx | awk '{ printf "%s: %.0f MB\n", "$format", \$5 / 1e6 }'
rlx bench random.rlx --device=vulkan $bench
[ -z "$depth" ] || rlx bench random.rlx --device=vulkan $depth
END
    check "speed-of-0.6B-$format" $limit sh bench.sh
done

# ---- the table ----

{
    echo "rlx $(rlx --version | sed 's/^rlx //;q') on $(uname -sr), $(nproc) processors"
    cat devices
    echo
    cat result/*
    for log in log/speed*; do
        printf '\n%s\n' "${log#*/}"
        cat "$log"
    done
} > "$out/table.txt"
for log in log/*; do
    printf '==== %s\n' "$log"
    cat "$log"
done > "$out/log.txt"
for failed in $(grep -l FAILED result/*); do
    printf '\n==== the end of %s\n' "${failed#*/}"
    tail -n 25 "log/${failed#*/}"
done >> "$out/table.txt"
cat "$out/table.txt"
! grep -q FAILED result/*
