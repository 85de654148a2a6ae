#!/bin/sh
# rlxc plan: the table, JSON, and error messages. In: the folder of the programs.
. tests/support/expect.sh

machine=read=45,int8=1900,bf16=950,f32=480,barrier=0.1,threads=2
json() { # EXPRESSION: evaluates it for p, the JSON that the last command printed
    python3 -c "import json; p = json.load(open('$printed/out')); print($1)"
}

# of 4 layers each waits for a norm, the cache's writing, attention, what it is converted to, another
# norm and the activation; the first has nothing to wait for before its norm, the head waits once
expect 0 '^decode-b1-s1 .* 24 ' rlxc plan $model
grep -q 'tokens/s' "$printed/out" && fail "times without a machine"
expect 0 'tokens/s' rlxc plan $model --machine=$machine
expect 0 '^ *28  q8_0 .* q8_0_r16$' rlxc plan $model
expect 0 '^x86-64-v3, 100 tokens before' rlxc plan $model --level=all --depth=100
expect 0 '"threads": 2' rlxc plan $model --machine=$machine --json
cp "$printed/out" "$work/machine.json"
expect 0 '' rlxc plan $model --machine="$work/machine.json" --json
cmp -s "$printed/out" "$work/machine.json" || fail "a machine from a file plans otherwise"
expect 0 '; one sequence needs [0-9.]* MB of memory, of 16.0 GB$' \
    rlxc plan $model --machine=$machine,memory=16
expect 0 '; one sequence needs [0-9.]* MB of memory, but the machine has 4.0 MB$' \
    rlxc plan $model --machine=$machine,memory=0.004
expect 0 '; one sequence needs [0-9.]* MB of memory$' rlxc plan $model --machine=$machine
expect 0 '^machine: 2 threads read ' rlxc plan $model --machine=measured --threads=2 --variants=decode=1

# the same numbers in a built artifact
if command -v python3 > /dev/null; then
    expect 0 '' rlxc plan $model --json --variants=decode=1 --depth=7 --context=512
    equal "variants" "$(json "len(p['variants'])")" 1
    # of 512 positions 8 are read and one is written
    equal "cache bytes" "$(json "p['variants'][0]['build_cache_bytes'] * 512 // p['state_bytes']")" 9
    # all of the weights but vectors, tables, and what fills them up
    equal "types" "[('q8_0', 'q8_0_r16', 8.5, 28, False), ('q8_0', 'q8_0_r16', 8.5, 1, True)]" \
        "$(json "[tuple(t[k] for k in ('in_model', 'layout', 'bits_packed', 'matrices', 'head')) for t in p['types']]")"
    equal "packed bytes" True \
        "$(json "0.9 < sum(t['bytes_packed'] for t in p['types']) / p['weight_bytes'] < 1")"
    expect 0 '' rlxc build $model -q --variants=decode=1 --context=512 -o "$work/x"
    planned=$(rlxc plan $model --json --variants=decode=1 --context=512 |
        python3 -c "import json, sys; p = json.load(sys.stdin); print(p['weight_bytes'], p['decode_bytes'], p['state_bytes'])")
    built=$(rlxc inspect "$work/x" --json |
        python3 -c "import json, sys; p = json.load(sys.stdin); print(p)")
    for number in $planned; do
        echo "$built" | grep -q "[^0-9]$number[^0-9]" || fail "the manifest has no $number"
    done
    # weights, the rows of 512 positions, and less than 4 MB of scratch
    expect 0 '' rlxc plan $model --json --context=512 --level=x86-64-v3
    equal "memory" True \
        "$(json "0 < p['memory_bytes']['x86-64-v3'] - p['weight_bytes'] - p['state_bytes'] < 4e6")"
else
    echo "skipped: JSON: no python3"
fi

# launches and barriers of the layer that has most, for one token on a GPU, where kv_write, route and sort are
# tails of products
layers='llama-f32:5/5 qwen3-f32:5/5 gemma2-f32:5/5 gemma3-text-f32:5/5 glm4-f32:5/5 exaone4-f32:5/5 ministral3-f32:5/5
    gpt2-f32:5/5 starcoder2-f32:5/5 stablelm-f32:5/5 falcon-mqa-f32:5/4 phi-f32:5/4 cohere2-f32:5/4 gptneox-f32:5/4
    falcon-new-f32:5/4 olmo2-f32:5/5 hunyuan-dense-f32:5/5 gemma4-text-bf16:7/7 mixtral-bf16:6/6 gemma4-moe-bf16:11/8
    gemma3n-text-bf16:22/16'
for layer in $layers; do
    golden=${RLX_SHARED:-../shared}/golden/${layer%:*}
    [ -d "$golden" ] && command -v python3 > /dev/null || continue
    expect 0 '' rlxc plan "$golden" -q --target=vulkan --level=vulkan1.2 --variants=decode=1 --json
    equal "a layer of ${layer%:*}" "${layer#*:}" \
        "$(json "'%d/%d' % tuple(p['variants'][0][n] for n in ('layer_steps', 'layer_barriers'))")"
done
golden=${RLX_SHARED:-../shared}/golden/llama-f32
if [ -d "$golden" ] && command -v python3 > /dev/null; then
    expect 0 '' rlxc plan "$golden" -q --target=vulkan --level=vulkan1.2 --variants=decode=1 --json -x join-tails
    equal "a layer without tails" 6/6 \
        "$(json "'%d/%d' % tuple(p['variants'][0][n] for n in ('layer_steps', 'layer_barriers'))")"
fi

# an embedding that norms its row reads the vectors of a norm, too
golden=${RLX_SHARED:-../shared}/golden/starcoder2-f32
if [ -d "$golden" ]; then
    for without in "" "-x fuse-matmul-norm"; do
        expect 0 ', 133.7 kB of them read for a token' rlxc plan "$golden" -q --target=vulkan --variants=decode=1 $without
    done
else
    echo "skipped: bytes of norms: no $golden"
fi

# layers with a window keep that, and what a run of 32 needs; the others keep every position
windows=${RLX_SHARED:-../shared}/golden/gemma3-text-f32
if [ -d "$windows" ]; then
    rings='--kv=f32 --variants=decode=1,prefill=32'
    expect 0 '^states: rows 131.1 kB, ring 49.2 kB$' rlxc plan "$windows" -q $rings
    expect 0 'cache 1.0 kB per token, 524.3 kB for 512$' rlxc plan "$windows" -q $rings -x ring-states
    grep -q '^states' "$printed/out" && fail "states of one class were listed"
    expect 0 '' rlxc build "$windows" -q $rings -o "$work/rings"
    expect 0 '^cache  *180.2 kB: 49.2 kB in rings, 131.1 kB for all positions$' rlx info "$work/rings"
else
    echo "skipped: rings: no $windows"
fi

# formats that no kernel reads: what each is packed as, and how much larger that is
recoded=${RLX_SHARED:-../shared}/golden/gguf/llama-iq.gguf
if [ -f "$recoded" ]; then
    expect 0 '^ *3  iq1_m  *1.75 .* iq1_t3  *3.62 .* iq1_t3_r16$' rlxc plan "$recoded" -q --variants=decode=1
    grep -q '^ *2  tq1_0  *1.69 .* tq2_0  *2.12 .* tq2_0_r16$' "$printed/out" || fail "tq1_0 is not listed"
else
    echo "skipped: recoded formats: no $recoded"
fi

# a name that a terminal would obey
LC_ALL=C sed 's/stories-3m/\x1b[31mRED\x07x/' $model > "$work/red.gguf"
expect 0 '^.x1b\[31mRED.x07x: ' rlxc plan "$work/red.gguf" --variants=decode=1

# a vocabulary that cannot be read
LC_ALL=C sed 's/tokenizer.ggml.model/tokenizer.ggml.modem/' $model > "$work/ids.gguf"
expect 0 'warning: tokenizer.ggml.model: is missing' rlxc plan "$work/ids.gguf" --variants=decode=1
expect 0 'has no tokenizer: .* token ids only' rlxc plan "$work/ids.gguf" --variants=decode=1

# mistakes
expect 2 'no model was given; see rlxc plan --help' rlxc plan
expect 2 "unknown option '-o'" rlxc plan $model -o "$work/y"
expect 2 "see rlxc plan --help" rlxc plan $model --kv=f64
expect 2 "exact means" rlxc plan $model --exact --activations=i8
expect 2 "expected a number from 0" rlxc plan $model --depth=-1
expect 1 "expected less than the context of 1024, found 1024" rlxc plan $model --depth=1024
expect 2 "expected the speed of reading" rlxc plan $model --machine=int8=5
expect 2 "found 'speed'" rlxc plan $model --machine=speed=5
expect 2 "there is no file" rlxc plan $model --machine="$work/none"
echo '{"read": "fast"}' > "$work/fast"
expect 1 "read: expected a number" rlxc plan $model --machine="$work/fast"
expect 1 "expected a GGUF file" rlxc plan CMakeLists.txt
finish plan
