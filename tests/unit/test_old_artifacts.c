/* Artifacts of other versions of the format. Those of version 1 are refused with a word on what to
 * do. In files of newer minor versions, whose entries may be longer, the runtime takes what it
 * knows. A file that the first compiler of format 2.0 made gives the numbers that it gave then
 * (tests/artifacts/README.md).
 */
#include "runtime/base/artifact_check.h"
#include "tests/support/tiny_session.h"

static void test_format_1_is_refused(void **state)
{
    struct tiny t = tiny_runnable();
    rlx_error error = {0};

    (void)state;
    tiny_header(&t)->major = 1;
    assert_int_equal(tiny_open(&t, &model, &error), RLX_ERROR_WRONG_VERSION);
    assert_non_null(strstr(error.text, "built by an older rlxc (format 1): build it again"));
    free(t.data);
}

/* Moves a table behind everything else and appends 8 bytes to each of its entries. */
static void lengthen_entries(struct tiny *t, uint32_t kind)
{
    struct rlx_section *s = tiny_section(t, kind);
    uint32_t bytes = s->entry_bytes + 8;
    uint8_t *to = t->data + t->bytes;

    assert_true(t->bytes + (size_t)s->count * bytes <= TINY_CAPACITY);
    for (uint32_t i = 0; i < s->count; i++) {
        memcpy(to + (size_t)i * bytes, tiny_entry(t, kind, i), s->entry_bytes);
        memset(to + (size_t)i * bytes + s->entry_bytes, 0xa5, 8);
    }
    s->offset = t->bytes;
    s->entry_bytes = bytes;
    s->bytes = (uint64_t)s->count * bytes;
    t->bytes += s->bytes;
    tiny_header(t)->file_bytes = t->bytes;
}

static void test_newer_minor_versions_run(void **state)
{
    static const uint32_t tables[] = {
        RLX_SECTION_LEVELS, RLX_SECTION_KERNELS, RLX_SECTION_ENTRIES, RLX_SECTION_VARIANTS,
        RLX_SECTION_IO,     RLX_SECTION_STEPS,   RLX_SECTION_ARGS,    RLX_SECTION_STATES};
    struct tiny t = tiny_runnable();
    rlx_error error = {0};

    (void)state;
    tiny_header(&t)->minor = RLX_MINOR + 1;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        lengthen_entries(&t, tables[i]);
    tiny_seal(&t);
    if (tiny_open(&t, &model, &error) != RLX_OK)
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
    free(t.data);
}

/* ---- format 2.0 ---- */

enum {
    FRAMES = 29,
    HIDDEN_ROWS = (FRAMES + 1) / 2,
    WIDTH = 32,
    VOCABULARY = 24,
    PROMPT = 7,
    STEPS = 12,
    BLOCK = 4,
    NUMBERS = HIDDEN_ROWS * WIDTH + (2 * (1 + STEPS) + BLOCK + 1) * VOCABULARY + 2 * 64 + 2 * STEPS,
};

struct numbers {
    float all[NUMBERS];
    size_t count;
};

static void keep(struct numbers *n, const float *values, size_t count)
{
    assert_true(count <= NUMBERS - n->count);
    memcpy(n->all + n->count, values, count * sizeof *values);
    n->count += count;
}

#define GOOD(call)                      \
    do {                                \
        rlx_error error = {0};          \
        if ((call) != RLX_OK)           \
            fail_msg("%s", error.text); \
    } while (0)

static int32_t token_at(size_t i)
{
    return (int32_t)(i * 7 % 11 + i % 3);
}

/* Entry encode from made-up frames: fills the cross states, which entry main reads. */
static void encode(rlx_session *s, struct numbers *n)
{
    rlx_instance *instance = rlx_session_instance(s);
    rlx_output hidden = rlx_output_default();
    static float mel[FRAMES][16];

    for (int i = 0; i < FRAMES * 16; i++)
        mel[i / 16][i % 16] = (float)(i * 37 % 101) / 64 - 0.75F;
    GOOD(rlx_instance_set_input(instance, "encode", "mel", mel, sizeof mel, &error));
    GOOD(rlx_instance_run(instance, "encode", &error));
    GOOD(rlx_instance_get_output(instance, "encode", "hidden", &hidden, &error));
    assert_int_equal(hidden.rows, HIDDEN_ROWS);
    assert_int_equal(hidden.width, WIDTH);
    for (size_t r = 0; r < hidden.rows; r++)
        keep(n, hidden.data + r * hidden.stride, WIDTH);
    GOOD(rlx_instance_commit(instance, &error));
}

/* A prompt, then single tokens. */
static void decode(rlx_session *s, struct numbers *n)
{
    int32_t ids[PROMPT];
    const float *row;

    for (size_t i = 0; i < PROMPT; i++)
        ids[i] = token_at(i);
    GOOD(rlx_session_prefill_logits(s, ids, PROMPT, &row, &error));
    keep(n, row, VOCABULARY);
    for (size_t i = PROMPT; i < PROMPT + STEPS; i++) {
        GOOD(rlx_session_decode_logits(s, token_at(i), &row, &error));
        keep(n, row, VOCABULARY);
    }
}

static rlx_go keep_row(void *context, size_t position, const float *row)
{
    (void)position;
    keep(context, row, VOCABULARY);
    return RLX_GO_ON;
}

/* A block on trial, of which two tokens stay, and a token after them. */
static void try_block(rlx_session *s, struct numbers *n)
{
    const int32_t ids[BLOCK] = {3, 1, 4, 15};
    const float *row;

    GOOD(rlx_session_run_block(s, ids, BLOCK, keep_row, n, &error));
    GOOD(rlx_session_commit(s, 2, &error));
    GOOD(rlx_session_decode_logits(s, 9, &row, &error));
    keep(n, row, VOCABULARY);
}

/* Two sequences at once: the greedy tokens of both. */
static void step_together(rlx_session *s, struct numbers *n)
{
    rlx_session *both[2] = {s, NULL};

    GOOD(rlx_session_fork(s, &both[1], &error));
    GOOD(rlx_session_append(both[1], (const int32_t[]){5, 8}, 2, &error));
    for (int i = 0; i < STEPS; i++) {
        int32_t ids[2];
        GOOD(rlx_sessions_step(both, 2, ids, &error));
        keep(n, (const float[]){(float)ids[0], (float)ids[1]}, 2);
    }
    rlx_session_close(both[1]);
}

static void compute(uint32_t threads, struct numbers *n)
{
    rlx_session_options options = {.struct_bytes = sizeof options, .threads = threads};
    static float rows[(PROMPT + STEPS) * WIDTH];
    rlx_session *s;

    *n = (struct numbers){.count = 0};
    GOOD(rlx_model_open("tests/artifacts/format-2.0.rlx", &model, &error));
    GOOD(rlx_model_verify(model, &error));
    GOOD(rlx_session_open(model, &options, &s, &error));
    encode(s, n);
    decode(s, n);
    decode(s, n); /* all over again */
    try_block(s, n);
    step_together(s, n);
    GOOD(rlx_session_export_state(s, "past_k_0", rows, PROMPT + STEPS, &error));
    keep(n, rows, 64);
    GOOD(rlx_session_export_state(s, "past_v_0", rows, PROMPT + STEPS, &error));
    keep(n, rows + (PROMPT + STEPS) * WIDTH - 64, 64);
    assert_int_equal(n->count, NUMBERS);
    rlx_session_close(s);
    rlx_model_close(model);
}

/* One number for each line, as printf's %a. */
static void read_expected(float *expected)
{
    FILE *file = fopen("tests/artifacts/format-2.0.txt", "r");

    assert_non_null(file);
    for (size_t i = 0; i < NUMBERS; i++)
        assert_int_equal(fscanf(file, "%f", &expected[i]), 1);
    fclose(file);
}

/* For a new artifact: what read_expected reads. */
static void record(const char *path)
{
    static struct numbers n;
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    compute(1, &n);
    for (size_t i = 0; i < NUMBERS; i++)
        fprintf(file, "%a\n", (double)n.all[i]);
    assert_int_equal(fclose(file), 0);
}

static void test_format_2_0_runs(void **state)
{
    static float expected[NUMBERS];
    static struct numbers found;

    (void)state;
    if (getenv("RLX_RECORD") != NULL)
        record(getenv("RLX_RECORD"));
    read_expected(expected);
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        compute(threads, &found);
        for (size_t i = 0; i < NUMBERS; i++)
            if (found.all[i] != expected[i])
                fail_msg("number %zu: expected %a, found %a", i, (double)expected[i],
                         (double)found.all[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format_1_is_refused),
        cmocka_unit_test(test_newer_minor_versions_run),
        cmocka_unit_test(test_format_2_0_runs),
    };

    tiny_require_machine();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
