#!/bin/sh
# rlxc on the command line: exit statuses, one-line errors, help, and no files left behind. In: the
# folder of the programs.
. tests/support/expect.sh
unset RLX_CACHE_DIR # the reports below are those of a tokenizer that is made, not found

v3="--level=x86-64-v3 --variants=decode=1" # quick to compile

# help, version, unknown commands
expect 2 'usage: rlxc COMMAND' rlxc
expect 0 'usage: rlxc COMMAND' rlxc --help
expect 0 '^rlxc [0-9]' rlxc --version
expect 2 "unknown command 'bild': did you mean build? See rlxc --help" rlxc bild
expect 2 "unknown command 'fly'; see rlxc --help" rlxc fly
expect 0 "^Exit status: .*" rlxc --help
expect 0 "130 stopped by Ctrl-C" rlxc --help
for command in build inspect opt eval; do
    expect 0 "usage: rlxc $command" rlxc $command --help
    expect 0 "usage: rlxc $command" rlxc help $command
    expect 2 "see rlxc $command --help" rlxc $command --no-such-option
done

# wrong usage of build
expect 2 'no model was given; see rlxc build --help' rlxc build
expect 2 'no output was given; try -o stories-3m.Q8_0.rlx; see' rlxc build $model
expect 2 'no output was given; try -o stories-3m.Q8_0; see' rlxc build $model --emit=exe
expect 0 '^usage: rlxc COMMAND' rlxc help --help
expect 2 "unknown option '--outtype': here it is --quant" rlxc build $model --outtype q8_0
expect 2 "expected one model, found 'other' too" rlxc build $model other -o "$work/x"
expect 2 "needs a value" rlxc build $model -o
expect 2 "--pre-tokenizer: expected a known name (gpt-2, llama-bpe, .* found 'foo'" \
    rlxc build $model -o "$work/x" --pre-tokenizer=foo
expect 2 "unknown option '--frobnicate'" rlxc build $model -o "$work/x" --frobnicate
expect 2 "unknown option '--qaunt=q8_0' (did you mean --quant?)" rlxc build $model --qaunt=q8_0
expect 2 "unknown option '-z'" rlxc build $model -z -o "$work/x"
expect 2 "takes no value" rlxc build $model -o "$work/x" --exact=yes
expect 2 "expected one of keep, f32, .* q4_k_m, .* or PATTERN=TYPE, found 'q9_k'" \
    rlxc build $model -o "$work/x" --quant=q9_k
expect 2 "expected one of keep, .*, found 'q9_k'" rlxc build $model -o "$work/x" --quant='ffn_*=q9_k'
expect 1 "no matrix matches 'ffn_upp' (did you mean ffn_up?); there are token_embd, attn_q, " \
    rlxc build $model -o "$work/x" --quant=ffn_upp=q4_k
expect 0 '' rlxc build $model -q -o "$work/x" --quant=Q8_0 --kv=F16 --tokenizer-only
expect 2 "rlxc build: --quant-head: expected one of auto, keep, .*, found 'q9_k'" \
    rlxc build $model -o "$work/x" --quant-head=q9_k
expect 2 "found 'i4'" rlxc build $model -o "$work/x" --activations=i4
expect 2 "exact means --activations=f32; .*--activations=i8" \
    rlxc build $model -o "$work/x" --exact --activations=i8
expect 2 "exact means --kv=f32" rlxc build $model -o "$work/x" --kv=f16 --exact
expect 2 "expected one of f16, q8, f32, found 'q4'" rlxc build $model -o "$work/x" --kv=q4
expect 2 "exact means --kv=f32" rlxc build $model -o "$work/x" --kv=q8 --exact
expect 2 "found 'elf'" rlxc build $model -o "$work/x" --emit=hir,elf
expect 2 "found 'speed'" rlxc build $model --report=speed
expect 2 "expected a number from 1" rlxc build $model -o "$work/x" --context=-5
expect 2 "expected a number from 1" rlxc build $model -o "$work/x" --threads=0
expect 2 "goes with --emit=exe" rlxc build $model -o "$work/x" --runtime=/bin/true
expect 2 "goes with --emit=hir" rlxc build $model -o "$work/x" --dump-dir="$work"
expect 2 "unknown option '-output': here it is --output" rlxc build $model -output "$work/x"
expect 2 "unknown option '-t': here it is --threads" rlxc build $model -o "$work/x" -t 2
expect 2 "unknown command 'quantize': rlxc build --quant=TYPE" rlxc quantize $model
expect 2 "only --report=tokenizer goes with it" rlxc build $model -o "$work/x" --tokenizer-only --emit=lir
expect 2 "only --report=tokenizer goes with it" rlxc build $model --tokenizer-only --report=memory
expect 0 '^compared with a plain reading' rlxc build $model --tokenizer-only --report=tokenizer
expect 0 '^not compared with a plain' rlxc build $model --tokenizer-only --report=tokenizer --no-check-tokenizer

# the user's mistakes
expect 1 "no/model.gguf: .*No such file" rlxc build no/model.gguf -o "$work/x"
expect 1 "CMakeLists.txt: expected a GGUF file" rlxc build CMakeLists.txt -o "$work/x"
expect 1 "$work/no/x: cannot be created: its folder does not exist" rlxc build $model -o "$work/no/x" $v3
for name in org/name https://host/org/name.gguf hf.co/org/name:Q4_K_M llama3.2:1b; do
    expect 1 "note: a name on a hub? nothing is downloaded" rlxc build $name -o "$work/x"
done
for name in no/model.gguf ./org/name compiler/none; do
    expect 1 "No such file" rlxc build $name -o "$work/x"
    grep -q hub "$printed/err" && fail "$name is no name on a hub"
done
found() { # WHAT PATH: is no model but something else
    expect 1 "found $1" rlxc build "$2" -o "$work/x"
}
mkdir -p "$work/d/models--org--name/snapshots/12ab" "$work/d/many" "$work/d/lora" "$work/d/own"
cp $model "$work/d/many/b.gguf"
cp $model "$work/d/many/a.gguf"
touch "$work/d/lora/adapter_config.json" "$work/d/own/params.json"
found "a LoRA adapter: merge" "$work/d/lora"
found "GGUF files: name one of them, such as $work/d/many/a.gguf" "$work/d/many"
found "weights in a format of the maker" "$work/d/own"
found "a model in the cache .*: name the directory $work/d/models--org--name/snapshots/12ab" \
    "$work/d/models--org--name"
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 99\n' > "$work/d/x.gguf"
expect 1 "x.gguf: a pointer of Git LFS, .*: git lfs pull" rlxc build "$work/d/x.gguf" -o "$work/x"
mkdir "$work/d/clone"
echo '{"model_type": "llama"}' > "$work/d/clone/config.json"
cp "$work/d/x.gguf" "$work/d/clone/model.safetensors"
expect 1 "model.safetensors: a pointer of Git LFS" rlxc build "$work/d/clone" -o "$work/x"
echo '<!DOCTYPE html>' > "$work/d/x.gguf"
found "a web page" "$work/d/x.gguf"
gzip -c $model > "$work/d/x.gguf"
found "a gzip archive" "$work/d/x.gguf"
head -c 200000 $model > "$work/d/x.gguf"
expect 1 "token_embd.weight: .* (is the file truncated?)" rlxc build "$work/d/x.gguf" -o "$work/x"
equal "lines about a file that is cut off" "$(wc -l < "$printed/err")" 1
rm -r "$work/d"
cp $model "$work/x"
expect 1 "it would be overwritten" rlxc build "$work/x" -o "$work/x"
cmp -s $model "$work/x" || fail "the model was overwritten"
rm "$work/x"
expect 1 "found a directory" rlxc build $model -o "$work"
expect 1 "expected at most the model's 1024 positions, found 4096" \
    rlxc build $model -o "$work/x" --context=4096
expect 2 "no-such-pass" rlxc build $model -o "$work/x" -x no-such-pass
expect 2 "choose-layout" rlxc build $model -o "$work/x" -x choose-layout
expect 2 "found 'i386'" rlxc build $model -o "$work/x" --level=i386
expect 2 "found ''" rlxc build $model -o "$work/x" --level=native,
expect 2 "expected decode=1 among the variants" \
    rlxc build $model -o "$work/x" --variants=blocks=2:16
expect 2 "occur twice" rlxc build $model -o "$work/x" --variants=decode=1,blocks=2:8,4
expect 2 "expected 2 to 16 new tokens, found 32" \
    rlxc build $model -o "$work/x" --variants=decode=1,blocks=2:32
expect 2 "expected 17 to " rlxc build $model -o "$work/x" --variants=decode=1,prefill=8
expect 2 "expected an ascending range" \
    rlxc build $model -o "$work/x" --variants=decode=1,prefill=512:32
expect 2 "expected a number or a range" rlxc build $model -o "$work/x" --variants=decode=one
expect 2 "expected SYMBOL=SIZE after '+', found '3'" rlxc build $model -o "$work/x" --variants=main:encoder=8+3
expect 2 "encoder: expected 1 to 65536 segments, found 0" rlxc build $model -o "$work/x" --variants=main:encoder=0x8
expect 1 "the graph has no entry 'encode'" rlxc build $model -o "$work/x" --variants=encode:FRAMES=8
expect 2 "expected decode=, blocks=, batch= or prefill=" rlxc build $model -o "$work/x" --variants=
expect 2 "expected decode=, blocks=, batch= or prefill=" rlxc build $model -o "$work/x" --variants=encode=3
expect 1 "no/runtime: cannot be opened" \
    rlxc build $model -o "$work/x" --emit=exe --runtime=no/runtime
if [ -n "$(ls "$work")" ]; then
    fail "failed builds left $(ls "$work")"
fi

# what works
expect 0 '' rlxc build $model -o "$work/model.rlx" $v3
expect 0 'fuse-qkv' rlxc build $model --report=fusion $v3
expect 0 '^prefill-b1-s32 for x86-64-v3$' rlxc build $model --report=fusion $v3,prefill=32
expect 0 '^fuse-epilogue: ' rlxc build $model --report=fusion $v3
expect 0 'matmul_q8_0' rlxc build $model --report=kernels $v3
expect 0 '^ *28  q8_0 .* MB  q8_0 .* 8.50 .* q8_0_r16$' rlxc build $model --report=types $v3
expect 0 'decode-b1-s1' rlxc build $model --report=memory $v3
expect 0 '' rlxc build $model --emit=hir,lir,ll,asm --dump-dir="$work/dumps" $v3,prefill=32
for name in 01-import.hir 02-fold.hir 20-decode-b1-s1.x86-64-v3.hir \
    20-decode-b1-s1.x86-64-v3.lir 21-prefill-b1-s32.x86-64-v3.lir; do
    [ -s "$work/dumps/$name" ] || fail "expected the dump $name"
done
grep -q ' = kv_write ' "$work/dumps/21-prefill-b1-s32.x86-64-v3.hir" ||
    fail "the dump of a variant is no late graph"
for kind in ll asm; do
    ls "$work/dumps" | grep -q "^kernel-matmul_.*\.x86-64-v3\.$kind\$" ||
        fail "expected kernels as $kind"
done

# quantizing quantized weights gives a warning; the embedding is also the head and stays by default
expect 0 'warning: matrices that are already quantized (28 of q8_0) are rounded again' \
    rlxc build $model -o "$work/q4.rlx" --quant=q4_0 --report=types $v3
grep -q '^ *1  q8_0 .* q8_0_r16 (embedding, which is the lm_head too)$' "$printed/out" ||
    fail "the head's type is not reported"
expect 0 '"quant_head": "auto"' rlxc inspect --json "$work/q4.rlx"
expect 0 '(29 of q8_0)' \
    rlxc build $model -o "$work/q4-head.rlx" --quant=q4_0 --quant-head=q4_0 --report=types $v3
grep -q '^ *1  q8_0 .* q4_0 .* q4_0_r16 (embedding' "$printed/out" || fail "the head was not quantized"
expect 0 '"quant_head": "q4_0"' rlxc inspect --json "$work/q4-head.rlx"
[ "$(wc -c < "$work/q4-head.rlx")" -lt "$(wc -c < "$work/q4.rlx")" ] ||
    fail "a head of q4_0 takes no less than one of q8_0"
expect 0 '  blk.0.ffn_up.weight *q8_0 to q4_k$' \
    rlxc build $model -q -o "$work/mixed.rlx" --quant='attn_*=keep,q4_k_m' --report=types $v3
expect 0 '"quant": "attn_\*=keep,q4_k_m"' rlxc inspect --json "$work/mixed.rlx"
expect 0 '' rlx run "$work/mixed.rlx" "Tell me a story about a fox." --temp 0 -n 4
# an importance matrix of one layer's attention changes the bytes, and is said
expect 0 'warning: blk.0.ffn_down.weight: 25 matrices are quantized without importance' \
    rlxc build $model -o "$work/important.rlx" --quant=q4_k_m --imatrix=tests/fuzz/corpus/imatrix/stories.gguf $v3
expect 0 '"imatrix": "[0-9a-f]\{16\}"' rlxc inspect --json "$work/important.rlx"
expect 0 '' rlxc build $model -q -o "$work/plain-k.rlx" --quant=q4_k_m $v3
cmp -s "$work/important.rlx" "$work/plain-k.rlx" && fail "the importance matrix changes nothing"
# smoothing needs matrices with a scale per row, and an importance matrix of what reads a norm
expect 0 'smoothed by 0.5: 1 norms, 0 products' rlxc build $model -q -o "$work/smooth.rlx" --quant=i8_row --smooth=0.5 \
    --imatrix=tests/fuzz/corpus/imatrix/stories.gguf --report=types $v3
expect 0 '"smooth": 0.5' rlxc inspect --json "$work/smooth.rlx"
expect 0 '' rlx run "$work/smooth.rlx" "Tell me a story about a fox." --temp 0 -n 4
expect 1 "smooth: expected a value that nothing but products with matrices of i8_row read" rlxc build $model -o "$work/x" \
    --quant=q8_0 --smooth=0.5 --imatrix=tests/fuzz/corpus/imatrix/stories.gguf $v3
expect 2 "smooth goes with --imatrix" rlxc build $model -o "$work/x" --quant=i8_row --smooth=0.5
expect 2 "smooth: expected a number between 0 and 1, found '1'" rlxc build $model -o "$work/x" --quant=i8_row --smooth=1
expect 2 "imatrix goes with --quant" rlxc build $model -o "$work/x" --imatrix=tests/fuzz/corpus/imatrix/stories.gguf
expect 1 "found another file; if it is one in the older form" \
    rlxc build $model -o "$work/x" --quant=q4_k_m --imatrix=README.md
expect 0 '' rlxc build $model -o "$work/same.rlx" --quant=q8_0 $v3

# without choose-type all types are those of the model, and the KV cache is f32
expect 0 '^ *28  q8_0 .* MB  q8_0 .* 8.50 .* q8_0_r16$' \
    rlxc build $model -o "$work/types.rlx" --quant=q4_0 --report=types $v3 -x choose-type
expect 0 '"element": "f32"' rlxc inspect --json "$work/types.rlx"
expect 0 '"kv": "f32"' rlxc inspect --json "$work/types.rlx"

# inspect
expect 0 'rlx artifact 2\.0,' rlxc inspect "$work/model.rlx"
expect 0 'all digests match' rlxc inspect --verify "$work/model.rlx"
expect 0 'barrier' rlxc inspect -v "$work/model.rlx"
expect 0 '"quant": "keep"' rlxc inspect --json "$work/model.rlx"
expect 2 'no file was given' rlxc inspect
expect 1 'cannot be opened' rlxc inspect "$work/none.rlx"
expect 1 'expected an artifact or a program made by rlxc' rlxc inspect CMakeLists.txt
head -c 100000 "$work/model.rlx" > "$work/torn.rlx"
expect 1 'expected [0-9]* bytes, found 100000: the file is truncated' rlxc inspect "$work/torn.rlx"
expect 0 '' rlxc inspect -q "$work/model.rlx"
expect 1 'found 100000' rlxc inspect -q "$work/torn.rlx"
rm "$work/torn.rlx"

for command in build opt eval inspect; do
    expect 0 'rlxc [0-9]' rlxc $command --version
done

# models that are already compiled, or not yet
expect 1 "model.rlx is compiled already: rlx run $work/model.rlx" \
    rlxc build "$work/model.rlx" -o "$work/never.rlx"
expect 2 "model.rlx is compiled already: rlx run $work/model.rlx" rlxc "$work/model.rlx"
expect 2 "model.rlx is compiled already: rlx run $work/model.rlx" rlxc build "$work/model.rlx"
expect 1 "GGUF file; compile it first: rlxc build $model -o " rlxc inspect $model
expect 2 "$model is not a command; to compile it: rlxc build $model -o " rlxc $model
expect 0 '' rlxc build $model -q -o "$work/stories" --emit=exe $v3
expect 1 "stories is a program that carries a compiled model: $work/stories \"PROMPT\"" \
    rlxc plan "$work/stories"

# Ctrl-C and SIGTERM end it as signals, and leave nothing
for pair in INT:130 TERM:143; do
    mkdir "$work/stopped"
    env --default-signal=INT,TERM "$bin/rlxc" build $model -q --threads=1 --level=all \
        -o "$work/stopped/x" 2> /dev/null &
    sleep 0.3
    kill -${pair%:*} $!
    wait $! 2> /dev/null
    equal "status of a build after ${pair%:*}" "$?" "${pair#*:}"
    env --default-signal=INT,TERM "$bin/rlxc" eval $model -q \
        --tokens="$(seq -s, 1 1000)" -o "$work/stopped/x" 2> /dev/null &
    sleep 0.3
    kill -${pair%:*} $!
    wait $! 2> /dev/null
    equal "status of eval after ${pair%:*}" "$?" "${pair#*:}"
    rmdir "$work/stopped" || fail "left behind ${pair%:*}: $(ls "$work/stopped")"
done

# the progress line fits its terminal, even if the width changes, and there is none if the terminal
# cannot overwrite it
pieces() { # TERM COLUMNS [LINE OF A SCRIPT...]: the pieces between returns, without the summary
    term=$1 columns=$2
    shift 2
    rm -f "$work/log"
    printf '%s\n' "log $work/log" "$@" "status 0" | "$bin/../tests/in_terminal" "${columns}x24" \
        env TERM="$term" "$bin/rlxc" build $model -o "$work/watched.rlx" $v3 ||
        fail "a build in a terminal"
    tr '\r' '\n' < "$work/log" | sed 's/\x1b\[K//; / of memory$/d'
}
longest() { awk '{ if (length($0) > most) most = length($0) } END { print most + 0 }'; }
equal "columns of the progress line" "$(pieces xterm 12 | longest)" 11
equal "columns of a wide terminal" "$(pieces xterm 80 | grep -c '^reading the model$')" 1
# the phase of the weights comes long after the window shrank
pieces xterm 80 output "size 6x24" > "$work/pieces"
grep -q '^weigh$' "$work/pieces" && ! grep -q '^weights' "$work/pieces" ||
    fail "a window that shrinks: $(cat "$work/pieces")"
equal "progress on a dumb terminal" "$(pieces dumb 80 | longest)" 0

# a pipe is not a model, and rlxc does not wait for it
mkfifo "$work/pipe"
expect 1 'expected a regular file' timeout 20 "$bin/rlxc" build "$work/pipe" -o "$work/never.rlx"
expect 1 'expected a regular file' timeout 20 "$bin/rlx" info "$work/pipe"

# a context of a billion positions needs --context
llama=${RLX_SHARED:-../shared}/golden/llama-f32
if [ -d "$llama" ]; then
    mkdir "$work/long" && cp "$llama/model.safetensors" "$work/long"
    sed 's/"max_position_embeddings": [0-9]*/"max_position_embeddings": 1073741824/' \
        "$llama/config.json" > "$work/long/config.json"
    expect 1 'more than 4194304 positions' rlxc build "$work/long" -o "$work/long.rlx" $v3
    expect 0 '' rlxc build "$work/long" -q --context=100 -o "$work/long.rlx" $v3
else
    echo "skipped: a billion positions: no $llama"
fi

finish rlxc
