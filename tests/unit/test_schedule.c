/* The schedule obeys the target's traits: where threads can neither repeat steps nor rely on their
 * own tiles, every dependence is a barrier, and the numbers stay the same bits. */
#include "tests/support/compare.h"
#include "tests/support/lir_models.h"
#include "tests/support/program_io.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct flags {
    uint32_t steps, barriers, replicated, own;
};

static struct flags count_flags(const struct lir_program *p)
{
    struct flags found = {.steps = p->step_count};

    for (uint32_t i = 0; i < p->step_count; i++) {
        const uint8_t flags = p->steps[i].flags;
        found.barriers += (flags & STEP_barrier) != 0;
        found.replicated += (flags & STEP_replicated) != 0;
        found.own += (flags & (STEP_replicated | STEP_shared)) == 0;
    }
    return found;
}

static int32_t *input_at(const struct lir_eval *e, buf_id buffer)
{
    return (int32_t *)(void *)(e->home[HOME_input] + e->program->buffers[buffer].offset);
}

/* Logits of the last of `rows` tokens, which begin a sequence. */
static void run(struct sample_model *m, struct lir_program *p, uint32_t rows, float *logits)
{
    struct lir_eval e = {
        .program = p,
        .dims = {
            [SYMBOL_BATCH] = 1, [SYMBOL_SEQ] = rows, [SYMBOL_ROWS] = rows, [SYMBOL_OUT_ROWS] = 1}};

    for (uint32_t home = 0; home < HOME_COUNT; home++) {
        const uint64_t bytes = p->home_bytes[home] + 64;
        e.home[home] = memset(arena_alloc(&m->arena, bytes, 64), 0xff, bytes);
    }
    e.home[HOME_weight] = sample_pack(m, p);
    for (uint32_t i = 0; i < rows; i++) {
        input_at(&e, input_of(p, INPUT_tokens))[i] = (int32_t)(7 * i % m->recipe.vocabulary);
        input_at(&e, input_of(p, INPUT_positions))[i] = (int32_t)i;
    }
    input_at(&e, input_of(p, INPUT_out_rows))[0] = (int32_t)rows - 1;
    put_segment(p, e.home[HOME_input], rows, 0);
    lir_eval_steps(&e, 0, p->step_count);
    memcpy(logits, e.home[HOME_output] + p->buffers[logits_of(p)].offset,
           m->recipe.vocabulary * sizeof *logits);
}

static void lower_for(struct sample_model *m, uint32_t rows, uint32_t level, struct lir_program *p)
{
    const struct numerics numerics = {ACTIVATIONS_auto, DTYPE_f32};
    struct lir_kernels *kernels = arena_new(&m->arena, struct lir_kernels, 1);

    kernels->arena = &m->arena;
    if (!sample_lower(m, variant_prefill(1, rows), numerics, level, kernels, p)) {
        diags_print(&m->diags, stderr); /* the verifier's as well */
        fail();
    }
}

static void test_traits(void **state)
{
    static const uint32_t rows[] = {1, 8, 32};
    const struct recipe recipe = {SAMPLE_SIZES, .dtype = DTYPE_q8_0};
    struct sample_model m;

    (void)state;
    sample_make(&m, &recipe, 5);
    for (uint32_t i = 0; i < countof(rows); i++) {
        struct lir_program able, waits;
        float *logits[2];
        lower_for(&m, rows[i], PLAIN_f32, &able);
        lower_for(&m, rows[i], PLAIN_waits, &waits);
        const struct flags a = count_flags(&able), w = count_flags(&waits);
        assert_int_equal(a.steps, w.steps);
        assert_int_equal(w.replicated, 0);
        assert_int_equal(w.own, 0);
        assert_int_equal(waits.home_bytes[HOME_thread], 0);
        assert_true(a.replicated != 0); /* of a prompt: in the lm_head */
        assert_true((a.own != 0) == (rows[i] == 1));
        assert_true(w.barriers > a.barriers);
        for (uint32_t j = 0; j < 2; j++) {
            logits[j] = arena_alloc(&m.arena, recipe.vocabulary * sizeof(float), 64);
            run(&m, j == 0 ? &able : &waits, rows[i], logits[j]);
        }
        expect_equal_bits("logits", logits[1], logits[0], 1, recipe.vocabulary);
        for (uint32_t j = 0; j < recipe.vocabulary; j++)
            assert_true(isfinite(logits[0][j]));
    }
    arena_free(&m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_traits)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
