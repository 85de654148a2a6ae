/* Artifacts of older versions of the format run: entries that end before fields which came later,
 * no section of values. They are made of the newest by cutting. An older runtime refuses what it
 * would compute wrong.
 */
#include "runtime/core/load.h"
#include "tests/support/tiny_session.h"

/* As kernels were before launches had values: the numbers are part of them. */
static void kernel_lm_head_fixed(const struct rlx_launch *l, uint64_t first, uint64_t end)
{
    static const uint32_t factors[2] = {7, 13};

    for (uint32_t i = 0; i < RLX_LAUNCH_VALUES; i++)
        assert_int_equal(l->values[i], 0);
    lm_head_tiles(l, first, end, factors);
}

/* Entries lose all after their first `bytes`; they stay where they begin. */
static void cut_entries(struct tiny *t, uint32_t kind, uint32_t bytes)
{
    struct rlx_section *s = tiny_section(t, kind);
    uint8_t *at = t->data + s->offset;

    for (uint32_t i = 0; i < s->count; i++)
        memmove(at + (size_t)i * bytes, at + (size_t)i * s->entry_bytes, bytes);
    s->entry_bytes = bytes;
    s->bytes = (uint64_t)s->count * bytes;
}

static void drop_section(struct tiny *t, uint32_t kind)
{
    struct rlx_header *h = tiny_header(t);
    struct rlx_section *s = tiny_section(t, kind);

    memmove(s, s + 1,
            (size_t)((uint8_t *)(tiny_section_at(t, h->section_count)) - (uint8_t *)(s + 1)));
    h->section_count--;
    t->bytes -= sizeof *s;
    h->file_bytes = t->bytes;
}

/* 1.`minor`: before 1.3 there are no values, before 1.1 no batches. */
static struct tiny old_artifact(uint16_t minor)
{
    static const rlx_kernel_fn kernels[TINY_KERNELS] = {kernel_write,       kernel_sum,
                                                        kernel_copy,        kernel_lm_head_fixed,
                                                        kernel_write_batch, kernel_sum_batch};
    struct tiny t = tiny_make(kernels);

    tiny_header(&t)->minor = minor;
    cut_entries(&t, RLX_SECTION_STEPS, offsetof(struct rlx_step, first_value));
    drop_section(&t, RLX_SECTION_VALUES);
    if (minor < 1) {
        struct rlx_level *level = tiny_entry(&t, RLX_SECTION_LEVELS, 0);
        level->variant_count = 3; /* those of one sequence */
        cut_entries(&t, RLX_SECTION_VARIANTS, offsetof(struct rlx_variant_entry, row_states));
    }
    tiny_seal(&t);
    return t;
}

static void run_all(const struct tiny *t)
{
    rlx_error error = {0};
    rlx_status status = tiny_open(t, &model, &error);

    if (status != RLX_OK)
        fail_msg("%s", error.text);
    rlx_session *s = open_session(2);
    for (size_t count = 1; count <= 12; count++) {
        const float *row;
        assert_int_equal(rlx_session_prefill_logits(s, prompt, count, &row, &error), RLX_OK);
        expect_row(row, prompt, count);
        assert_int_equal(rlx_session_decode_logits(s, prompt[count], &row, &error), RLX_OK);
        expect_row(row, prompt, count + 1);
    }
    rlx_session_close(s);
    rlx_model_close(model);
}

static void test_they_run(void **state)
{
    (void)state;
    for (uint16_t minor = 0; minor < 3; minor++) {
        struct tiny t = old_artifact(minor);
        run_all(&t);
        free(t.data);
    }
    struct tiny now = tiny_runnable();
    run_all(&now);
    free(now.data);
}

/* Batches need a field that 1.0 did not have. */
static void test_batches_of_1_0(void **state)
{
    struct tiny t = old_artifact(0);
    struct rlx_level *level = tiny_entry(&t, RLX_SECTION_LEVELS, 0);
    struct artifact artifact;
    rlx_error error = {0};

    (void)state;
    level->variant_count = TINY_VARIANTS;
    tiny_seal(&t);
    assert_int_equal(artifact_check("old", t.data, t.bytes, &artifact, &error), RLX_ERROR_BAD_FILE);
    assert_non_null(strstr(error.text, "variant 3: a batch of 5, but its entry has no row_states"));
    free(t.data);
}

/* A runtime that does not know the section would leave the values out. */
static void test_values_are_required(void **state)
{
    struct tiny t = tiny_runnable();

    (void)state;
    assert_int_equal(tiny_section(&t, RLX_SECTION_VALUES)->flags, RLX_SECTION_REQUIRED);
    free(t.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_they_run),
        cmocka_unit_test(test_batches_of_1_0),
        cmocka_unit_test(test_values_are_required),
    };

    tiny_require_machine();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
