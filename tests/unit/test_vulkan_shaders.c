/* The Vulkan target without a device: modules of all kinds that it prints are valid, depend on their
 * kernel alone and stand in the image where they should; what it refuses; dumps; the build cache;
 * tiles. And on lavapipe: a row has the same bits in runs of one row and of many.
 */
#include "tests/support/diagnostics.h"
#include "tests/support/temporary_files.h"
#include "tests/unit/packed_weight.h"
#include "targets/vulkan/vulkan.h"

#include <rlx/shader.h>

enum { N = 72, K = 512, KERNELS_MAX = 128 };

static struct lir_kernel product(enum layout layout, enum act act, uint32_t groups, uint32_t rows)
{
    const bool integers = act_is_integer(act);

    return with_arguments((struct lir_kernel){
        .kind = KERNEL_matmul,
        .rows_symbol = SYMBOL_ROWS,
        .matmul = {.layout = layout,
                   .format = {.act = act,
                              .tile_rows = rows,
                              .bias = integers ? layout_info[layout].bias : 0,
                              .block_sums = integers && layout_info[layout].scales == 2 ? 2 : 0},
                   .tile_groups = groups,
                   .row_tile = rows,
                   .n = N,
                   .k = K},
        .stride = {[MATMUL_out] = 80}});
}

static struct lir_kernel gated(struct lir_kernel k)
{
    static const uint8_t code[] = {S_X, S_TANH, S_Y, S_MUL};

    k.matmul.gated = 1;
    k.matmul.code.bytes = sizeof code;
    memcpy(k.matmul.code.code, code, sizeof code);
    return k;
}

static struct lir_kernel normed(struct lir_kernel k)
{
    k.present |= 1u << MATMUL_norm;
    k.matmul.epsilon = 1e-5f;
    return k;
}

/* Kernels of the kinds that need no state. */
static uint32_t kernels_of_all_kinds(struct lir_kernel *out)
{
    uint32_t count = 0;

    for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++) {
        out[count++] =
            with_arguments((struct lir_kernel){.kind = KERNEL_embed,
                                               .rows_symbol = SYMBOL_ROWS,
                                               .embed = {.layout = layout, .n = N, .k = K},
                                               .stride = {[EMBED_out] = K}});
        for (uint32_t act = 0; act < ACT_COUNT; act++) {
            if (act != ACT_f32 && (act == ACT_bf16 || !layout_is_quantized((enum layout)layout)))
                continue;
            out[count++] = product((enum layout)layout, (enum act)act, 1, 1);
            out[count++] = gated(product((enum layout)layout, (enum act)act, 2, 4));
            if (act == ACT_f32)
                out[count++] = normed(product((enum layout)layout, ACT_f32, 2, 2));
        }
    }
    for (uint32_t act = 0; act < ACT_COUNT; act++)
        if (act != ACT_bf16)
            out[count++] = with_arguments((struct lir_kernel){
                .kind = KERNEL_norm_quant,
                .rows_symbol = SYMBOL_ROWS,
                .norm_quant = {.format = {.act = act, .tile_rows = 1}, .k = K, .epsilon = 1e-5f},
                .stride = {[NORM_QUANT_x] = K}});
    out[count++] = with_arguments((struct lir_kernel){.kind = KERNEL_unfold,
                                                      .rows_symbol = SYMBOL_ROWS,
                                                      .unfold = {.n = N, .pad = 1},
                                                      .stride = {[UNFOLD_x] = 80}});
    assert_true(count <= KERNELS_MAX);
    return count;
}

/* ---- modules ---- */

static void test_modules(void **state)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    static struct lir_kernel kernels[KERNELS_MAX];
    const uint32_t count = kernels_of_all_kinds(kernels);
    struct target_code all, one;

    (void)state;
    for (uint32_t i = 0; i < count; i++)
        assert_true(target_vulkan.accepts(0, &kernels[i], &diags));
    if (!target_vulkan.emit(0, kernels, count, 2, NULL, &arena, &all, &diags))
        fail_msg("%s", diags_text(&diags, &arena));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t magic;
        assert_int_equal(all.entry[i] % 16, 0);
        assert_true(all.entry[i] + all.code_bytes[i] <= all.image_bytes);
        memcpy(&magic, all.image + all.entry[i], sizeof magic);
        assert_int_equal(magic, 0x07230203);
    }
    for (uint32_t i = 0; i < count; i += 17) { /* alone */
        assert_true(target_vulkan.emit(0, &kernels[i], 1, 1, NULL, &arena, &one, &diags));
        assert_int_equal(one.code_bytes[0], all.code_bytes[i]);
        assert_memory_equal(one.image, all.image + all.entry[i], one.code_bytes[0]);
    }
    arena_free(&arena);
}

static void test_wrong_text(void **state)
{
    struct vulkan_module module;

    (void)state;
    vulkan_compile("#version 460\nvoid main() { nothing(); }\n", false, &module);
    assert_non_null(module.error);
    assert_non_null(strstr(module.error, "nothing"));
    assert_null(module.words);
    free(module.error);
}

/* ---- refusals ---- */

static void expect_refusal(const struct lir_kernel *k, const char *words)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};

    assert_false(target_vulkan.accepts(0, k, &diags));
    assert_non_null(strstr(diags_text(&diags, &arena), words));
    arena_free(&arena);
}

static void test_refusals(void **state)
{
    struct lir_kernel k = product(LAYOUT_bf16_r32, ACT_bf16, 1, 1);

    (void)state;
    expect_refusal(&k, "activations of f32, i16 or i8");
    k = product(LAYOUT_f32_r16, ACT_i8, 1, 1);
    expect_refusal(&k, "quantized weights");
    k = product(LAYOUT_q4_k_r16, ACT_f32, 1, 1);
    k.matmul.k = 128;
    expect_refusal(&k, "block");
    k = product(LAYOUT_q8_0_r16, ACT_f32, 1, 1);
    k.matmul.layout = LAYOUT_none;
    expect_refusal(&k, "packed weight");
    k = gated(product(LAYOUT_q8_0_r16, ACT_f32, 1, 1));
    expect_refusal(&k, "tile");
}

/* ---- dumps and the build cache ---- */

struct dumped {
    struct arena *arena;
    const char *glsl, *spvasm;
    uint64_t spv_bytes;
};

static void write_dump(void *context, const char *name, const char *kind, const char *text,
                       size_t bytes)
{
    struct dumped *d = context;

    assert_non_null(strstr(name, "matmul_q8_0"));
    if (strcmp(kind, "spv") == 0)
        d->spv_bytes = bytes;
    else if (strcmp(kind, "glsl") == 0)
        d->glsl = arena_text(d->arena, text, bytes);
    else if (strcmp(kind, "spvasm") == 0)
        d->spvasm = arena_text(d->arena, text, bytes);
    else
        fail_msg("a dump of the kind %s", kind);
}

static void test_dumps(void **state)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct dumped dumped = {.arena = &arena};
    const struct target_dump dump = {
        .glsl = true, .spv = true, .spvasm = true, .write = write_dump, .context = &dumped};
    const struct lir_kernel k = product(LAYOUT_q8_0_r16, ACT_f32, 1, 1);
    struct target_code code;

    (void)state;
    assert_true(target_vulkan.emit(0, &k, 1, 1, &dump, &arena, &code, &diags));
    assert_non_null(strstr(dumped.glsl, "void main()"));
    assert_non_null(strstr(dumped.spvasm, "OpEntryPoint GLCompute"));
    assert_int_equal(dumped.spv_bytes, code.code_bytes[0]);
    arena_free(&arena);
}

static void test_build_cache(void **state)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct temporary_folder folder;
    struct build_cache cache;
    struct target_dump dump = {.build_cache = &cache};
    const struct lir_kernel kernels[] = {product(LAYOUT_q8_0_r16, ACT_f32, 1, 1),
                                         product(LAYOUT_q8_0_r16, ACT_f32, 1, 2)};
    struct target_code first, second;

    (void)state;
    temporary_open(&folder);
    assert_true(build_cache_open(&cache, folder.path, &diags));
    assert_true(target_vulkan.emit(0, kernels, 2, 1, &dump, &arena, &first, &diags));
    assert_int_equal(cache.stored, 2);
    assert_int_equal(cache.found, 0);
    assert_true(target_vulkan.emit(0, kernels, 2, 2, &dump, &arena, &second, &diags));
    assert_int_equal(cache.found, 2);
    assert_int_equal(second.image_bytes, first.image_bytes);
    assert_memory_equal(second.image, first.image, first.image_bytes);
    temporary_close(&folder);
    arena_free(&arena);
}

/* ---- tiles ---- */

static void test_choices(void **state)
{
    static const uint32_t widths[] = {16, 1024, 28672, 151936}, rows[] = {1, 5, 16, 512};
    static const enum act acts[] = {ACT_f32, ACT_i16};
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};

    (void)state;
    for (uint32_t i = 0; i < countof(widths) * countof(rows) * 4; i++) {
        const struct tile_request r = {.what = TILED_product,
                                       .rows = rows[i / 4 % countof(rows)],
                                       .act = acts[i / 2 % 2],
                                       .layout = LAYOUT_q8_0_r16,
                                       .gated = i % 2 != 0,
                                       .n = widths[i / 4 / countof(rows)],
                                       .k = K};
        const struct tile_choice tile = target_vulkan.choose_tile(0, &r);
        struct lir_kernel k = product(r.layout, r.act, tile.groups, tile.rows);
        struct lir_step step;
        k.matmul.row_tile = tile.row_tile;
        k.matmul.n = r.n;
        k = r.gated ? gated(k) : k;
        assert_true(target_vulkan.accepts(0, &k, &diags));
        assert_true(tile.rows <= r.rows);
        kernel_tiles(&k, &step);
        assert_true(step.tiles * ceil_div(r.rows, step.tile_unit) <= RLX_SHADER_TILES_MAX);
    }
    arena_free(&arena);
}

/* ---- bits ---- */

enum { ROWS = 9 };

/* What a product makes of the same rows, and of the same weight, in tiles of all sizes. */
static void try_tiles(enum layout layout, bool is_normed)
{
    static const struct {
        uint8_t groups, rows;
    } tiles[] = {{1, 1}, {1, 8}, {2, 4}, {4, 3}};
    struct lir_kernel kernels[countof(tiles)];
    const uint32_t groups = (uint32_t)ceil_div(N, 16), stride = 80;
    struct weight weight = weight_new(layout, groups * 16, K);
    float *x = buffer_random(ROWS * K), *norm = buffer_random(K),
          *first = buffer_new(ROWS * stride);
    int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 0, ROWS};
    struct code code;

    for (uint32_t i = 0; i < countof(tiles); i++) {
        kernels[i] = product(layout, ACT_f32, tiles[i].groups, tiles[i].rows);
        kernels[i] = is_normed ? normed(kernels[i]) : kernels[i];
    }
    code_open(&code, target_cpu.level_count + 1, kernels, countof(kernels));
    for (uint32_t i = 0; i < countof(tiles); i++) {
        float *y = i == 0 ? first : buffer_new(ROWS * stride);
        void *args[] = {
            [MATMUL_x] = x, [MATMUL_weight] = weight.bytes, [MATMUL_norm] = norm, [MATMUL_out] = y};
        struct comparison bits =
            comparison_of("%s%s in tiles of %ux%u", layout_info[layout].name,
                          is_normed ? " with a norm" : "", tiles[i].groups, tiles[i].rows);
        code_run(&code, i, args, dims, kernel_tile_count(&kernels[i], ROWS), 1);
        for (uint32_t r = 0; r < ROWS; r++)
            for (uint32_t n = 0; n < N; n++)
                compare_bits(&bits, r, n, y[r * stride + n], first[r * stride + n]);
        expect_agreement(&bits);
        if (i != 0)
            buffer_free(y);
    }
    code_close(&code);
    buffer_free(x);
    buffer_free(norm);
    buffer_free(first);
    weight_free(&weight);
}

static void test_equal_bits(void **state)
{
    (void)state;
    if (!level_runs(target_cpu.level_count + 1)) {
        skip();
        return;
    }
    for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++)
        for (uint32_t is_normed = 0; is_normed < 2; is_normed++)
            try_tiles((enum layout)layout, is_normed != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modules),     cmocka_unit_test(test_wrong_text),
        cmocka_unit_test(test_refusals),    cmocka_unit_test(test_dumps),
        cmocka_unit_test(test_build_cache), cmocka_unit_test(test_choices),
        cmocka_unit_test(test_equal_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
