#!/bin/sh
# Models with damaged or too large numbers: a message and the exit status report it, and no
# meaningless text comes out. In: the folder of the programs.
. tests/support/expect.sh

shared=${RLX_SHARED:-../shared}
few="--level=x86-64-v3 --variants=decode=1,blocks=2:4 --cache-dir=$work/cache"

# spoil FOLDER TENSOR BYTES: copies a model, with a tensor that begins with these bytes.
spoil() {
    cp -R "$small" "$1" && chmod -R u+w "$1"
    file=$1/model.safetensors
    header=$(($(od -An -t u8 -N 8 "$file")))
    at=$(head -c $((8 + header)) "$file" | tail -c $header | grep -o "\"$2\":{[^}]*" |
        sed 's/.*offsets":\[\([0-9]*\).*/\1/')
    printf "$3" | dd of="$file" bs=1 seek=$((8 + header + at)) conv=notrunc 2> /dev/null
}

# answers_fail MODEL: every way to get an answer ends with status 1, a sentence, and no text.
answers_fail() {
    said="the logits after token [0-9]* are not numbers: 2048 of 2048 are NaN"
    for options in "--temp=0" "--temp=1" "--temp=1 --top-k=5" "--temp=0 --draft=lookup" --json --lines; do
        printf 'Once upon\n' | rlx run "$1" $options > "$work/answer" 2> "$work/said"
        equal "status of run $options" $? 1
        equal "answer of run $options" "$(cat "$work/answer")" ""
        grep -q "$said" "$work/said" || fail "run $options: $(cat "$work/said")"
    done
    expect 1 "$said" rlx run "$1" --tokens=5,17 -n 3 --ids
    expect 1 "some logits are NaN" rlx logits "$1" --tokens=5,17 -o "$work/logits"
    [ -s "$work/logits" ] || fail "rlx logits kept nothing to look into"
    rm -f "$work/logits"
}

# A NaN of FP8, whose layout has none.
small=tests/quantized/fp8-blocks
spoil "$work/fp8" model.layers.0.mlp.up_proj.weight '\377'
expect 1 "layers.0.mlp.up_proj.weight: values are not finite, or too large for f8_e4m3" \
    rlxc build "$work/fp8" $few -o "$work/never"

small=$shared/models/tinystories-656k
if [ -d "$small" ]; then
    spoil "$work/norm" model.norm.weight '\300\177' # NaN
    expect 0 "model.norm.weight: some values are not finite" \
        rlxc build "$work/norm" $few -o "$work/norm.rlx"
    answers_fail "$work/norm.rlx"
    expect 1 "model.norm.weight: 1 values of this weight are not finite" \
        rlxc eval "$work/norm" --tokens=5,17 -o "$work/tensors"
    spoil "$work/matrix" model.layers.1.mlp.up_proj.weight '\300\177'
    expect 0 '' rlxc build "$work/matrix" -q $few -o "$work/matrix.rlx"
    answers_fail "$work/matrix.rlx"
    expect 1 "logits: expected numbers, found 4096 of 4096 that are NaN" \
        rlxc eval "$work/matrix" --tokens=5,17 -o "$work/tensors"
    expect 1 "layers.1.mlp.up_proj.weight: 1 values of this weight are not finite" \
        rlxc eval "$work/matrix" --tokens=5,17 -o "$work/tensors" -q
    [ -s "$work/tensors" ] || fail "rlxc eval kept nothing to look into"
    for type in q8_0 q4_0; do
        expect 1 "layers.1.mlp.up_proj.weight: values are not finite, or too large for $type" \
            rlxc build "$work/matrix" $few --quant=$type -o "$work/never"
    done
    spoil "$work/large" model.layers.0.mlp.up_proj.weight '\111\161' # 1e30
    expect 1 "layers.0.mlp.up_proj.weight: values are not finite, or too large for q8_0" \
        rlxc build "$work/large" $few --quant=q8_0 -o "$work/never"
    [ ! -e "$work/never" ] || fail "a refused build left a file"
    expect 0 '' rlxc build "$work/large" -q $few -o "$work/large.rlx"
    expect 0 '' rlx run "$work/large.rlx" --tokens=5,17 -n 3 --ids -q
    spoil "$work/deep" model.layers.1.self_attn.v_proj.weight '\111\161'
    expect 0 "values of layer 1 may reach .*, but a q8 KV cache limits them to 8319008; --kv=f32 does not" \
        rlxc build "$work/deep" $few --kv=q8 -o "$work/deep.rlx"
else
    echo "skipped: damaged weights: no $small (RLX_SHARED)"
fi

# Values that an f16 cache cannot hold.
beyond=$shared/bug_inputs/f16-cache-overflow/values-above-65504.gguf
ids=47,4,25,54,3,19,23,39,28,57,14,23,8,25,46,42,26,8,39,38,4,48,63,7,44,0,11,55,58,6,19,60,44,63,5,56,24,55,53,48
if [ -f "$beyond" ]; then
    expect 0 "values of layer 0 may reach 1.18e+06, more than f16 holds (65504), so the KV cache is f32" \
        rlxc build "$beyond" $few -o "$work/beyond.rlx"
    equal "what follows" "$(rlx run "$work/beyond.rlx" --tokens=$ids -n 1 --temp 0 --ids)" 52
    expect 0 "an f16 KV cache limits them to 65504" rlxc build "$beyond" $few --kv=f16 -o "$work/beyond.rlx"
    expect 0 '' rlx run "$work/beyond.rlx" --tokens=$ids -n 8 --temp 0 --ids
    expect 0 '' rlxc build "$beyond" -q $few --kv=q8 -o "$work/beyond.rlx"
    equal "what follows, by integers" "$(rlx run "$work/beyond.rlx" --tokens=$ids -n 1 --temp 0 --ids)" 52
else
    echo "skipped: values beyond f16: no $beyond (RLX_SHARED)"
fi

finish numbers
