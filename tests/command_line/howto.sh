#!/bin/sh
# The table "To add" of compiler/README.md is correct: its rows are performed on a copy of the
# compiler, and what they add works. An edit may touch only files that its row names. In: the folder
# of the programs.
. tests/support/expect.sh

build=$(cd "$bin/.." && pwd)
if grep -q '^RLX_SANITIZE:[A-Z]*=.' "$build/CMakeCache.txt"; then
    echo "skipped: this build has sanitizers; the copy would be built without them"
    exit 0
fi
source=$PWD
copy=$work/copy
mkdir "$copy"
cp -r CMakeLists.txt compiler runtime targets examples packaging "$copy"

# ---- edits; files are relative to compiler/, as in the table ----

# The edits that follow are what this row says.
row() {
    row=$1
    named=$(grep "^| $1 |" compiler/README.md | cut -d '|' -f 3 | grep -o '`[^`]*`' | tr -d '`' | grep '[.]')
    [ -n "$named" ] || fail "compiler/README.md: no row '$1'"
    for name in $named; do
        case $name in *NAME*) continue ;; esac
        [ -e "compiler/$name" ] || fail "row '$1': no such file: compiler/$name"
    done
}

may_touch() { # FILE
    for name in $named; do
        case $1 in $(echo "$name" | sed 's/NAME/*/')) return ;; esac
    done
    fail "row '$row' does not name $1"
}

# The lines of standard input stand before or after the first line that matches.
insert() { # WHERE FILE PATTERN
    may_touch "$2"
    cat > "$work/lines"
    awk -v where="$1" -v pattern="$3" -v lines="$work/lines" '
        function put() { while ((getline line < lines) > 0) print line }
        { found = !done && $0 ~ pattern; done = done || found }
        found && where == "before" { put() }
        { print }
        found && where == "after" { put() }
        END { exit !done }' "$copy/compiler/$2" > "$work/edited" ||
        fail "row '$row': $2 has no line like $3"
    cp "$work/edited" "$copy/compiler/$2"
}
before() { insert before "$@"; }
after() { insert after "$@"; }

add() { # FILE SOURCE
    may_touch "$1"
    [ ! -e "$copy/compiler/$1" ] || fail "row '$row': $1 exists"
    cp "$source/tests/howto/$2" "$copy/compiler/$1"
}

row 'an elementwise op'
after hir/map_ops.def '^MAP_OP.square' << 'END'
MAP_OP(cube,      1, MUL(X, MUL(X, X)))
END

row 'an early pass'
add passes/drop_relus.c drop_relus.c
before passes/passes.def '^PASS.fuse-norm' << 'END'
PASS(drop-relus,    pass_drop_relus,    0,        "fold",
     "what is folded needs no other rule", 0, "what is rectified already stays")
END

row 'a family'
add family/negated.c family.c
after family/families.def '^FAMILY.qwen3' << 'END'
FAMILY(negated,   family_negated, "a test")
END
before import/architectures.def '^ARCHITECTURE."qwen3"' << 'END'
ARCHITECTURE("quen3",     "negated", "QuenForCausalLM",    GGUF_CONFIG, false, WINDOW_upper,
             BIASES_by_key, false, true,  128, 32, 151936, 22016, 32768)
END

row 'a key of configurations'
after import/config_keys.def '^SAME."logits_scaling' << 'END'
SAME("howto_scale",                "howto.scale",                      SAME_one,      "what a test asks for")
END

# Four bits for -7 to 7, where q4_0 has -8 to 7.
row 'a block format'
after base/dtype.def '^DTYPE.q5_1' << 'END'
DTYPE(q4_7,       32,     18,    -1, "")
END
before import/quant.c '^static void decode_q4_1' << 'END'
static void decode_q4_7(const uint8_t *block, float *out)
{
    float d = f16_to_f32(half_at(block));

    for (int i = 0; i < BLOCK; i++)
        out[i] = d * (float)((block[2 + i % 16] >> i / 16 * 4 & 15) - 7);
}

END
before import/quant.c '^bool quant_encode' << 'END'
static void encode_q4_7(const float *values, uint8_t *block)
{
    float scale = largest_magnitude(values) / 7, inverse = inverse_of(scale);
    int32_t quants[BLOCK];

    put_half(block, f32_to_f16(scale));
    for (int i = 0; i < BLOCK; i++)
        quants[i] = truncated(values[i] * inverse + 7.5f, 0.0f, 14.0f);
    put_integers(quants, 4, block + 2);
}

END
after import/quant.c 'decode_q4_0.blocks . i' << 'END'
        return;
    case DTYPE_q4_7:
        for (uint64_t i = 0; i < count / BLOCK; i++)
            decode_q4_7(blocks + i * info->bytes, out + i * BLOCK);
END
after import/quant.c 'encode_q8_0.values . i' << 'END'
        return true;
    case DTYPE_q4_7:
        for (uint64_t i = 0; i < count / BLOCK; i++)
            encode_q4_7(values + i * BLOCK, out + i * info->bytes);
END
after hir/layout.def '^LAYOUT.q5_1' << 'END'
LAYOUT(q4_7_r16,   q4_7,    64,   576,  320,    7,    4,    1,    1)
END
before hir/layout_pack.c 'layout == LAYOUT_q5_0_r16' << 'END'
    if (layout == LAYOUT_q4_7_r16)
        memset(zero + 2, 0x77, sizeof zero - 2);
END
before build_options.c '"keep", DTYPE_none}, ."q8_0"' << 'END'
        {"q4_7", DTYPE_q4_7},
END

# ---- the copy ----

setting() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
cmake -S "$copy" -B "$copy/build" -G "$(setting CMAKE_GENERATOR)" -DCMAKE_C_COMPILER="$(setting CMAKE_C_COMPILER)" \
    -DRLX_LLVM="$(setting RLX_LLVM)" -DRLX_TESTS=OFF -DRLX_WERROR=ON -DCMAKE_BUILD_TYPE=None > "$work/log" 2>&1 &&
    cmake --build "$copy/build" --target rlxc -j "$(nproc)" >> "$work/log" 2>&1 ||
    fail "the copy cannot be built: $(grep -E -A 5 'error|Error' "$work/log" | head -n 40)"
[ $failures -eq 0 ] || finish howto
rlxc() { "$copy/build/bin/rlxc" "$@"; }

# ---- what was added works ----

few="--level=x86-64-v3 --variants=decode=1,prefill=32"
story() { rlx run "$work/$1" 'Tell me a story.' -n 24 --temp 0 -q; } # ARTIFACT

cat > "$work/cube.hir" << 'END'
graph "cubes"
  %1 = input           i32 [ROWS]        "tokens"
  %2 = weight          f32 [9, 12]       "embedding"
  %3 = embed %2 %1     f32 [ROWS, 12]
  %4 = relu %3         f32 [ROWS, 12]
  %5 = relu %4         f32 [ROWS, 12]
  %6 = cube %5         f32 [ROWS, 12]
  output "y" %6
END
expect 0 'cube %4 *f32 .ROWS, 12.' rlxc opt --check "$work/cube.hir"
expect 0 'done %5: its operand is rectified already' rlxc opt --report=fusion "$work/cube.hir"
expect 0 'cube %5' rlxc opt -x drop-relus "$work/cube.hir"
expect 0 '^drop-relus' rlxc opt --list

# The stories model under another name.
LC_ALL=C sed -e 's/qwen3\.\([a-z]\)/quen3.\1/g' -e 's/\(general\.architecture.\{12\}\)qwen3/\1quen3/' $model > "$work/quen.gguf"
expect 1 "found 'quen3'" "$bin/rlxc" build "$work/quen.gguf" -q -o "$work/never"
expect 0 '' rlxc build $model -q $few -o "$work/plain"
expect 0 '' rlxc build "$work/quen.gguf" -q $few -o "$work/quen"
equal "the story of the new family" "$(story quen)" "$(story plain)"

mkdir "$work/scaled"
echo '{"model_type": "llama", "howto_scale": 2}' > "$work/scaled/config.json"
expect 1 'howto_scale: expected 1, found 2: rlx does not compile what a test asks for' rlxc build "$work/scaled" -o "$work/never"

expect 0 ' q8_0 *q4_7$' rlxc build $model -q $few --quant=q4_7 --report=types -o "$work/q4_7"
expect 0 'q4_7_r16' rlxc inspect "$work/q4_7"
[ "$(story q4_7 | cut -c 1-16)" = "Once upon a time" ] || fail "in q4_7: $(story q4_7)"

finish howto
