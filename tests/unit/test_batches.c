/* Several sequences in one run: a program for a batch gives each row the same bits as the program
 * for one token, whatever the lengths of the others and the row's own position. Tested in plain
 * loops (the evaluator) and in compiled code of each level that this machine runs. */
#include "tests/support/compare.h"
#include "tests/support/few_cases.h"
#include "tests/unit/kernel_code.h"

#define random_number random_number_of_models /* both supports have one */
#include "tests/support/lir_models.h"
#include "tests/support/program_io.h"
#undef random_number

enum { SEQUENCES = 5, BATCH = 8, CONTEXT = 1500, MAX_TOKENS = 1400 };

struct machine {
    struct sample_model model;
    struct lir_kernels kernels;
    struct lir_program one, batch;
    uint8_t *weights[2]; /* of each program: places are its own */
    uint8_t *home[HOME_COUNT];
    uint8_t *states; /* of the sequences, state_bytes apart */
    uint64_t state_bytes;
    struct code code;
    int level; /* -1: the evaluator */
};

static void machine_open(struct machine *m, const struct recipe *recipe, struct numerics numerics,
                         int level)
{
    const struct target *target = level < 0 ? &plain_target : &target_cpu;
    struct lir_program *programs[] = {&m->one, &m->batch};
    const struct variant variants[] = {variant_decode(1, 0, 1), variant_decode(BATCH, 0, 1)};

    *m = (struct machine){.level = level};
    sample_make(&m->model, recipe, 3);
    m->kernels.arena = &m->model.arena;
    for (uint32_t i = 0; i < countof(programs); i++) {
        const struct specialization s = {&variants[i], numerics.activations, target,
                                         level < 0 ? 0 : (uint32_t)level, false};
        bool good = sample_make_program(&m->model, &s, numerics.kv, &m->kernels, programs[i]);
        diags_print(&m->model.diags, stderr);
        assert_true(good);
        m->weights[i] = sample_pack(&m->model, programs[i]);
    }
    for (uint32_t h = HOME_scratch; h < HOME_COUNT; h++) {
        uint64_t bytes = max_u64(m->one.home_bytes[h], m->batch.home_bytes[h]) + 256;
        m->home[h] = memset(arena_alloc(&m->model.arena, bytes, 64), 0x55, bytes);
    }
    assert_int_equal(m->one.home_bytes[HOME_state], m->batch.home_bytes[HOME_state]);
    m->state_bytes = round_up(m->one.home_bytes[HOME_state], 64);
    uint64_t bytes = 2 * SEQUENCES * m->state_bytes;
    m->states = memset(arena_alloc(&m->model.arena, bytes, 64), 0, bytes);
    if (level >= 0)
        code_open(&m->code, (uint32_t)level, m->kernels.all, m->kernels.count);
}

static void machine_close(struct machine *m)
{
    if (m->level >= 0)
        code_close(&m->code);
    arena_free(&m->model.arena);
}

static void *input(struct machine *m, const struct lir_program *p, buf_id b)
{
    return m->home[HOME_input] + p->buffers[b].offset;
}

static void run_compiled(struct machine *m, const struct lir_program *p, uint8_t *const *homes,
                         const int64_t *dims)
{
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_step *s = &p->steps[i];
        const struct lir_kernel *k = &m->kernels.all[s->kernel];
        void *args[LIR_MAX_ARGS];
        for (uint32_t j = 0; j < lir_argument_count(k); j++) {
            const struct lir_buffer *b = &p->buffers[p->args[s->first_arg + j]];
            args[j] = homes[b->home] + b->offset + (b->is_view ? p->buffers[b->inside].offset : 0);
        }
        uint64_t tiles = s->tiles;
        if (s->tile_unit != 0)
            tiles *= ceil_div((uint64_t)dims[s->tile_symbol], s->tile_unit);
        code_values(&m->code, k, s->values);
        code_run(&m->code, s->kernel, args, dims, tiles, tiles / 3);
    }
}

/* Inputs are in place; logits of all rows are wanted. */
static const float *run(struct machine *m, const struct lir_program *p, uint8_t *states,
                        uint32_t rows, int64_t past, int64_t keys)
{
    struct lir_eval e = {.program = p};

    memcpy(e.home, m->home, sizeof e.home);
    e.home[HOME_weight] = m->weights[p == &m->batch];
    e.home[HOME_state] = states;
    const int64_t dims[] = {rows, 1, rows, past, rows, keys};
    memcpy(e.dims, dims, sizeof dims);
    for (uint32_t r = 0; r < rows; r++)
        ((int32_t *)input(m, p, input_of(p, INPUT_out_rows)))[r] = (int32_t)r;
    if (m->level < 0)
        lir_eval_steps(&e, 0, p->step_count);
    else
        run_compiled(m, p, e.home, e.dims);
    return (const float *)(const void *)(m->home[HOME_output] + p->buffers[logits_of(p)].offset);
}

static const float *run_alone(struct machine *m, uint8_t *states, int32_t token, int32_t position)
{
    *(int32_t *)input(m, &m->one, input_of(&m->one, INPUT_tokens)) = token;
    *(int32_t *)input(m, &m->one, input_of(&m->one, INPUT_positions)) = position;
    *(struct rlx_segment *)input(m, &m->one, m->one.segments) =
        (struct rlx_segment){.rows = 1, .past = (uint32_t)position};
    return run(m, &m->one, states, 1, position, position + 1);
}

static uint8_t *states_of(const struct machine *m, uint32_t sequence)
{
    return m->states + sequence * m->state_bytes;
}

/* The rows of a batch: which sequence each is. */
static const float *run_parallel_rows(struct machine *m, const uint32_t *which, uint32_t rows,
                                      const int32_t *tokens, const int32_t *lengths)
{
    int32_t longest = 0;

    assert_true(m->batch.segments != 0 && m->batch.row_segments != 0);
    for (uint32_t r = 0; r < rows; r++) {
        uint32_t sequence = which[r];
        ((int32_t *)input(m, &m->batch, input_of(&m->batch, INPUT_tokens)))[r] = tokens[sequence];
        ((int32_t *)input(m, &m->batch, input_of(&m->batch, INPUT_positions)))[r] =
            lengths[sequence];
        ((struct rlx_segment *)input(m, &m->batch, m->batch.segments))[r] =
            (struct rlx_segment){.state = states_of(m, sequence) - m->states,
                                 .first_row = r,
                                 .rows = 1,
                                 .past = (uint32_t)lengths[sequence]};
        ((int32_t *)input(m, &m->batch, m->batch.row_segments))[r] = (int32_t)r;
        longest = lengths[sequence] > longest ? lengths[sequence] : longest;
    }
    return run(m, &m->batch, m->states, rows, 0, longest + 1);
}

/* Each sequence steps alone from a copy of its states; then rows in another order step together. */
static void try_batch(struct machine *m, const uint32_t *which, uint32_t rows,
                      const int32_t *lengths)
{
    const int32_t tokens[SEQUENCES] = {3, 70, 11, 42, 11};
    uint32_t stride = logits_stride(&m->one), width = m->model.recipe.vocabulary;
    float *expected = calloc((size_t)SEQUENCES * stride, sizeof *expected);
    uint8_t *copies = states_of(m, SEQUENCES);

    assert_int_equal(stride, logits_stride(&m->batch));
    memcpy(copies, m->states, SEQUENCES * m->state_bytes);
    for (uint32_t s = 0; s < SEQUENCES; s++)
        memcpy(expected + (size_t)s * stride,
               run_alone(m, copies + s * m->state_bytes, tokens[s], lengths[s]), width * 4);
    const float *found = run_parallel_rows(m, which, rows, tokens, lengths);
    for (uint32_t r = 0; r < rows; r++) {
        expect_equal_bits("batch", found + (size_t)r * stride, expected + (size_t)which[r] * stride,
                          1, width);
        assert_memory_equal(states_of(m, which[r]), copies + which[r] * m->state_bytes,
                            m->state_bytes);
    }
    free(expected);
}

/* Past rows that no model computed do as well as others: of q8_0 the halves are scales, and any two
 * bytes are integers. */
static void fill_states(struct machine *m, enum dtype kv)
{
    uint64_t seed = 99;

    for (uint64_t i = 0; i < SEQUENCES * m->state_bytes; i += kv == DTYPE_f32 ? 4 : 2) {
        float value = random_normal(&seed) / (kv == DTYPE_q8_0 ? 127 : 1);
        uint16_t half = f32_to_f16(value);
        if (kv == DTYPE_f32)
            memcpy(m->states + i, &value, 4);
        else
            memcpy(m->states + i, &half, 2);
    }
}

static void try_recipe(const struct recipe *recipe, struct numerics numerics, int level)
{
    static const uint32_t all[] = {4, 2, 0, 3, 1}, three[] = {1, 0, 2}, single[] = {3};
    static const int32_t lengths[][SEQUENCES] = {
        {0, 0, 0, 0, 0}, {1, 64, 15, 130, 255}, {256, 0, 257, 511, MAX_TOKENS}};
    struct machine *m = malloc(sizeof *m);

    machine_open(m, recipe, numerics, level);
    for (uint32_t i = 0; i < countof(lengths); i++) {
        fill_states(m, numerics.kv);
        try_batch(m, all, countof(all), lengths[i]);
        fill_states(m, numerics.kv);
        try_batch(m, three, countof(three), lengths[i]);
        try_batch(m, single, countof(single), lengths[i]);
    }
    machine_close(m);
    free(m);
}

/* Plain loops, which also say what is right, take long under sanitizers: these see two recipes. */
static void try_level(int level)
{
    const bool is_few = cases_are_few();
    const struct numerics exact = {ACTIVATIONS_exact, DTYPE_f32},
                          usual = {ACTIVATIONS_auto, DTYPE_f16},
                          integers = {ACTIVATIONS_auto, DTYPE_q8_0};
    struct recipe r = {SAMPLE_SIZES, .dtype = DTYPE_q8_0, .qk_norm = true};

    r.context = CONTEXT;
    try_recipe(&r, exact, level);
    if (!is_few) {
        try_recipe(&r, usual, level);
        try_recipe(&r, integers, level);
    }
    r.window = 150;
    r.heads = 4;
    r.kv_heads = 1;
    r.head_dim = 24;
    r.hidden = 96;
    r.qk_norm = false;
    if (!is_few) {
        try_recipe(&r, usual, level);
        try_recipe(&r, integers, level);
    }
    r.anchored = true;
    try_recipe(&r, usual, level);
}

static void in_plain_loops(void **state)
{
    (void)state;
    try_level(-1);
}

static void compiled(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        if (level_runs(level))
            try_level((int)level);
}

static void prompts_in_batches_are_refused(void **state)
{
    const struct numerics exact = {ACTIVATIONS_exact, DTYPE_f32};
    const struct recipe r = {SAMPLE_SIZES, .dtype = DTYPE_f32};
    const struct variant refused[] = {variant_prefill(2, 32), variant_decode(2, 0, 3),
                                      variant_decode(17, 0, 1), variant_decode(0, 0, 1)};

    (void)state;
    for (uint32_t i = 0; i < countof(refused); i++) {
        struct sample_model model;
        struct lir_program p;
        sample_make(&model, &r, 1);
        struct lir_kernels kernels = {.arena = &model.arena};
        assert_false(sample_lower(&model, refused[i], exact, 0, &kernels, &p));
        assert_non_null(strstr(model.diags.first->text, "batch"));
        arena_free(&model.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_plain_loops),
        cmocka_unit_test(compiled),
        cmocka_unit_test(prompts_in_batches_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
