/* The Vulkan target without a device: modules of all kinds that it prints are valid, depend on their
 * kernel alone and stand in the image where they should; what it refuses; dumps; the build cache;
 * tiles. And on lavapipe: a row has the same bits in tiles of any size.
 */
#include "tests/support/diagnostics.h"
#include "tests/support/temporary_files.h"
#include "tests/unit/packed_weight.h"
#include "targets/vulkan/vulkan.h"

#include <rlx/shader.h>

enum { N = 72, K = 512, KERNELS_MAX = 256 };

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

/* A product of many rows, whose activations have tiles of one row. */
static struct lir_kernel product_of_many(enum layout layout, enum act act, uint32_t groups,
                                         uint32_t row_tile)
{
    struct lir_kernel k = product(layout, act, groups, 1);

    k.matmul.row_tile = row_tile;
    return k;
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

/* Shaders have no products of bf16, nor of rows with one scale. */
static bool takes(uint32_t act)
{
    return act != ACT_bf16 && act != ACT_i8_row;
}

/* Products of a layout: of few rows and of many, with all activations. Of what does not depend on the
 * weight every layout has another part. */
static uint32_t products_of_layout(enum layout layout, struct lir_kernel *out)
{
    uint32_t count = 0;

    for (uint32_t act = 0; act < ACT_COUNT; act++) {
        const uint32_t turn = (layout + act) % 3;
        if (!takes(act) || (act != ACT_f32 && !layout_is_quantized(layout)))
            continue;
        if (turn == 0)
            out[count++] = product(layout, (enum act)act, 1, 1);
        else if (turn == 1 || act != ACT_f32)
            out[count++] = gated(product(layout, (enum act)act, 2, 4));
        else
            out[count++] = normed(product(layout, ACT_f32, 2, 2));
        if (act != ACT_i16)
            out[count++] = gated(product_of_many(layout, (enum act)act, 4, 64));
    }
    return count;
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
        count += products_of_layout((enum layout)layout, out + count);
    }
    for (uint32_t act = 0; act < ACT_COUNT; act++)
        if (takes(act))
            out[count++] = with_arguments((struct lir_kernel){
                .kind = KERNEL_norm_quant,
                .rows_symbol = SYMBOL_ROWS,
                .norm_quant = {.format = {.act = act, .tile_rows = 1}, .k = K, .epsilon = 1e-5f},
                .stride = {[NORM_QUANT_x] = K}});
    out[count++] = with_arguments((struct lir_kernel){.kind = KERNEL_unfold,
                                                      .rows_symbol = SYMBOL_ROWS,
                                                      .unfold = {.n = N, .pad = 1},
                                                      .stride = {[UNFOLD_x] = 80}});
    out[count++] = with_arguments((struct lir_kernel){.kind = KERNEL_gather_columns,
                                                      .rows_symbol = SYMBOL_ROWS,
                                                      .gather_columns = {.k = K},
                                                      .stride = {K, 0, K}});
    assert_true(count <= KERNELS_MAX);
    return count;
}

/* ---- modules ---- */

/* All of them, compiled once. */
static struct {
    struct arena arena;
    struct diags diags;
    struct lir_kernel kernels[KERNELS_MAX];
    uint32_t count;
    struct target_code code;
} all;

static int compile_all(void **state)
{
    (void)state;
    all.diags.arena = &all.arena;
    all.count = kernels_of_all_kinds(all.kernels);
    if (!target_vulkan.emit(1, all.kernels, all.count, 2, NULL, &all.arena, &all.code, &all.diags))
        fail_msg("%s", diags_text(&all.diags, &all.arena));
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    arena_free(&all.arena);
    return 0;
}

static void test_modules(void **state)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct target_code one;

    (void)state;
    for (uint32_t i = 0; i < all.count; i++) {
        uint32_t magic;
        assert_true(target_vulkan.accepts(1, &all.kernels[i], &diags));
        assert_int_equal(all.code.entry[i] % 16, 0);
        assert_true(all.code.entry[i] + all.code.code_bytes[i] <= all.code.image_bytes);
        memcpy(&magic, all.code.image + all.code.entry[i], sizeof magic);
        assert_int_equal(magic, 0x07230203);
    }
    /* Alone, and by the compiler, not from what is kept of it (support/reuse_shader.c). */
    char *kept = getenv("RLX_TEST_REUSE") != NULL ? strdup(getenv("RLX_TEST_REUSE")) : NULL;
    unsetenv("RLX_TEST_REUSE");
    for (uint32_t i = 0; i < all.count; i += 17) {
        assert_true(target_vulkan.emit(0, &all.kernels[i], 1, 1, NULL, &arena, &one, &diags));
        assert_int_equal(one.code_bytes[0], all.code.code_bytes[i]);
        assert_memory_equal(one.image, all.code.image + all.code.entry[i], one.code_bytes[0]);
    }
    if (kept != NULL)
        assert_int_equal(setenv("RLX_TEST_REUSE", kept, 1), 0);
    free(kept);
    arena_free(&arena);
}

/* Threads that talk to their quad are counted by subgroup; others need not be. */
static void test_quads(void **state)
{
    uint32_t with_quads = 0;

    (void)state;
    for (uint32_t i = 0; i < all.count; i++) {
        struct arena arena = {0};
        struct text glsl = {.arena = &arena};
        vulkan_shader_text(&(const struct lir_kernel *){&all.kernels[i]}, 1, &glsl);
        const bool has_quads = strstr(glsl.data, "subgroupQuad") != NULL;
        assert_int_equal(strstr(glsl.data, "gl_SubgroupInvocationID") != NULL, has_quads);
        with_quads += has_quads;
        arena_free(&arena);
    }
    assert_true(with_quads > 0 && with_quads < all.count);
}

/* What devices get is within what every one of them has; some kernels are counted by hand. */
static void test_facts(void **state)
{
    struct arena arena = {0};

    (void)state;
    for (uint32_t i = 0; i < all.count; i++) {
        struct text text = {.arena = &arena};
        const struct lir_kernel *k = &all.kernels[i];
        const uint8_t *code = all.code.image + all.code.entry[i];
        const struct vulkan_module_facts f =
            vulkan_read_module(code, all.code.code_bytes[i], &arena);
        assert_true(f.threads > 0 && f.threads <= VULKAN_THREADS_MAX);
        assert_true(f.shared_bytes <= VULKAN_SHARED_MAX);
        assert_int_equal(f.has_quads,
                         k->kind == KERNEL_matmul && k->matmul.row_tile < VULKAN_LOW_TILE);
        if (k->kind == KERNEL_matmul && k->matmul.row_tile == 64 &&
            k->matmul.format.act == ACT_f32) {
            assert_int_equal(f.threads, 128);
            assert_int_equal(f.shared_bytes, 32 * (16 + 16) * 16); /* columns, slots and quads */
        }
        if (k->kind == KERNEL_embed)
            assert_int_equal(f.shared_bytes, 0);
        vulkan_describe(k, code, all.code.code_bytes[i], &text);
        assert_int_equal(text.bytes, strlen(vulkan_columns));
    }
    assert_int_equal(vulkan_read_module((const uint8_t[3]){0}, 3, &arena).threads, 0);
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
    k = product_of_many(LAYOUT_q8_0_r16, ACT_i8, 4, 64);
    expect_refusal(&k, "or of int8 at the level vulkan1.2-dot");
    k = product_of_many(LAYOUT_q8_0_r16, ACT_i16, 4, 64);
    expect_refusal(&k, "expected activations of f32 in tiles of 32 or 64 rows");
    k = product_of_many(LAYOUT_q8_0_r16, ACT_f32, 1, 64);
    expect_refusal(&k, "expected tiles of 32 or 64 rows and 2 or 4 row groups");
    k = product_of_many(LAYOUT_q8_0_r16, ACT_f32, 4, 48);
    expect_refusal(&k, "expected tiles of 32 or 64 rows and 2 or 4 row groups");
    k = normed(product_of_many(LAYOUT_q8_0_r16, ACT_f32, 4, 64));
    expect_refusal(&k, "expected norms before and after");
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
    static const uint32_t widths[] = {16, 1024, 28672, 151936, 262144},
                          rows[] = {1, 5, 16, 17, 33, 512};
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};

    (void)state;
    for (uint32_t i = 0; i < countof(widths) * countof(rows) * 3; i++) {
        const struct tile_request r = {.what = TILED_product,
                                       .rows = rows[i / 3 % countof(rows)],
                                       .act = i % 3 == 2 ? ACT_i8 : ACT_f32,
                                       .layout = LAYOUT_q8_0_r16,
                                       .gated = i % 3 == 1,
                                       .n = widths[i / 3 / countof(rows)] / (i % 3 == 1 ? 2 : 1),
                                       .k = K};
        const uint32_t level = r.act == ACT_i8;
        const struct tile_choice tile = target_vulkan.choose_tile(level, &r);
        struct lir_kernel k = product(r.layout, r.act, tile.groups, tile.rows);
        struct lir_step step;
        k.matmul.n = r.n;
        k.matmul.row_tile = tile.row_tile;
        k = r.gated ? gated(k) : k;
        assert_true(target_vulkan.accepts(level, &k, &diags));
        assert_true(tile.rows <= r.rows);
        assert_true(r.rows > SHORT_RUN_MAX ? tile.row_tile == (r.rows > 32 ? 64 : 32)
                                           : tile.row_tile <= 4);
        kernel_tiles(&k, &step);
        assert_true(step.tiles * ceil_div(r.rows, step.tile_unit) <= RLX_SHADER_TILES_MAX);
    }
    arena_free(&arena);
}

/* Without the instruction, int8 has tiles of few rows however many a run has; so has int16. */
static void test_choice_of_integers(void **state)
{
    struct tile_request r = {.what = TILED_product,
                             .rows = 512,
                             .act = ACT_i8,
                             .layout = LAYOUT_q8_0_r16,
                             .n = 1024,
                             .k = K};

    (void)state;
    assert_int_equal(target_vulkan.choose_tile(0, &r).row_tile, 4);
    assert_int_equal(target_vulkan.choose_tile(1, &r).row_tile, 64);
    r.act = ACT_i16;
    assert_int_equal(target_vulkan.choose_tile(1, &r).row_tile, 4);
}

/* A device in software runs prompts with the code of short runs. */
static void test_choice_in_software(void **state)
{
    struct tile_request few = {.what = TILED_product,
                               .rows = SHORT_RUN_MAX,
                               .act = ACT_f32,
                               .layout = LAYOUT_q8_0_r16,
                               .n = 1024,
                               .k = K},
                        many = few;

    (void)state;
    many.rows = 512;
    const struct tile_choice of_few = target_vulkan.choose_tile(0, &few),
                             of_many = target_vulkan.choose_tile(2, &many);
    assert_int_equal(of_many.row_tile, of_few.row_tile);
    assert_int_equal(of_many.groups, of_few.groups);
    assert_int_equal(target_vulkan.choose_tile(0, &many).row_tile, VULKAN_HIGH_TILE);
}

/* ---- bits ---- */

enum { ROWS = 9 };

static const struct small_tile {
    uint8_t groups, rows;
} small_tiles[] = {{1, 1}, {1, 8}, {2, 4}, {4, 3}};

/* What a product makes of the same rows, and of the same weight, in each of these tiles. */
static void try_tiles(enum layout layout, bool is_normed, const struct small_tile *tiles,
                      uint32_t count)
{
    struct lir_kernel kernels[countof(small_tiles)];
    const uint32_t groups = (uint32_t)ceil_div(N, 16), stride = 80;
    struct weight weight = weight_new(layout, groups * 16, K);
    float *x = buffer_random(ROWS * K), *norm = buffer_random(K),
          *first = buffer_new(ROWS * stride);
    int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 0, ROWS};
    struct code code;

    for (uint32_t i = 0; i < count; i++) {
        kernels[i] = product(layout, ACT_f32, tiles[i].groups, tiles[i].rows);
        kernels[i] = is_normed ? normed(kernels[i]) : kernels[i];
    }
    code_open(&code, target_cpu.level_count + 1, kernels, count);
    for (uint32_t i = 0; i < count; i++) {
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

enum { MANY = 70 };

static const struct large_tile {
    uint8_t groups, row_tile, rows;
} large_tiles[] = {{4, 64, MANY}, {2, 32, MANY}, {4, 32, 20}, {2, 64, 33}};

/* The same of runs of many rows, whose number must not matter either. */
static void try_many_rows(uint32_t level, enum layout layout, enum act act,
                          const struct large_tile *tiles, uint32_t count)
{
    struct lir_kernel kernels[1 + countof(large_tiles)];
    const uint32_t stride = 80;
    struct weight weight = weight_new(layout, (uint32_t)ceil_div(N, 16) * 16, K);
    float *x = buffer_random(MANY * K), *packed = buffer_new(MANY * 2 * K),
          *first = buffer_new(MANY * stride), *y = buffer_new(MANY * stride);
    int64_t dims[RLX_DIM_COUNT] = {1, MANY, MANY, 0, MANY};
    struct code code;

    for (uint32_t i = 0; i < count; i++)
        kernels[1 + i] = product_of_many(layout, act, tiles[i].groups, tiles[i].row_tile);
    kernels[0] = with_arguments((struct lir_kernel){
        .kind = KERNEL_norm_quant,
        .rows_symbol = SYMBOL_ROWS,
        .norm_quant = {.format = kernels[1].matmul.format, .k = K, .epsilon = 1e-5f},
        .stride = {[NORM_QUANT_x] = K}});
    code_open(&code, level, kernels, 1 + count);
    void *norm_quant_args[] = {[NORM_QUANT_x] = x, [NORM_QUANT_out] = packed};
    code_run(&code, 0, norm_quant_args, dims, MANY, 1);
    for (uint32_t i = 0; i < count; i++) {
        float *found = i == 0 ? first : y;
        void *args[] = {[MATMUL_x] = packed, [MATMUL_weight] = weight.bytes, [MATMUL_out] = found};
        struct comparison bits =
            comparison_of("%s times %s, %u rows in tiles of %ux%u", layout_info[layout].name,
                          act_names[act], tiles[i].rows, tiles[i].groups, tiles[i].row_tile);
        dims[SYMBOL_ROWS] = tiles[i].rows;
        code_run(&code, 1 + i, args, dims, kernel_tile_count(&kernels[1 + i], tiles[i].rows), 1);
        for (uint32_t r = 0; r < tiles[i].rows; r++)
            for (uint32_t n = 0; n < N; n++)
                compare_bits(&bits, r, n, found[r * stride + n], first[r * stride + n]);
        expect_agreement(&bits);
    }
    code_close(&code);
    buffer_free(x);
    buffer_free(packed);
    buffer_free(first);
    buffer_free(y);
    weight_free(&weight);
}

/* One of three layouts in all tiles, the others in two of them. */
static void test_equal_bits_of_many(void **state)
{
    static const struct {
        enum layout in_floats, in_integers;
        uint8_t tile, count;
    } cases[] = {{LAYOUT_q8_0_r16, LAYOUT_q5_k_r16, 0, countof(large_tiles)},
                 {LAYOUT_q4_k_r16, LAYOUT_q8_0_r16, 0, 2},
                 {LAYOUT_bf16_r32, LAYOUT_q6_k_r16, 1, 2}};

    (void)state;
    for (uint32_t i = 0; i < countof(cases); i++) {
        const struct large_tile *tiles = &large_tiles[cases[i].tile];
        if (level_runs(level_of_vulkan()))
            try_many_rows(level_of_vulkan(), cases[i].in_floats, ACT_f32, tiles, cases[i].count);
        if (level_runs(level_of_vulkan_dot()))
            try_many_rows(level_of_vulkan_dot(), cases[i].in_integers, ACT_i8, tiles,
                          cases[i].count);
    }
}

/* Of layouts that differ in their table of values, one. */
static void test_equal_bits(void **state)
{
    struct few_cases few = {0};

    (void)state;
    if (!level_runs(target_cpu.level_count + 1)) {
        skip();
        return;
    }
    for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++) {
        const struct small_tile two[] = {small_tiles[layout % 4], small_tiles[(layout + 1) % 4]};
        if (cases_take(&few, layout_info[layout].table == NULL || layout == LAYOUT_iq4_nl_r16))
            try_tiles((enum layout)layout, layout % 2 == 0, two, countof(two));
    }
    cases_end(&few, "equal bits", level_name(level_of_vulkan()));
    for (uint32_t is_normed = 0; is_normed < 2; is_normed++)
        try_tiles(LAYOUT_q4_k_r16, is_normed != 0, small_tiles, countof(small_tiles));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modules),
        cmocka_unit_test(test_quads),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_wrong_text),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_dumps),
        cmocka_unit_test(test_build_cache),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_choice_of_integers),
        cmocka_unit_test(test_choice_in_software),
        cmocka_unit_test(test_equal_bits),
        cmocka_unit_test(test_equal_bits_of_many),
    };

    return cmocka_run_group_tests(tests, compile_all, free_all);
}
