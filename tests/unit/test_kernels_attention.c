/* The CPU target's attention, each level that this machine runs, against plain loops in f64 written
 * from kernel_kinds.def. The bits of a row must not depend on the rows that are computed with it.
 */
#include "tests/unit/kernel_states.h"

/* Sizes of tiles, in rows. Drivers compile slowly, so Vulkan takes half of them for each case in turn. */
static const struct tiles {
    uint32_t count;
    uint8_t rows[4];
} all_tiles = {4, {1, 2, 5, 16}}, half_of_tiles[] = {{2, {1, 5}}, {2, {2, 16}}};

static const struct tiles *tiles_of(uint32_t level, uint32_t number)
{
    return level_is_vulkan(level) && !cases_whole() ? &half_of_tiles[number % 2] : &all_tiles;
}

struct attend {
    const struct shape *shape;
    const struct tiles *tiles;
    float *q, *keys, *values;
    float *sinks; /* of each head; NULL: none */
    uint32_t stride;
    uint32_t chunk; /* keys a tile; 0: all */
    enum act act;   /* of the products */
    bool matrices;
    bool windowed; /* the code has a window whatever the shape has */
    bool anchored;
    float *partials, *counters;
};

static float scale_of(const struct shape *s)
{
    return (float)(3 / sqrt(s->head_dim));
}

static void fill_state(const struct shape *s, float *state, bool is_value)
{
    uint32_t bytes = kv_element_bytes(s->kv);
    size_t count = kv_state_bytes(s->kv, s->kv_heads, s->head_dim, CONTEXT, is_value) / bytes;
    size_t scales = s->kv == DTYPE_q8_0 ? (size_t)s->kv_heads * ROOM : 0;

    if (s->kv == DTYPE_q8_0)
        for (size_t i = 0; i < count - 2 * scales; i++)
            ((int8_t *)state)[i] = (int8_t)(random_number() * 127);
    for (size_t i = 0; i < scales; i++) {
        uint16_t half = f32_to_f16((random_number() * 0.75f + 1.25f) / 127);
        memcpy((char *)state + count - 2 * scales + 2 * i, &half, sizeof half);
    }
    if (s->kv == DTYPE_q8_0)
        return;

    for (size_t i = 0; i < count; i++) {
        float x = random_number() * 2;
        uint16_t half = f32_to_f16(x);
        memcpy((char *)state + bytes * i, s->kv == DTYPE_f32 ? (void *)&x : (void *)&half, bytes);
    }
}

static double factor(const struct attend *t, float x)
{
    return (double)(t->act == ACT_bf16 ? bf16_to_f32(f32_to_bf16(x)) : x);
}

/* Integers are exact in bf16, and their scale comes later. */
static double key_factor(const struct attend *t, float x)
{
    return t->shape->kv == DTYPE_q8_0 ? (double)x : factor(t, x);
}

/* Whether a key stands before the window of a row at position `here`. */
static bool is_behind(const struct attend *t, int64_t key, int64_t here)
{
    const int64_t window = t->shape->window;

    return window > 0 && (t->anchored ? key < here / window * window : key + window <= here);
}

/* Row `row` of `rows` after `past` keys, head h, in f64. */
static void attend_head(const struct attend *t, int64_t past, int64_t rows, uint32_t row,
                        uint32_t h, double *out)
{
    const struct shape *s = t->shape;
    const float *q = t->q + (size_t)row * t->stride + h * s->head_dim;
    uint32_t kv_head = h / (s->heads / s->kv_heads);
    int64_t here = past + row, last = s->mask == MASK_causal ? here : past + rows - 1;
    double scores[ROOM], greatest = -INFINITY, sum = 0;

    for (int64_t key = 0; key <= last; key++) {
        double score = 0;
        for (uint32_t i = 0; i < s->head_dim; i++)
            score += factor(t, q[i]) * key_factor(t, key_of(s, t->keys, kv_head, (uint32_t)key, i));
        score *= (double)scale_of(s);
        if (s->softcap > 0)
            score = (double)s->softcap * tanh(score / (double)s->softcap);
        scores[key] = is_behind(t, key, here) ? -INFINITY : score;
        greatest = fmax(greatest, scores[key]);
    }
    if (t->sinks != NULL) {
        greatest = fmax(greatest, (double)t->sinks[h]);
        sum = exp((double)t->sinks[h] - greatest);
    }
    memset(out, 0, s->head_dim * sizeof *out);
    for (int64_t key = 0; key <= last; key++) {
        double weight = exp(scores[key] - greatest);
        sum += weight;
        for (uint32_t i = 0; i < s->head_dim; i++)
            out[i] += weight * factor(t, value_of(s, t->values, kv_head, (uint32_t)key, i));
    }
    for (uint32_t i = 0; i < s->head_dim; i++)
        out[i] /= sum;
}

static void check_attention(const struct attend *t, int64_t past, uint32_t rows, const float *y)
{
    /* bf16: weights are rounded to 8 bits, values are up to 2; q8_0: queries have 16 bits */
    const double tolerance = t->act == ACT_bf16 ? 6e-3 : t->shape->kv == DTYPE_q8_0 ? 1e-4 : 2e-5;
    struct comparison c = comparison_of("attention of %u rows after %lld, act %u, chunk %u", rows,
                                        (long long)past, t->act, t->chunk);
    double expected[256];

    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t h = 0; h < t->shape->heads; h++) {
            attend_head(t, past, rows, r, h, expected);
            for (uint32_t i = 0; i < t->shape->head_dim; i++) {
                uint32_t column = h * t->shape->head_dim + i;
                compare_number(&c, r, column, (double)y[(size_t)r * t->stride + column],
                               expected[i], tolerance);
            }
        }
    expect_agreement(&c);
    expect_untouched(y, rows, t->shape->heads * t->shape->head_dim, t->stride);
}

static struct lir_kernel attention_kernel(const struct attend *t, uint32_t which)
{
    const struct shape *s = t->shape;
    const uint32_t sinks = t->sinks != NULL ? 1u << ATTENTION_sinks : 0;

    return with_arguments(
        (struct lir_kernel){.kind = KERNEL_attention,
                            .rows_symbol = SYMBOL_ROWS,
                            .present = sinks,
                            .attention = {.shape = {.kv = s->kv,
                                                    .split_kv = t->chunk != 0,
                                                    .heads = s->heads,
                                                    .kv_heads = s->kv_heads,
                                                    .head_dim = s->head_dim,
                                                    .context = ROOM},
                                          .act = t->act,
                                          .matrices = t->matrices,
                                          .mask = s->mask,
                                          .chunk = t->chunk,
                                          .keys_symbol = SYMBOL_KEYS,
                                          .max_rows = t->chunk != 0 ? ROWS : 0,
                                          .tile_rows = t->tiles->rows[which],
                                          .windowed = t->windowed || s->window != 0,
                                          .anchored = t->anchored,
                                          .capped = s->softcap != 0},
                            .stride = {[ATTENTION_q] = t->stride, [ATTENTION_out] = t->stride}});
}

static struct lir_values attention_values(const struct shape *s)
{
    return (struct lir_values){s->window, scale_of(s), s->softcap};
}

/* Chunks in an order of their own: who comes last must not matter. */
static void run_chunks(const struct code *code, const struct kernel_attention *k, uint32_t index,
                       const struct attend *t, void *const *args, const int64_t *dims)
{
    void *addresses[LIR_MAX_ARGS];
    struct rlx_launch launch = code_launch(code, addresses, dims);
    uint64_t slots = attention_follows_window(k, t->shape->window)
                         ? attention_slots(k, t->shape->window)
                         : ceil_div((uint64_t)dims[RLX_DIM_KEYS], k->chunk);
    uint64_t count = k->shape.kv_heads * ceil_div(k->max_rows, k->tile_rows) * slots;

    code_slots(&code->kernels[index], args, addresses);
    memset(t->counters, 0, (size_t)ROWS * k->shape.kv_heads * 64);
    code_tiles_in_odd_order(code, index, &launch, count);
}

static void run_attention(const struct code *code, uint32_t kernel, const struct attend *t,
                          uint32_t first_row, uint32_t rows, int64_t past, float *y)
{
    struct lir_kernel k = attention_kernel(t, kernel);
    struct rlx_segment segment = {.rows = rows, .past = (uint32_t)past};
    int64_t dims[RLX_DIM_COUNT] = {1, rows, rows, past, 1, past + rows};
    void *args[LIR_MAX_ARGS] = {[ATTENTION_q] = t->q + (size_t)first_row * t->stride,
                                [ATTENTION_keys] = t->keys,
                                [ATTENTION_values] = t->values,
                                [ATTENTION_segments] = &segment,
                                [ATTENTION_sinks] = t->sinks,
                                [ATTENTION_out] = y + (size_t)first_row * t->stride,
                                [ATTENTION_partials] = t->partials,
                                [ATTENTION_counters] = t->counters};

    if (t->chunk != 0)
        run_chunks(code, &k.attention, kernel, t, args, dims);
    else
        code_run(code, kernel, args, dims,
                 t->shape->kv_heads * ceil_div(rows, t->tiles->rows[kernel]), 1);
}

/* A run in tiles of any size, and one row after the other, give equal bits. */
static void try_extent(const struct code *code, const struct attend *t, uint32_t rows, int64_t past)
{
    size_t count = (size_t)rows * t->stride;
    float *expected = NULL;

    for (uint32_t i = 0; i < t->tiles->count; i++) {
        float *y = buffer_new(count);
        run_attention(code, i, t, 0, rows, past, y);
        if (i == 0)
            check_attention(t, past, rows, y);
        else
            expect_equal_bits("another tile", y, expected, rows, t->stride);
        if (expected != NULL)
            buffer_free(y);
        else
            expected = y;
    }
    if (t->shape->mask == MASK_causal) {
        float *y = buffer_new(count);
        for (uint32_t r = 0; r < rows; r++)
            run_attention(code, r % t->tiles->count, t, r, 1, past + r, y);
        expect_equal_bits("row by row", y, expected, rows, t->stride);
        buffer_free(y);
    }
    buffer_free(expected);
}

/* NaN in element 1 of head 0's key or value at a position; of q8_0 in its scale. */
static void spoil(const struct shape *s, float *state, uint32_t position, bool is_value)
{
    const uint16_t half = 0x7e00;
    size_t width = round_up(s->head_dim, is_value ? 16 : 4),
           at = is_value ? value_at(s, 0, position, 1) : key_at(s, 0, position, 1);

    if (s->kv == DTYPE_f32)
        state[at] = NAN;
    else if (s->kv == DTYPE_f16)
        memcpy((char *)state + 2 * at, &half, sizeof half);
    else
        memcpy((char *)state + s->kv_heads * ROOM * width + 2 * (size_t)position, &half,
               sizeof half);
}

/* All rows that see the key make NaN. What stands behind the run may be left from another text, and
 * makes none. */
static void try_nan(const struct code *code, const struct attend *t)
{
    enum { PAST = 62, NAN_ROWS = 3 };
    static const uint32_t places[] = {PAST, PAST + NAN_ROWS, 127};
    const struct shape *s = t->shape;
    size_t bytes[2], count = (size_t)NAN_ROWS * t->stride;
    float *states[2] = {t->keys, t->values};

    for (uint32_t which = 0; which < 2; which++)
        bytes[which] = kv_state_bytes(s->kv, s->kv_heads, s->head_dim, CONTEXT, which == 1);
    for (uint32_t i = 0; i < 2 * 3 * t->tiles->count; i++) {
        uint32_t which = i % 2, position = places[i / 2 % 3], tile = i / 6;
        char *kept = malloc(bytes[which]);
        float *y = buffer_new(count);
        memcpy(kept, states[which], bytes[which]);
        spoil(s, states[which], position, which == 1);
        run_attention(code, tile, t, 0, NAN_ROWS, PAST, y);
        for (uint32_t r = 0; r < NAN_ROWS; r++)
            for (uint32_t h = 0; h < s->heads; h++)
                for (uint32_t d = 0; d < s->head_dim; d++) {
                    bool sees = position == PAST && h < s->heads / s->kv_heads &&
                                (which == 0 || d == 1 || s->kv == DTYPE_q8_0);
                    if (isnan(y[(size_t)r * t->stride + h * s->head_dim + d]) != sees)
                        fail_msg("kv %u act %u chunk %u tile %u: NaN in %s %u: row %u, head %u, "
                                 "element %u is %g",
                                 s->kv, t->act, t->chunk, t->tiles->rows[tile],
                                 which == 0 ? "key" : "value", position, r, h, d,
                                 (double)y[(size_t)r * t->stride + h * s->head_dim + d]);
                }
        memcpy(states[which], kept, bytes[which]);
        buffer_free(y);
        free(kept);
    }
}

/* Ways to go through keys. */
static const struct way {
    uint32_t chunk;
    enum act act;
    bool matrices;
} ways[] = {{0, ACT_f32, false},
            {64, ACT_f32, false},
            {0, ACT_bf16, false},
            {0, ACT_bf16, true},
            {128, ACT_f32, false}};

enum { NO_CHUNKS_OF_128 = countof(ways) - 1, WAYS_OF_F32 = 3 };

static void try_attention(uint32_t level, const struct shape *s, const struct way *way,
                          float *sinks)
{
    struct attend t = {.shape = s,
                       .tiles = tiles_of(level, (uint32_t)(s - shapes)),
                       .stride = (uint32_t)round_up(s->heads * s->head_dim, 16) + 16,
                       .chunk = way->chunk,
                       .act = way->act,
                       .matrices = way->matrices,
                       .sinks = sinks};
    struct lir_kernel kernels[countof(all_tiles.rows)];
    struct code code;

    t.q = buffer_random((size_t)ROWS * t.stride);
    t.keys = state_new(s, false);
    t.values = state_new(s, true);
    fill_state(s, t.keys, false);
    fill_state(s, t.values, true);
    for (uint32_t i = 0; i < t.tiles->count; i++)
        kernels[i] = attention_kernel(&t, i);
    t.partials = buffer_new((size_t)ROWS * s->heads * (ROOM / 64) * 288);
    t.counters = buffer_new((size_t)ROWS * s->kv_heads * 16);
    code_open(&code, level, kernels, t.tiles->count);
    code_values(&code, &kernels[0], attention_values(s));
    try_extent(&code, &t, 1, 0);
    try_extent(&code, &t, ROWS, 0);
    try_extent(&code, &t, 3, 62);
    try_extent(&code, &t, 7, 128);
    try_extent(&code, &t, ROWS, 183);
    try_nan(&code, &t);
    code_close(&code);
    buffer_free(t.partials);
    buffer_free(t.counters);
    buffer_free(t.q);
    buffer_free(t.keys);
    buffer_free(t.values);
}

/* Of ways in f32 (all keys at once, chunks of 64, of 128), the main level takes the first and one of the
 * others in turn; other levels take one of all in turn. Bf16 without matrices is every second case but
 * where it is the fastest way of the main level. `number` is that of a case. */
static bool takes_way(struct few_cases *few, uint32_t level, uint32_t number, const struct way *w,
                      uint32_t count)
{
    const uint32_t ways_of_f32 = count == NO_CHUNKS_OF_128 ? WAYS_OF_F32 - 1 : WAYS_OF_F32;

    if (w->matrices)
        return level == level_of_matrices() &&
               cases_take(few, level_is_main(level) || number % 2 == 0);
    if (w->act == ACT_bf16)
        return level_multiplies_bf16(level) &&
               cases_take(few, (level_is_main(level) && level != level_of_matrices()) ||
                                   number % 2 == 0);
    if (!level_is_main(level))
        return cases_take(few, w->chunk / 64 == (number + level) % ways_of_f32);
    return cases_take(few, w->chunk == 0 || count == NO_CHUNKS_OF_128 ||
                               w->chunk / 64 - 1 == number % 2);
}

static void test_attention(void **state)
{
    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        struct few_cases few = {0};
        for (uint32_t i = 0; i < countof(shapes); i++)
            for (uint32_t w = 0; w < countof(ways); w++)
                if (takes_way(&few, level, i, &ways[w], countof(ways)))
                    try_attention(level, &shapes[i], &ways[w], NULL);
        cases_end(&few, "attention", level_name(level));
    }
}

/* Beside, far above and far below all scores: the last is as none at all, the one before takes
 * everything. */
static void test_sinks(void **state)
{
    static const uint8_t with_sinks[] = {0, 1, 3, 8, 11};
    static const float far[] = {0.5f, -3, 300, -300};

    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        struct few_cases few = {0};
        for (uint32_t i = 0; i < countof(with_sinks); i++) {
            const struct shape *s = &shapes[with_sinks[i]];
            float *sinks = buffer_random(16);
            for (uint32_t h = 0; h < s->heads; h++)
                sinks[h] = h < countof(far) ? far[h] : 10 * sinks[h];
            for (uint32_t w = 0; w < NO_CHUNKS_OF_128; w++)
                if (takes_way(&few, level, i, &ways[w], NO_CHUNKS_OF_128))
                    try_attention(level, s, &ways[w], sinks);
            buffer_free(sinks);
        }
        cases_end(&few, "sinks", level_name(level));
    }
}

/* One piece of code serves every window. Without one, it gives the bits of code that has none. */
static void try_windows(uint32_t level, const struct shape *with_one, const struct way *way,
                        bool anchored)
{
    static const uint32_t windows[] = {1, 5, 64, 65, 70, 150, ROOM, 5000, UINT32_MAX, 0};
    struct shape s = *with_one;
    struct attend t = {.shape = &s,
                       .tiles = tiles_of(level, (uint32_t)(with_one - shapes) / 2),
                       .stride = (uint32_t)round_up(s.heads * s.head_dim, 16) + 16,
                       .chunk = way->chunk,
                       .act = way->act,
                       .matrices = way->matrices,
                       .windowed = true,
                       .anchored = anchored};
    struct lir_kernel kernels[countof(all_tiles.rows)];
    struct code code, plain;
    size_t count = (size_t)ROWS * t.stride;

    t.q = buffer_random(count);
    t.keys = state_new(&s, false);
    t.values = state_new(&s, true);
    fill_state(&s, t.keys, false);
    fill_state(&s, t.values, true);
    t.partials = buffer_new((size_t)ROWS * s.heads * (ROOM / 64) * 288);
    t.counters = buffer_new((size_t)ROWS * s.kv_heads * 16);
    for (uint32_t i = 0; i < t.tiles->count; i++)
        kernels[i] = attention_kernel(&t, i);
    code_open(&code, level, kernels, t.tiles->count);
    for (uint32_t i = 0; i < countof(windows); i++) {
        s.window = windows[i];
        code_values(&code, &kernels[0], attention_values(&s));
        try_extent(&code, &t, 7, 128);
        try_extent(&code, &t, ROWS, 183);
    }
    float *shared = buffer_new(count), *alone = buffer_new(count);
    run_attention(&code, 0, &t, 0, ROWS, 183, shared);
    t.windowed = t.anchored = false;
    kernels[0] = attention_kernel(&t, 0);
    assert_false(kernels[0].attention.windowed);
    code_open(&plain, level, kernels, 1);
    code_values(&plain, &kernels[0], attention_values(&s));
    run_attention(&plain, 0, &t, 0, ROWS, 183, alone);
    assert_memory_equal(shared, alone, count * sizeof *shared);
    code_close(&code);
    code_close(&plain);
    float *const buffers[] = {t.q, t.keys, t.values, t.partials, t.counters, shared, alone};
    for (uint32_t i = 0; i < countof(buffers); i++)
        buffer_free(buffers[i]);
}

static void test_windows_share_code(void **state)
{
    static const struct {
        uint8_t shape;
        bool anchored;
    } cases[] = {{1, false}, {3, false}, {8, false}, {3, true}};

    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        struct few_cases few = {0};
        for (uint32_t i = 0; i < countof(cases); i++)
            for (uint32_t w = 0; w < NO_CHUNKS_OF_128; w++)
                if (takes_way(&few, level, i, &ways[w], NO_CHUNKS_OF_128))
                    try_windows(level, &shapes[cases[i].shape], &ways[w], cases[i].anchored);
        cases_end(&few, "windows", level_name(level));
    }
}

/* Both levels add in the same order. */
static void try_levels(enum dtype kv)
{
    enum { HEADS = 6, KV_HEADS = 2, HEAD_DIM = 40, STRIDE = 240, PAST = 70 };
    const struct shape s = {HEADS, KV_HEADS, HEAD_DIM, 0, kv, false, false, 50, 20.0f, MASK_causal};
    struct attend t = {
        .shape = &s, .tiles = &all_tiles, .stride = STRIDE, .chunk = 0, .act = ACT_f32};
    struct lir_kernel kernel = with_arguments(
        (struct lir_kernel){.kind = KERNEL_attention,
                            .rows_symbol = SYMBOL_ROWS,
                            .attention = {.shape = {.kv = kv,
                                                    .heads = HEADS,
                                                    .kv_heads = KV_HEADS,
                                                    .head_dim = HEAD_DIM,
                                                    .context = CONTEXT},
                                          .mask = MASK_causal,
                                          .tile_rows = all_tiles.rows[0],
                                          .keys_symbol = SYMBOL_KEYS,
                                          .windowed = 1,
                                          .capped = 1},
                            .stride = {[ATTENTION_q] = STRIDE, [ATTENTION_out] = STRIDE}});
    float *y[2];

    t.q = buffer_random((size_t)ROWS * STRIDE);
    t.keys = state_new(&s, false);
    t.values = state_new(&s, true);
    fill_state(&s, t.keys, false);
    fill_state(&s, t.values, true);
    for (uint32_t level = 0; level < 2; level++) {
        struct code code;
        y[level] = buffer_new((size_t)ROWS * STRIDE);
        code_open(&code, level, &kernel, 1);
        code_values(&code, &kernel, attention_values(&s));
        run_attention(&code, 0, &t, 0, ROWS, PAST, y[level]);
        code_close(&code);
    }
    expect_equal_bits("levels", y[1], y[0], ROWS, STRIDE);
    buffer_free(y[0]);
    buffer_free(y[1]);
    buffer_free(t.q);
    buffer_free(t.keys);
    buffer_free(t.values);
}

static void test_levels_agree(void **state)
{
    (void)state;
    if (!level_runs(1))
        skip();
    try_levels(DTYPE_f16);
    try_levels(DTYPE_q8_0);
}

static void test_tile_fits_stack(void **state)
{
    struct arena a = {0};
    struct diags d = {.arena = &a};

    (void)state;
    static const uint32_t head_dims[] = {64, 128, 192, 256};
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        for (uint32_t i = 0; i < 2 * countof(shapes); i++)
            for (uint64_t rows = 1; rows <= 512; rows *= 8) {
                const struct shape *s = &shapes[i / 2];
                const bool rounds = i % 2 == 1 && target_cpu.levels[level].traits.bf16_dot;
                struct lir_kernel k = with_arguments((struct lir_kernel){
                    .kind = KERNEL_attention,
                    .attention = {.shape = {.kv = s->kv,
                                            .heads = (i % 3 == 0 ? 8 : 1) * s->heads,
                                            .kv_heads = s->kv_heads,
                                            .head_dim = head_dims[(i + rows) % 4]},
                                  .act = rounds ? ACT_bf16 : ACT_f32}});
                choose_kernel_tile(&target_cpu, level, rows, &k);
                assert_true(target_cpu.accepts(level, &k, &d));
            }
    struct lir_kernel huge = with_arguments((struct lir_kernel){
        .kind = KERNEL_attention,
        .attention = {.shape = {.kv = DTYPE_f32, .heads = 255, .kv_heads = 1, .head_dim = 512},
                      .tile_rows = 1}});
    assert_false(target_cpu.accepts(0, &huge, &d));
    assert_int_equal(d.error_count, 1);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attention),       cmocka_unit_test(test_levels_agree),
        cmocka_unit_test(test_tile_fits_stack), cmocka_unit_test(test_windows_share_code),
        cmocka_unit_test(test_sinks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
