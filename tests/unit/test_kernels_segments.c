/* Attention over the segments of a run, each level that this machine runs. Every sequence alone, in
 * states of its own that keep all positions, is the truth (test_kernels_attention.c compares that
 * with plain loops); a run of several sequences, rings, scratch and cross states give the same bits,
 * in tiles of any size.
 */
#include "tests/unit/kernel_places.h"

enum { SEQUENCES = 4, KEYS_SLOT = SYMBOL_FIRST_FREE, ROWS_SLOT, ALL_ROWS = 13, FORMS = 4 };

static const uint8_t tiles[] = {1, 5};

struct sequence {
    uint32_t first_row, rows, past;
    uint8_t *states[2]; /* K, V: class rows, ROOM positions */
};

struct run {
    const struct shape *shape;
    uint32_t level, chunk, stride;
    enum act act;
    struct sequence sequences[SEQUENCES];
    float *q, *expected;
    uint8_t *partials, *counters;
    struct code alone; /* of a sequence */
    struct few_cases few;
};

/* How a run keeps its states. */
struct form {
    const char *name;
    enum state_class class;
    uint32_t context, rows_symbol, keys_symbol;
    uint32_t first, count; /* of the sequences */
    bool several;          /* the kernel has row_segments */
};

static struct lir_kernel kernel_of(const struct run *r, const struct form *f, uint32_t tile_rows)
{
    const struct shape *s = r->shape;
    const bool windowed = s->window != 0 && f->class != STATE_cross;

    return with_arguments(
        (struct lir_kernel){.kind = KERNEL_attention,
                            .rows_symbol = f->rows_symbol,
                            .present = f->several ? 1u << ATTENTION_row_segments : 0,
                            .attention = {.shape = {.kv = s->kv,
                                                    .heads = s->heads,
                                                    .kv_heads = s->kv_heads,
                                                    .head_dim = s->head_dim,
                                                    .context = f->context,
                                                    .class = f->class,
                                                    .split_kv = r->chunk != 0},
                                          .act = r->act,
                                          .mask = s->mask,
                                          .tile_rows = tile_rows,
                                          .chunk = r->chunk,
                                          .max_rows = r->chunk != 0 ? ROWS : 0,
                                          .keys_symbol = f->keys_symbol,
                                          .windowed = windowed,
                                          .capped = s->softcap != 0},
                            .stride = {[ATTENTION_q] = r->stride, [ATTENTION_out] = r->stride}});
}

static struct lir_values values_of(const struct run *r, const struct lir_kernel *k)
{
    return (struct lir_values){k->attention.windowed ? r->shape->window : 0, 0.2f,
                               r->shape->softcap};
}

/* Tiles one by one, from both ends in turns: who comes last must not matter. */
static void launch(const struct run *r, struct code *code, uint32_t index, void *const *args,
                   const int64_t *dims)
{
    const struct lir_kernel *k = &code->kernels[index];
    struct lir_step step = {.values = values_of(r, k)};
    void *slots[LIR_MAX_ARGS];

    code_values(code, k, step.values);
    code_slots(k, args, slots);
    memset(r->counters, 0, (size_t)ROWS * r->shape->kv_heads * 64);
    kernel_tiles(k, &step);
    uint64_t count = step.tiles;
    if (step.tile_unit != 0)
        count *= ceil_div((uint64_t)dims[step.tile_symbol], step.tile_unit);
    struct rlx_launch launched = code_launch(code, slots, dims);
    code_tiles_in_odd_order(code, index, &launched, count);
}

static uint64_t sequence_bytes(const struct run *r, uint32_t context)
{
    return round_up(place_bytes(r->shape, context, false), 64) +
           round_up(place_bytes(r->shape, context, true), 64);
}

/* ---- the truth ---- */

static void run_alone(struct run *r, const struct sequence *q)
{
    struct rlx_segment segment = {.rows = q->rows, .past = q->past};
    const size_t at = (size_t)q->first_row * r->stride;
    int64_t dims[RLX_DIM_COUNT] = {1, q->rows, q->rows, q->past, 1, q->past + q->rows};
    void *args[LIR_MAX_ARGS] = {
        [ATTENTION_q] = r->q + at,          [ATTENTION_keys] = q->states[0],
        [ATTENTION_values] = q->states[1],  [ATTENTION_segments] = &segment,
        [ATTENTION_out] = r->expected + at, [ATTENTION_partials] = r->partials,
        [ATTENTION_counters] = r->counters};

    launch(r, &r->alone, 0, args, dims);
}

static void open_run(struct run *r)
{
    static const uint32_t rows[SEQUENCES] = {3, 1, 7, 2}, past[SEQUENCES] = {62, 0, 121, 198};
    uint32_t first = 0;

    r->q = buffer_random((size_t)ROWS * r->stride);
    r->expected = buffer_new((size_t)ROWS * r->stride);
    r->partials = aligned_alloc(64, (size_t)ROWS * r->shape->heads * (ROOM / 64 + 2) * 1152);
    r->counters = aligned_alloc(64, (size_t)ROWS * r->shape->kv_heads * 64);
    for (uint32_t i = 0; i < SEQUENCES; i++, first += rows[i - 1]) {
        struct sequence *q = &r->sequences[i];
        *q = (struct sequence){.first_row = first, .rows = rows[i], .past = past[i]};
        for (uint32_t which = 0; which < 2; which++) {
            q->states[which] =
                aligned_alloc(64, round_up(place_bytes(r->shape, ROOM, which == 1), 64));
            place_fill(r->shape, q->states[which], ROOM, which == 1);
        }
    }
}

static void close_run(struct run *r)
{
    for (uint32_t i = 0; i < SEQUENCES; i++)
        for (uint32_t which = 0; which < 2; which++)
            free(r->sequences[i].states[which]);
    free(r->partials);
    free(r->counters);
    buffer_free(r->q);
    buffer_free(r->expected);
}

/* ---- other states ---- */

/* What an unwritten position holds must not matter: here, nothing that is a number. */
static uint8_t *states_of(const struct run *r, const struct form *f, struct rlx_segment *segments)
{
    const uint64_t each = sequence_bytes(r, f->context),
                   values_at = round_up(place_bytes(r->shape, f->context, false), 64);
    uint8_t *all = aligned_alloc(64, SEQUENCES * each);
    uint32_t scratch = 0;

    memset(all, 0xff, SEQUENCES * each);
    for (uint32_t i = 0; i < f->count; i++) {
        const struct sequence *q = &r->sequences[f->first + i];
        const uint32_t last = q->past + q->rows,
                       first = f->class == STATE_ring && last > f->context ? last - f->context : 0;
        segments[i] = (struct rlx_segment){
            .state = f->class == STATE_scratch ? -1 : (int64_t)((SEQUENCES - 1 - i) * each),
            .first_row = q->first_row - r->sequences[f->first].first_row,
            .rows = q->rows,
            .past = q->past,
            .scratch_position = scratch};
        for (uint32_t p = first; p < last; p++)
            for (uint32_t which = 0; which < 2; which++) {
                struct kv_place from = {q->states[which], ROOM, p},
                                to = {all + (which == 1 ? values_at : 0), f->context,
                                      f->class == STATE_ring      ? p % f->context
                                      : f->class == STATE_scratch ? scratch + p
                                                                  : p};
                to.state += f->class == STATE_scratch ? 0 : segments[i].state;
                place_copy(r->shape, &from, &to, which == 1);
            }
        scratch += (uint32_t)round_up(q->rows, 64);
    }
    return all;
}

static void try_form(struct run *r, const struct form *f, struct code *code, uint32_t kernel)
{
    const struct sequence *last = &r->sequences[f->first + f->count - 1];
    const uint32_t row = r->sequences[f->first].first_row,
                   rows = last->first_row + last->rows - row;
    struct rlx_segment segments[SEQUENCES];
    int32_t row_segments[ALL_ROWS];
    uint8_t *states = states_of(r, f, segments);
    int64_t dims[RLX_DIM_COUNT] = {f->count, 1, rows, 0, 1, 0, last->past + last->rows, rows};

    if (f->rows_symbol != SYMBOL_ROWS) /* whatever ROWS is */
        dims[SYMBOL_ROWS] = 1;
    for (uint32_t i = 0; i < f->count; i++) {
        for (uint32_t j = 0; j < segments[i].rows; j++)
            row_segments[segments[i].first_row + j] = (int32_t)i;
        dims[SYMBOL_KEYS] =
            max_u64((uint64_t)dims[SYMBOL_KEYS], segments[i].past + segments[i].rows);
    }
    float *y = buffer_new((size_t)ROWS * r->stride);
    void *args[LIR_MAX_ARGS] = {[ATTENTION_q] = r->q + (size_t)row * r->stride,
                                [ATTENTION_keys] = states,
                                [ATTENTION_values] =
                                    states + round_up(place_bytes(r->shape, f->context, false), 64),
                                [ATTENTION_segments] = segments,
                                [ATTENTION_row_segments] = row_segments,
                                [ATTENTION_out] = y,
                                [ATTENTION_partials] = r->partials,
                                [ATTENTION_counters] = r->counters};
    launch(r, code, kernel, args, dims);
    expect_equal_bits(f->name, y, r->expected + (size_t)row * r->stride, rows, r->stride);
    buffer_free(y);
    free(states);
}

/* A form has both tiles, one in every second shape and way to go through keys. Drivers compile slowly,
 * so Vulkan takes every second of these. */
static bool takes_tile(const struct run *r, uint32_t form, uint32_t tile)
{
    const uint32_t number = (uint32_t)(r->shape - shapes) + (r->chunk != 0) + (r->act == ACT_bf16);

    return (form + tile + number) % 2 == 0 &&
           (!level_is_vulkan(r->level) || form % 2 == number / 2 % 2);
}

static void try_forms(struct run *r, const struct form *forms, uint32_t count)
{
    struct lir_kernel kernels[FORMS * countof(tiles)];
    const struct form *form_of[countof(kernels)];
    uint32_t taken = 0;
    struct code code;

    assert_in_range(count, 1, FORMS);
    for (uint32_t i = 0; i < count * countof(tiles); i++)
        if (cases_take(&r->few, takes_tile(r, i / countof(tiles), i % countof(tiles)))) {
            form_of[taken] = &forms[i / countof(tiles)];
            kernels[taken] = kernel_of(r, form_of[taken], tiles[i % countof(tiles)]);
            taken++;
        }
    code_open(&code, r->level, kernels, taken);
    for (uint32_t i = 0; i < taken; i++)
        try_form(r, form_of[i], &code, i);
    code_close(&code);
}

/* ---- runs ---- */

static void try_rows(struct run *r)
{
    const uint32_t window = r->shape->window;
    const struct form forms[] = {
        {"several", STATE_rows, ROOM, SYMBOL_ROWS, SYMBOL_KEYS, 0, SEQUENCES, true},
        {"one of several", STATE_rows, ROOM, SYMBOL_ROWS, SYMBOL_KEYS, 2, 1, true},
        {"rings", STATE_ring, (uint32_t)round_up(window + ROWS - 1, 64), SYMBOL_ROWS, SYMBOL_KEYS,
         0, SEQUENCES, true},
        {"one ring", STATE_ring, (uint32_t)round_up(window + ROWS - 1, 64), SYMBOL_ROWS,
         SYMBOL_KEYS, 3, 1, false}};

    open_run(r);
    for (uint32_t i = 0; i < SEQUENCES; i++)
        run_alone(r, &r->sequences[i]);
    try_forms(r, forms, window != 0 ? countof(forms) : 2 /* no rings */);
    close_run(r);
}

/* Nothing came before. */
static void try_scratch(struct run *r)
{
    const struct form forms[] = {
        {"scratch", STATE_scratch, 64 * SEQUENCES, SYMBOL_ROWS, SYMBOL_ROWS, 0, SEQUENCES, true},
        {"one scratch", STATE_scratch, 64, SYMBOL_ROWS, SYMBOL_ROWS, 2, 1, false},
        {"rows of its own", STATE_scratch, 64, ROWS_SLOT, ROWS_SLOT, 2, 1, false}};

    open_run(r);
    for (uint32_t i = 0; i < SEQUENCES; i++) {
        r->sequences[i].past = 0;
        run_alone(r, &r->sequences[i]);
    }
    try_forms(r, forms, countof(forms));
    close_run(r);
}

/* All rows of all sequences see as many keys. */
static void try_cross(struct run *r)
{
    enum { CROSS_KEYS = 190 };
    const struct form forms[] = {
        {"cross", STATE_cross, ROOM, SYMBOL_ROWS, KEYS_SLOT, 0, SEQUENCES, true},
        {"one cross", STATE_cross, ROOM - 64, ROWS_SLOT, KEYS_SLOT, 2, 1, false}};

    open_run(r);
    for (uint32_t i = 0; i < SEQUENCES; i++) {
        r->sequences[i].past = CROSS_KEYS - r->sequences[i].rows;
        run_alone(r, &r->sequences[i]);
    }
    try_forms(r, forms, countof(forms));
    close_run(r);
}

static void try_shape(struct run *r)
{
    const struct form alone = {
        .context = ROOM, .rows_symbol = SYMBOL_ROWS, .keys_symbol = SYMBOL_KEYS};
    const struct lir_kernel k = kernel_of(r, &alone, 1);

    code_open(&r->alone, r->level, &k, 1);
    try_rows(r);
    try_scratch(r);
    if (r->shape->mask == MASK_none)
        try_cross(r);
    code_close(&r->alone);
}

/* The main level takes every shape in every way to go through keys; others one way of two in f32, and
 * every second shape in bf16. */
static void try_all(uint32_t chunk, enum act act)
{
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        struct run r = {.level = level, .chunk = chunk, .act = act};
        struct few_cases few = {0};
        if (act == ACT_bf16 && !level_multiplies_bf16(level))
            continue;
        for (uint32_t i = 0; i < countof(shapes); i++) {
            if (!level_takes_case(&few, level, i + (chunk != 0)))
                continue;
            r.shape = &shapes[i];
            r.stride = (uint32_t)round_up(r.shape->heads * r.shape->head_dim, 16) + 16;
            try_shape(&r);
        }
        cases_end(&few, "shapes", level_name(level));
        cases_end(&r.few, "kernels of these", level_name(level));
    }
}

static void test_tiles_of_rows(void **state)
{
    (void)state;
    try_all(0, ACT_f32);
}

static void test_chunks_of_keys(void **state)
{
    (void)state;
    try_all(64, ACT_f32);
}

static void test_bf16(void **state)
{
    (void)state;
    try_all(0, ACT_bf16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiles_of_rows),
        cmocka_unit_test(test_chunks_of_keys),
        cmocka_unit_test(test_bf16),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
