/* rope and append, and all writes of states by segment, each level that this machine runs. What
 * kv_write makes of one sequence is the truth (test_kernels_kv_write.c compares that with plain
 * loops): rope and append together give the same bits, and so do both in a run of several sequences,
 * wherever the class of a state puts a position.
 */
#include "tests/unit/kernel_places.h"

enum kernel { KV_WRITE, ROPE_Q, ROPE_K, APPEND_K, APPEND_V, KERNELS };

enum { SEQUENCES = 3, ROWS_SLOT = SYMBOL_FIRST_FREE, MATRICES = 3, UNWRITTEN = 0x55 };

static const uint32_t rows_of[SEQUENCES] = {5, 1, 11}, past_of[SEQUENCES] = {60, 0, 121};

struct write {
    const struct shape *shape;
    uint32_t level, stride;
    float *x[MATRICES]; /* q, k and v of all rows, a matrix each */
    float *table, *norms[2], *rotated;
    uint8_t *states[SEQUENCES][2]; /* K, V of each sequence: class rows, ROOM positions */
    struct code code;              /* KERNELS of each form */
};

struct form {
    const char *name;
    enum state_class class;
    uint32_t context, rows_symbol, first, count; /* of the sequences */
    bool several, has_positions;
};

static const struct form forms[] = {
    /* each sequence alone: the truth */
    {"0", STATE_rows, ROOM, SYMBOL_ROWS, 0, 1, false, true},
    {"1", STATE_rows, ROOM, SYMBOL_ROWS, 1, 1, false, true},
    {"2", STATE_rows, ROOM, SYMBOL_ROWS, 2, 1, false, true},
    {"several", STATE_rows, ROOM, SYMBOL_ROWS, 0, SEQUENCES, true, true},
    {"rings", STATE_ring, 64, SYMBOL_ROWS, 0, SEQUENCES, true, true},
    {"one ring", STATE_ring, 64, SYMBOL_ROWS, 2, 1, false, true},
    {"scratch", STATE_scratch, 64 * SEQUENCES, SYMBOL_ROWS, 0, SEQUENCES, true, false},
    {"rows of its own", STATE_scratch, 64, ROWS_SLOT, 2, 1, false, false},
    {"cross", STATE_cross, 64, SYMBOL_ROWS, 0, SEQUENCES, true, false},
    {"one cross", STATE_cross, 64, ROWS_SLOT, 0, 1, false, false},
};

static uint32_t first_row_of(uint32_t sequence)
{
    return sequence == 0 ? 0 : first_row_of(sequence - 1) + rows_of[sequence - 1];
}

static float *rows_at(const struct write *w, uint32_t which, uint32_t sequence)
{
    return w->x[which] + (size_t)first_row_of(sequence) * w->stride;
}

/* ---- kernels ---- */

static struct head_shape shape_of(const struct shape *s, const struct form *f, bool has_q)
{
    return (struct head_shape){.kv = s->kv,
                               .heads = has_q ? s->heads : 0,
                               .kv_heads = s->kv_heads,
                               .head_dim = s->head_dim,
                               .context = f->context,
                               .class = f->class};
}

static struct lir_kernel kv_write_kernel(const struct write *w, const struct form *f)
{
    const struct shape *s = w->shape;

    return with_arguments((struct lir_kernel){
        .kind = KERNEL_kv_write,
        .rows_symbol = f->rows_symbol,
        .present = (s->qk_norm ? 1u << KV_WRITE_q_norm | 1u << KV_WRITE_k_norm : 0) |
                   (f->several ? 1u << KV_WRITE_row_segments : 0),
        .stride = {[KV_WRITE_q] = w->stride,
                   [KV_WRITE_k] = w->stride,
                   [KV_WRITE_v] = w->stride,
                   [KV_WRITE_out] = w->stride},
        .kv_write = {.shape = shape_of(s, f, true),
                     .n_rot = s->n_rot,
                     .interleaved = s->interleaved,
                     .epsilon = 1e-6f}});
}

static struct lir_kernel rope_kernel(const struct write *w, bool is_key)
{
    const struct shape *s = w->shape;

    return with_arguments(
        (struct lir_kernel){.kind = KERNEL_rope,
                            .rows_symbol = SYMBOL_ROWS,
                            .present = s->qk_norm ? 1u << ROPE_norm : 0,
                            .stride = {[ROPE_x] = w->stride, [ROPE_out] = w->stride},
                            .rope = {.heads = is_key ? s->kv_heads : s->heads,
                                     .head_dim = s->head_dim,
                                     .n_rot = s->n_rot,
                                     .interleaved = s->interleaved,
                                     .hadamard = !is_key && s->kv == DTYPE_q8_0,
                                     .epsilon = 1e-6f,
                                     .kv_heads = is_key ? 0 : s->kv_heads}});
}

static struct lir_kernel append_kernel(const struct write *w, const struct form *f, bool is_value)
{
    return with_arguments((struct lir_kernel){
        .kind = KERNEL_append,
        .rows_symbol = f->rows_symbol,
        .present = (f->has_positions ? 1u << APPEND_positions : 0) |
                   (f->several ? 1u << APPEND_row_segments : 0),
        .stride = {[APPEND_x] = w->stride},
        .append = {.shape = shape_of(w->shape, f, false), .is_value = is_value}});
}

/* ---- runs ---- */

struct run { /* the sequences of a form */
    struct rlx_segment segments[SEQUENCES];
    int32_t row_segments[ROWS], positions[ROWS];
    int64_t dims[RLX_DIM_COUNT];
    uint32_t rows;
    uint8_t *states; /* of all */
    uint64_t values_at, each;
};

static void run_open(struct run *r, const struct write *w, const struct form *f)
{
    uint32_t scratch = 0;

    *r = (struct run){.values_at = round_up(place_bytes(w->shape, f->context, false), 64)};
    r->each = r->values_at + round_up(place_bytes(w->shape, f->context, true), 64);
    r->states = aligned_alloc(64, SEQUENCES * r->each);
    memset(r->states, UNWRITTEN, SEQUENCES * r->each);
    for (uint32_t i = 0; i < f->count; i++) {
        const uint32_t rows = rows_of[f->first + i], past = past_of[f->first + i];
        r->segments[i] = (struct rlx_segment){.state = (int64_t)((f->count - 1 - i) * r->each),
                                              .first_row = r->rows,
                                              .rows = rows,
                                              .past = past,
                                              .scratch_position = scratch};
        for (uint32_t j = 0; j < rows; j++, r->rows++) {
            r->positions[r->rows] = (int32_t)(past + j);
            r->row_segments[r->rows] = (int32_t)i;
        }
        scratch += (uint32_t)round_up(rows, 64);
    }
    r->dims[SYMBOL_BATCH] = f->count;
    r->dims[f->rows_symbol] = r->rows;
}

/* kv_write does not write states of other sequences; its kernel there is that of the first form. */
static void open_code(struct write *w)
{
    struct lir_kernel kernels[countof(forms) * KERNELS];

    for (uint32_t i = 0; i < countof(forms); i++) {
        struct lir_kernel *k = &kernels[i * KERNELS];
        k[KV_WRITE] = kv_write_kernel(w, &forms[forms[i].class == STATE_cross ? 0 : i]);
        k[ROPE_Q] = rope_kernel(w, false);
        k[ROPE_K] = rope_kernel(w, true);
        k[APPEND_K] = append_kernel(w, &forms[i], false);
        k[APPEND_V] = append_kernel(w, &forms[i], true);
    }
    code_open(&w->code, w->level, kernels, countof(kernels));
}

static void run_kernel(const struct write *w, const struct form *f, enum kernel which,
                       void *const *args, const int64_t *dims, uint64_t tiles)
{
    code_run(&w->code, (uint32_t)(f - forms) * KERNELS + which, args, dims, tiles, tiles / 3);
}

static void run_kv_write(const struct write *w, const struct form *f, struct run *r, float *out)
{
    void *args[LIR_MAX_ARGS] = {[KV_WRITE_q] = rows_at(w, 0, f->first),
                                [KV_WRITE_k] = rows_at(w, 1, f->first),
                                [KV_WRITE_v] = rows_at(w, 2, f->first),
                                [KV_WRITE_table] = w->table,
                                [KV_WRITE_positions] = r->positions,
                                [KV_WRITE_q_norm] = w->norms[0],
                                [KV_WRITE_k_norm] = w->norms[1],
                                [KV_WRITE_segments] = r->segments,
                                [KV_WRITE_row_segments] = r->row_segments,
                                [KV_WRITE_out] = out,
                                [KV_WRITE_keys] = r->states,
                                [KV_WRITE_values] = r->states + r->values_at};

    run_kernel(w, f, KV_WRITE, args, r->dims, (uint64_t)w->shape->kv_heads * r->rows);
}

static void run_rope(const struct write *w, const struct form *f, struct run *r, bool is_key,
                     float *out, float *counters)
{
    const uint32_t heads = is_key ? w->shape->kv_heads : w->shape->heads;
    int64_t dims[RLX_DIM_COUNT] = {[SYMBOL_ROWS] = r->rows};
    void *args[LIR_MAX_ARGS] = {[ROPE_x] = rows_at(w, is_key, f->first),
                                [ROPE_table] = w->table,
                                [ROPE_positions] = r->positions,
                                [ROPE_norm] = w->norms[is_key],
                                [ROPE_out] = out,
                                [ROPE_counters] = counters};

    run_kernel(w, f, is_key ? ROPE_K : ROPE_Q, args, dims, (uint64_t)heads * r->rows);
}

/* `keys`: rows of rotated keys. */
static void run_append(const struct write *w, const struct form *f, struct run *r, float *keys)
{
    for (uint32_t which = 0; which < 2; which++) {
        void *args[LIR_MAX_ARGS] = {[APPEND_x] = which == 1 ? rows_at(w, 2, f->first) : keys,
                                    [APPEND_positions] = r->positions,
                                    [APPEND_segments] = r->segments,
                                    [APPEND_row_segments] = r->row_segments,
                                    [APPEND_keys] = r->states,
                                    [APPEND_values] = r->states + r->values_at};
        run_kernel(w, f, which == 1 ? APPEND_V : APPEND_K, args, r->dims,
                   (uint64_t)w->shape->kv_heads * r->rows);
    }
}

/* ---- the truth, and what is compared with it ---- */

static void write_open(struct write *w)
{
    const struct shape *s = w->shape;

    w->stride = (uint32_t)round_up(s->heads * s->head_dim, 16) + 16;
    for (uint32_t i = 0; i < MATRICES; i++)
        w->x[i] = buffer_random((size_t)ROWS * w->stride);
    w->table = buffer_random((size_t)CONTEXT * (s->n_rot + 1));
    w->norms[0] = buffer_random(round_up(s->head_dim, 16));
    w->norms[1] = buffer_random(round_up(s->head_dim, 16));
    w->rotated = buffer_new((size_t)ROWS * w->stride);
    open_code(w);
    for (uint32_t i = 0; i < SEQUENCES; i++) {
        struct run r;
        run_open(&r, w, &forms[i]);
        run_kv_write(w, &forms[i], &r, w->rotated + (size_t)first_row_of(i) * w->stride);
        w->states[i][0] = r.states;
        w->states[i][1] = r.states + r.values_at;
    }
}

static void write_close(struct write *w)
{
    float *const all[] = {w->x[0],     w->x[1],     w->x[2],   w->table,
                          w->norms[0], w->norms[1], w->rotated};

    for (uint32_t i = 0; i < countof(all); i++)
        buffer_free(all[i]);
    for (uint32_t i = 0; i < SEQUENCES; i++)
        free(w->states[i][0]);
    code_close(&w->code);
}

/* The rows of all segments, where they must stand; and nothing else. */
static void expect_states(const struct write *w, const struct form *f, const struct run *r)
{
    const uint64_t bytes = place_bytes(w->shape, 64, true) + place_bytes(w->shape, 64, false);
    uint8_t *unwritten = memset(malloc(bytes), UNWRITTEN, bytes);

    for (uint32_t i = 0; i < f->count; i++)
        for (uint32_t j = 0; j < r->segments[i].rows * 2; j++) {
            const struct rlx_segment *s = &r->segments[i];
            const uint32_t position = s->past + j / 2;
            const bool is_value = j % 2 == 1;
            struct kv_place from = {w->states[f->first + i][is_value], ROOM, position},
                            to = {r->states + (is_value ? r->values_at : 0), f->context,
                                  f->class == STATE_ring      ? position % f->context
                                  : f->class == STATE_scratch ? s->scratch_position + j / 2
                                  : f->class == STATE_cross   ? j / 2
                                                              : position};
            to.state += f->class == STATE_scratch ? 0 : s->state;
            if (!place_copy(w->shape, &from, &to, is_value))
                fail_msg("%s, kv %u: row %u of segment %u, %s", f->name, w->shape->kv, j / 2, i,
                         is_value ? "value" : "key");
            place_copy(w->shape, &(struct kv_place){unwritten, 64, 0}, &to, is_value);
        }
    for (uint64_t i = 0; i < SEQUENCES * r->each; i++)
        assert_int_equal(r->states[i], UNWRITTEN);
    free(unwritten);
}

static void try_form(const struct write *w, const struct form *f)
{
    float *expected = w->rotated + (size_t)first_row_of(f->first) * w->stride;
    const uint32_t width = w->shape->heads * w->shape->head_dim;
    float *q = buffer_new((size_t)ROWS * w->stride), *k = buffer_new((size_t)ROWS * w->stride),
          *counters = buffer_new((size_t)ROWS * w->shape->kv_heads * 16);
    struct run r;

    if (f->class != STATE_cross) { /* which kv_write does not write */
        run_open(&r, w, f);
        run_kv_write(w, f, &r, q);
        expect_equal_bits("kv_write", q, expected, r.rows, w->stride);
        expect_states(w, f, &r);
        free(r.states);
    }
    run_open(&r, w, f);
    run_rope(w, f, &r, true, k, NULL);
    memset(q, 0, (size_t)ROWS * w->stride * sizeof *q);
    run_rope(w, f, &r, false, q, counters);
    for (uint32_t row = 0; row < r.rows; row++)
        expect_equal_bits("rope", q + (size_t)row * w->stride, expected + (size_t)row * w->stride,
                          1, width);
    for (uint32_t i = 0; i < r.rows * w->shape->kv_heads && !level_is_c(w->level); i++)
        assert_true(((const uint32_t *)(const void *)counters)[16 * i] == 0);
    run_append(w, f, &r, k);
    expect_states(w, f, &r);
    free(r.states);
    buffer_free(q);
    buffer_free(k);
    buffer_free(counters);
}

static void try_shape(uint32_t level, const struct shape *s)
{
    struct write w = {.shape = s, .level = level};

    write_open(&w);
    for (uint32_t i = 0; i < countof(forms); i++)
        try_form(&w, &forms[i]);
    write_close(&w);
}

static void test_writes(void **state)
{
    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        struct few_cases few = {0};
        for (uint32_t i = 0; i < countof(shapes); i++)
            if (level_takes_case(&few, level, i))
                try_shape(level, &shapes[i]);
        cases_end(&few, "shapes", level_name(level));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
