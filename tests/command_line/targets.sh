#!/bin/sh
# --target: code for GPUs beside code for processors, or alone; what does not go together; dumps of
# shaders. Nothing here runs on a GPU. In: the folder of the programs.
. tests/support/expect.sh

v3="--level=x86-64-v3 --variants=decode=1,prefill=32"
vulkan="--target=vulkan --variants=decode=1,prefill=32"

# Options that contradict each other.
expect 2 "target: expected cpu or vulkan, found 'gpu'" rlxc build $model -o "$work/x" --target=gpu
expect 2 "target: expected cpu or vulkan, found 'c'" rlxc build $model -o "$work/x" --target=cpu,c
expect 2 "target: expected cpu or vulkan, found ''" rlxc build $model -o "$work/x" --target=
expect 2 "level: expected vulkan1.2, vulkan1.2-dot, vulkan1.2-software, native or all, found 'x86-64-v3'" \
    rlxc build $model -o "$work/x" --target=vulkan --level=x86-64-v3
expect 2 'emit=glsl goes with --target=vulkan' rlxc build $model --emit=glsl
expect 2 'emit=spvasm goes with --target=vulkan' rlxc build $model --emit=lir,spvasm --target=cpu
expect 2 'emit=ll goes with --target=cpu' rlxc build $model --emit=ll,glsl --target=vulkan
expect 2 'target does not go with --emit=c' rlxc build $model --emit=c -o "$work/x" --target=vulkan
expect 2 'emit=c with -o makes no machine code, so there is no spv' \
    rlxc build $model --emit=c,spv -o "$work/x" --target=vulkan
expect 2 'emit=exe makes a static program, which cannot load the drivers' \
    rlxc build $model --emit=exe -o "$work/x" --target=cpu,vulkan
equal "files after refusals" "$(ls "$work")" ""

# Levels for each target; equal options make equal bytes.
levels() { rlxc inspect "$1" | sed -n 's/^level \([^ ]*\) of target \([^ ,:]*\).*/\2 \1/p' | tr '\n' ' '; }
expect 0 '' rlxc build $model -q -o "$work/cpu.rlx" $v3
expect 0 '' rlxc build $model -q -o "$work/both.rlx" $v3 --target=vulkan,cpu
expect 0 '' rlxc build $model -q -o "$work/gpu.rlx" $vulkan
expect 0 '' rlxc build $model -q -o "$work/again.rlx" $vulkan --threads=1
expect 0 '' cmp "$work/gpu.rlx" "$work/again.rlx"
equal "levels of --target=cpu" "$(levels "$work/cpu.rlx")" "cpu x86-64-v3 "
equal "levels of --target=vulkan,cpu" "$(levels "$work/both.rlx")" "cpu x86-64-v3 vulkan vulkan1.2 vulkan vulkan1.2-dot vulkan vulkan1.2-software "
equal "levels of --target=vulkan" "$(levels "$work/gpu.rlx")" "vulkan vulkan1.2 vulkan vulkan1.2-dot vulkan vulkan1.2-software "
expect 0 'level vulkan1.2 of target vulkan: [0-9]* bytes of code, needs storage-8bit storage-16bit subgroup-quads$' \
    rlxc inspect "$work/gpu.rlx"
expect 0 'level vulkan1.2-dot of target vulkan: .*, needs storage-8bit storage-16bit integer-dot subgroup-quads$' \
    rlxc inspect "$work/gpu.rlx"
expect 0 'level vulkan1.2-software of target vulkan: .*, needs storage-8bit storage-16bit subgroup-quads software$' \
    rlxc inspect "$work/gpu.rlx"
expect 0 'numerics  *default, KV cache f16' rlxc inspect "$work/gpu.rlx"

# One level alone. Levels share modules: two are smaller than each for itself.
bytes() { rlxc inspect "$1" | sed -n 's/^level [^ ]* of target vulkan: \([0-9]*\) bytes of code.*/\1/p' | head -n 1; }
expect 0 '' rlxc build $model -q -o "$work/base.rlx" $vulkan --level=vulkan1.2
expect 0 '' rlxc build $model -q -o "$work/pair.rlx" $vulkan --level=vulkan1.2,vulkan1.2-dot
expect 0 '' rlxc build $model -q -o "$work/dot.rlx" $vulkan --level=vulkan1.2-dot
equal "levels of --level=vulkan1.2-dot" "$(levels "$work/dot.rlx")" "vulkan vulkan1.2-dot "
expect 0 'numerics  *f32, KV cache f16' rlxc inspect "$work/base.rlx"
[ "$(bytes "$work/pair.rlx")" -lt $(($(bytes "$work/base.rlx") + $(bytes "$work/dot.rlx"))) ] ||
    fail "two levels have $(bytes "$work/pair.rlx") bytes of code"
expect 0 '' rlxc build $model -q -o "$work/few.rlx" --target=vulkan --level=vulkan1.2,vulkan1.2-software
expect 0 '' rlxc build $model -q -o "$work/one.rlx" --target=vulkan --level=vulkan1.2
equal "bytes of code with the level of software" "$(bytes "$work/few.rlx")" "$(bytes "$work/one.rlx")"
expect 0 'numerics  *default, KV cache f16' rlxc inspect "$work/both.rlx"
expect 0 '^kernels of vulkan1.2: ' rlxc build $model $vulkan --report=kernels
expect 0 '^kernels of vulkan1.2-dot: ' rlxc build $model $vulkan --report=kernels
expect 0 '^ *steps  code bytes  threads  shared  quads  tile  *kernel$' rlxc build $model $vulkan --report=kernels
expect 0 '^ *[0-9]*  *[0-9]*  *64   12288  no     32 x 64  *matmul_q8_0_' rlxc build $model $vulkan --report=kernels
expect 0 '^ *[0-9]*  *[0-9]*  *[0-9]*  *[0-9]*  yes    1 x 16  *matmul_q8_0_' rlxc build $model $vulkan --report=kernels
expect 0 '^ *steps  code bytes  kernel$' rlxc build $model $v3 --report=kernels
expect 0 '^memory of vulkan1.2, bytes' rlxc build $model $vulkan --report=memory
expect 0 '' rlxc plan $model $vulkan
expect 0 ' barrier' rlxc opt examples/alphabet.hir --level=vulkan1.2 --lower=decode-1

# The processor of a model for both runs it as before.
rlx run "$work/cpu.rlx" -p "Once upon a time" -n 20 --temp=0 > "$work/alone"
rlx run "$work/both.rlx" -p "Once upon a time" -n 20 --temp=0 --device=cpu > "$work/beside"
[ -s "$work/alone" ] || fail "the model of one target says nothing"
expect 0 '' cmp "$work/alone" "$work/beside"
expect 1 'holds no code for\|holds code for' rlx run "$work/gpu.rlx" -p "Once" -n 2 --device=cpu

# More tiles than a device launches at once.
sed 's/FRAMES in 1..512/FRAMES in 1..300000/' examples/encoder.hir > "$work/long.hir"
expect 1 'encode.encoder-b1-s1: the step [^ ]* has [0-9]* tiles on vulkan1.2, which launches at most 65535' \
    rlxc build "$work/long.hir" --weights=examples/encoder.safetensors -o "$work/x" --target=vulkan
equal "an artifact after a refusal" "$(ls "$work" | grep -c '^x')" 0

# Dumps: for every kernel its text, its module and the module's text.
expect 0 '' rlxc build $model -q --target=vulkan,cpu $v3 --emit=glsl,spv,spvasm,ll --dump-dir="$work/dump"
count() { ls "$work/dump" | grep -c "^kernel-.*\.$1\$"; }
modules=$(count vulkan.spv)
[ "$modules" -gt 5 ] || fail "$modules modules"
equal "texts of modules" "$(count vulkan.spvasm) $(count vulkan.glsl)" "$modules $modules"
[ "$(count x86-64-v3.ll)" -gt 5 ] || fail "no dumps of the other target"
grep -q '^void main()' "$work"/dump/kernel-matmul_*.glsl || fail "no main in the text of a product"
grep -q OpEntryPoint "$work"/dump/kernel-matmul_*.spvasm || fail "no entry point in a module's text"
if command -v spirv-val > /dev/null; then
    for module in "$work"/dump/*.spv; do
        expect 0 '' spirv-val --target-env vulkan1.2 --scalar-block-layout "$module"
    done
else
    echo "skipped: spirv-val on each module: it is not installed (Debian: spirv-tools)"
fi

finish "targets"
