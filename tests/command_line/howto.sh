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
mkdir "$copy/tests"
cp -r CMakeLists.txt LICENSE compiler runtime targets examples packaging "$copy"
cp tests/layers.* "$copy/tests"

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

edit() { # FILE SED
    may_touch "$1"
    sed "$2" "$copy/compiler/$1" > "$work/edited"
    ! cmp -s "$work/edited" "$copy/compiler/$1" || fail "row '$row': $1 has nothing for $2"
    cp "$work/edited" "$copy/compiler/$1"
}

add() { # FILE SOURCE
    may_touch "$1"
    [ ! -e "$copy/compiler/$1" ] || fail "row '$row': $1 exists"
    cp "$source/tests/howto/$2" "$copy/compiler/$1"
}

row 'an elementwise op'
after hir/map_ops.def '^MAP_OP.square' << 'END'
MAP_OP(cube,      1, MUL(X, MUL(X, X)), NONE)
END

row 'an early pass'
add passes/drop_relus.c drop_relus.c
before passes/passes.def '^PASS.fuse-norm' << 'END'
PASS(drop-relus,    pass_drop_relus,    0,        "fold",
     "what is folded needs no other rule", 0, "what is rectified already stays")
END

row 'a late pass'
add late/drop_reverses.c drop_reverses.c
before late/late_passes.def '^PASS.fuse-kv-write' << 'END'
PASS(drop-reverses,      pass_drop_reverses,      0,        "choose-rows",
     "a choice between them would part them", 0, "what is reversed twice is what it was")
END

row 'another op'
after hir/hir_ops.def '^HIR_OP.mean' << 'END'
HIR_OP(reverse,       1, 1,       none,       broadcast,   row,      0)
END
before hir/hir_eval.c '^    case HIR_norm_quant:' << 'END'
    case HIR_reverse:
        for (uint64_t i = 0, width = eval_last_axis(e, id, 0); i < eval_elements(e, id); i++)
            out[i] = eval_operand(e, id, 0)[i / width * width + width - 1 - i % width];
        return;
END
before lir/lower_steps.c '^static bool fill_norm_quant' << 'END'
static bool fill_reverse(struct lowering *l, struct step *s, hir_id id)
{
    s->kernel.reverse.k = (uint32_t)hir_row_width(l->graph, id);
    return true;
}

END
before lir/lower_steps.c '^    ..HIR_rms_norm, HIR_norm_quant' << 'END'
    {{HIR_reverse}, KERNEL_reverse, fill_reverse, REVERSE_out, {REVERSE_x}},
END

row 'a kernel kind'
before lir/kernel_kinds.def '^KERNEL.map, MAP' << 'END'
KERNEL(reverse, REVERSE, "rows from their end to their beginning")
FIELD(reverse, number, k, 1, MAX_WIDTH, "_")
ARG(REVERSE, x, matrix, IN, ALWAYS, k->k)
ARG(REVERSE, out, matrix, OUT, ALWAYS, k->k)
END(reverse, REVERSE)

END
before lir/lir_eval.c '^static void run_map' << 'END'
static void run_reverse(const struct call *c)
{
    const uint32_t k = c->kernel->reverse.k;

    for (uint64_t r = 0; r < c->rows; r++)
        for (uint32_t i = 0; i < k; i++)
            row_at(c, REVERSE_out, r)[i] = row_at(c, REVERSE_x, r)[k - 1 - i];
}

END
before lir/lir_eval.c 'KERNEL_map. = run_map' << 'END'
        [KERNEL_reverse] = run_reverse,
END
before lir/work.c '^    case KERNEL_map:' << 'END'
    case KERNEL_reverse:
        w.elements = rows * k->reverse.k;
        break;
END
add ../targets/cpu/k_reverse.c k_reverse.c
add ../targets/c/k_reverse.c k_reverse_in_c.c
add ../targets/vulkan/k_reverse.c k_reverse_in_glsl.c

row 'a family'
add family/reversed.c family.c
after family/families.def '^FAMILY.qwen3' << 'END'
FAMILY(reversed,  family_reversed, "a test")
END
before import/architectures.def '^.[.]spelling = "qwen3"' << 'END'
{.spelling = "quen3",
 .gguf = "quen3",
 .family = "reversed",
 .class_name = "QuenForCausalLM",
 .has_qk_norm = true,
 .defaults = {SIZES(4096, 32, 32, 32, 128, 22016, 151936, 32768), .norm_epsilon = 1e-6}},

END

row 'a key of configurations'
after import/config_keys.def '^SAME."lm_head_multiplier' << 'END'
SAME("howto_scale",                "howto.scale",                      SAME_one,      "what a test asks for")
END

# Four bits for -7 to 7, where q4_0 has -8 to 7.
row 'a block format'
after base/dtype.def '^DTYPE.q5_1' << 'END'
DTYPE(q4_7,       32,     18,    -1, "")
END
before import/quant_decode.c '^static void decode_q4_1' << 'END'
static void decode_q4_7(const uint8_t *block, float *out)
{
    float d = f16_to_f32(quant_half(block));

    for (int i = 0; i < BLOCK; i++)
        out[i] = d * (float)((block[2 + i % 16] >> i / 16 * 4 & 15) - 7);
}

END
before import/quant_encode.c '^bool quant_encode' << 'END'
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
after import/quant_decode.c 'DTYPE_q4_0. = decode_q4_0' << 'END'
    [DTYPE_q4_7] = decode_q4_7,
END
after import/quant_encode.c 'encode_q8_0.values . i' << 'END'
        return true;
    case DTYPE_q4_7:
        for (uint64_t i = 0; i < count / BLOCK; i++)
            encode_q4_7(values + i * BLOCK, out + i * info->bytes);
END
after hir/layout.def '^LAYOUT.q5_1' << 'END'
LAYOUT(q4_7_r16,       q4_7,          64,  576,   7,  4, 1, 1, none,    f16,        0,   -1)
END
before hir/layout_pack.c '^    case LAYOUT_q5_0_r16:' << 'END'
    case LAYOUT_q4_7_r16:
        memset(block + 2, 0x77, 16);
        break;
END

# ---- the copy ----

setting() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
build_copy() {
    sh "$copy/tests/layers.sh" > "$work/log" 2>&1 || fail "the copy includes too much: $(cat "$work/log")"
    cmake -S "$copy" -B "$copy/build" -G "$(setting CMAKE_GENERATOR)" \
        -DCMAKE_C_COMPILER="$(setting CMAKE_C_COMPILER)" -DRLX_LLVM="$(setting RLX_LLVM)" \
        -DRLX_TESTS=OFF -DRLX_WERROR=ON -DCMAKE_BUILD_TYPE=None > "$work/log" 2>&1 &&
        cmake --build "$copy/build" --target rlxc -j "$(nproc)" >> "$work/log" 2>&1 ||
        fail "the copy cannot be built: $(grep -E -A 5 'error|Error' "$work/log" | head -n 40)"
    [ $failures -eq 0 ] || finish howto
}
build_copy
rlxc() { "$copy/build/bin/rlxc" "$@"; }

# ---- what was added works ----

few="--level=x86-64-v3 --variants=decode=1,prefill=32"
story() { rlx run "$work/$1" 'Tell me a story.' -n 24 --temp 0 -q; } # ARTIFACT

cat > "$work/cube.hir" << 'END'
graph "cubes"
  %1 = input           i32 [ROWS]        role=tokens "tokens"
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

# The stories model under another name, whose new op is computed twice, or removed.
LC_ALL=C sed -e 's/qwen3\.\([a-z]\)/quen3.\1/g' -e 's/\(general\.architecture.\{12\}\)qwen3/\1quen3/' $model > "$work/quen.gguf"
expect 1 "found 'quen3'" "$bin/rlxc" build "$work/quen.gguf" -q -o "$work/never"
expect 0 '' rlxc build $model -q $few -o "$work/plain"
expect 0 ' reverse_' rlxc build "$work/quen.gguf" -q $few -x drop-reverses --report=kernels -o "$work/reversed"
expect 0 'drop-reverses: 1 done' rlxc build "$work/quen.gguf" -q $few --report=fusion -o "$work/dropped"
expect 0 '' rlxc plan "$work/quen.gguf" -q $few -x drop-reverses
equal "the story of the new family" "$(story reversed)" "$(story plain)"
equal "the story without the new op" "$(story dropped)" "$(story plain)"
expect 0 '' rlxc eval "$work/quen.gguf" --tokens=1,2,3 -o "$work/quen.safetensors"
expect 0 '' rlxc eval $model --tokens=1,2,3 -o "$work/plain.safetensors"
cmp "$work/quen.safetensors" "$work/plain.safetensors" || fail "the evaluator computes the new op otherwise"

# As source: the new kernel, and the new block format.
compiles() { # FOLDER
    expect 0 '' "${CC:-cc}" -std=c11 -D_GNU_SOURCE -I"$1/runtime/include" -Wall -Wextra -Werror -fsyntax-only \
        "$1/kernels.c" "$1/entry_main.c" "$1/variants.c"
}
expect 0 '' rlxc build "$work/quen.gguf" --emit=c -q -x drop-reverses -o "$work/reversed_in_c"
compiles "$work/reversed_in_c"
grep -q 'reverse(rows, ' "$work/reversed_in_c/entry_main.c" || fail "no call of the new kernel"
expect 0 '' rlxc build "$work/quen.gguf" --target=vulkan -q -x drop-reverses -o "$work/reversed_on_vulkan"
expect 0 'reverse' rlxc inspect "$work/reversed_on_vulkan"

mkdir "$work/scaled"
echo '{"model_type": "llama", "howto_scale": 2}' > "$work/scaled/config.json"
expect 1 'howto_scale: expected 1, found 2: rlx does not compile what a test asks for' rlxc build "$work/scaled" -o "$work/never"

expect 0 ' q8_0 .* q4_7_r16$' rlxc build $model -q $few --quant=q4_7 --report=types -o "$work/q4_7"
expect 0 'q4_7_r16' rlxc inspect "$work/q4_7"
expect 0 '' rlxc build $model --emit=c -q --quant=q4_7 -o "$work/q4_7_in_c"
compiles "$work/q4_7_in_c"
expect 0 '' rlxc build $model --target=vulkan -q --variants=decode=1 --quant=q4_7 -o "$work/q4_7_on_vulkan"
[ "$(story q4_7 | cut -c 1-16)" = "Once upon a time" ] || fail "in q4_7: $(story q4_7)"

# A target is alone in its compiler: commands take the first one of the list.
row 'a target'
mkdir "$copy/targets/nowhere"
add ../targets/nowhere/target.c target.c
after ../targets/targets.c '^extern const struct target target_cpu' << 'END'
extern const struct target target_nowhere;
END
edit ../targets/targets.c 's/{&target_cpu/{\&target_nowhere, \&target_cpu/'
before ../CMakeLists.txt '^add_library.rlxc_targets' << 'END'
rlx_library(rlxc_nowhere targets/nowhere)
target_link_libraries(rlxc_nowhere PUBLIC rlxc_lir)
END
edit ../CMakeLists.txt 's/target_link_libraries(rlxc_targets PUBLIC rlxc_cpu/& rlxc_nowhere/'
after ../tests/layers.txt '^targets: ' << 'END'
targets/nowhere: compiler/lir runtime/include/rlx
END
build_copy
expect 0 'decode-b1-s1' rlxc plan $model -q --variants=decode=1
expect 0 '' rlxc build $model -q --variants=decode=1 -o "$work/nowhere"
expect 0 'level nowhere of' "$bin/rlxc" inspect "$work/nowhere"

finish howto
