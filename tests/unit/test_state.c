/* State on compiled golden models, with the KV cache in f32 and in f16: rows are the same across
 * buckets; an installed prefix or a loaded session continues bit for bit like its origin (and like
 * the reference, if numbers are exact); committed short runs equal single tokens.
 * test_state_rules.c tests refusals. */
#include "tests/support/compiled.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { TOKENS = 38 /* that every case has */, FIRST = 9, GREEDY = 24, MAX_LAYERS = 8 };

static const struct compiled_case {
    const char *model, *expected, *options;
    bool exact; /* greedy tokens are the reference's */
} cases[] = {
    {"golden/llama-f32", "golden/llama-f32/expected.safetensors", "--exact --context=100", true},
    {"golden/gguf/qwen3-Q8_0.gguf", "golden/gguf/qwen3-Q8_0.expected.safetensors",
     "--kv=f16 --variants=decode=1,blocks=2:16,prefill=32:64", false},
    {"golden/qwen2-bf16", "golden/qwen2-bf16/expected.safetensors",
     "--kv=f32 --variants=decode=1,blocks=2:8,prefill=32:64", false},
};
enum { CASES = sizeof cases / sizeof cases[0] };

struct opened {
    struct safetensors_reader reader;
    const int32_t *tokens, *greedy_prompt, *greedy;
    size_t greedy_prompt_count;
    rlx_model *model;
    size_t vocabulary, layers, width; /* width: values in a row of state */
};

static void open_case(const struct compiled_case *c, struct opened *o)
{
    bool lacking;
    char *path = strdup(test_shared(c->model));
    if (!safetensors_read(&o->reader, test_shared(c->expected))) {
        print_message("skipped: no golden data at %s\n", test_shared("golden"));
        free(path);
        skip();
    }
    o->model = compiled_open(path, c->options, &lacking);
    free(path);
    assert_non_null(o->model);
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_model_get_info(o->model, &info);
    o->vocabulary = info.vocabulary;
    o->layers = info.layers;
    o->width = (size_t)info.kv_heads * info.head_dim;
    assert_in_range(o->layers, 1, MAX_LAYERS);
    struct test_tensor tokens = safetensors_get(&o->reader, "tokens"),
                       prompt = safetensors_get(&o->reader, "greedy.prompt"),
                       greedy = safetensors_get(&o->reader, "greedy.tokens");
    assert_true(tokens.count >= TOKENS && greedy.count >= GREEDY);
    o->tokens = tokens.i32;
    o->greedy_prompt = prompt.i32;
    o->greedy_prompt_count = prompt.count;
    o->greedy = greedy.i32;
}

static void close_case(struct opened *o)
{
    rlx_model_close(o->model);
    safetensors_close(&o->reader);
}

static rlx_error error;

static void must(rlx_status status)
{
    if (status != RLX_OK)
        fail_msg("%s", error.text);
}

/* ---- all rows of all states ---- */

struct rows {
    size_t count;
    float *side[2][MAX_LAYERS]; /* K and V of each layer */
};

static struct rows export_rows(const rlx_session *session, const struct opened *o)
{
    struct rows rows = {.count = rlx_session_past(session)};
    char name[32];
    for (int v = 0; v < 2; v++) {
        for (size_t layer = 0; layer < o->layers; layer++) {
            snprintf(name, sizeof name, "past_%c_%zu", v ? 'v' : 'k', layer);
            rows.side[v][layer] = malloc((rows.count + 1) * o->width * sizeof(float));
            must(rlx_session_export_state(session, name, rows.side[v][layer], rows.count, &error));
        }
    }
    return rows;
}

static void free_rows(struct rows *rows)
{
    for (int v = 0; v < 2; v++)
        for (size_t layer = 0; layer < MAX_LAYERS; layer++)
            free(rows->side[v][layer]);
}

static void expect_beginning(const struct rows *all, const struct rows *part,
                             const struct opened *o)
{
    for (int v = 0; v < 2; v++)
        for (size_t layer = 0; layer < o->layers; layer++)
            assert_memory_equal(all->side[v][layer], part->side[v][layer],
                                part->count * o->width * sizeof(float));
}

static void install(rlx_session *session, const int32_t *ids, const struct rows *rows)
{
    const float *keys[MAX_LAYERS], *values[MAX_LAYERS];
    for (size_t layer = 0; layer < MAX_LAYERS; layer++) {
        keys[layer] = rows->side[0][layer];
        values[layer] = rows->side[1][layer];
    }
    must(rlx_session_install_prefix(session, ids, rows->count, keys, values, 0, &error));
}

/* ---- making tokens ---- */

static void generate(rlx_session *session, size_t count, int32_t *ids)
{
    rlx_generate_options options = {
        .struct_bytes = sizeof options, .max = (uint32_t)count, .ignore_end = true, .ids = ids};
    size_t made;
    rlx_end why;
    must(rlx_session_generate(session, &options, &made, &why, &error));
    assert_int_equal(made, count);
}

/* Logits of every token of `tokens`, fed one by one. */
static float *single_rows(const struct opened *o)
{
    rlx_session *session = compiled_session(o->model, 1);
    struct compiled_rows rows = {calloc(TOKENS * o->vocabulary, sizeof(float)), o->vocabulary};
    must(rlx_session_run_logits(session, o->tokens, TOKENS, 1, compiled_keep_row, &rows, &error));
    rlx_session_close(session);
    return rows.out;
}

static void expect_row(const struct opened *o, const float *truth, size_t position,
                       const float *found)
{
    expect_equal_bits("logits", found, truth + position * o->vocabulary, 1, o->vocabulary);
}

/* ---- the tests ---- */

/* Tokens come one by one and in runs of every length that a bucket ends at; what was written once
 * reads the same ever after. */
static void test_rows_across_buckets(void **state)
{
    static const uint32_t runs[] = {1, 1, 2, 3, 1, 7, 8, 1, 9, 5};
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        struct opened o;
        open_case(&cases[c], &o);
        rlx_session *mixed = compiled_session(o.model, 2), *single = compiled_session(o.model, 1);
        struct compiled_rows rows = {calloc(TOKENS * o.vocabulary, sizeof(float)), o.vocabulary};
        must(rlx_session_run_logits(single, o.tokens, TOKENS, 1, compiled_keep_row, &rows, &error));
        struct rows all = export_rows(single, &o);
        assert_int_equal(all.count, TOKENS);
        for (size_t i = 0, at = 0; i < sizeof runs / sizeof runs[0]; at += runs[i++]) {
            must(rlx_session_run_logits(mixed, o.tokens + at, runs[i], 0, compiled_keep_row, &rows,
                                        &error));
            struct rows part = export_rows(mixed, &o);
            assert_int_equal(part.count, at + runs[i]);
            expect_beginning(&all, &part, &o);
            free_rows(&part);
        }
        assert_int_equal(rlx_session_past(mixed), TOKENS);
        free_rows(&all);
        free(rows.out);
        rlx_session_close(mixed);
        rlx_session_close(single);
        close_case(&o);
    }
}

/* Another session, after other tokens and with other threads, takes over in the middle. */
static void test_install_goes_on(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        struct opened o;
        int32_t first[FIRST], rest[GREEDY], taken[GREEDY];
        open_case(&cases[c], &o);
        rlx_session *giver = compiled_session(o.model, 1), *taker = compiled_session(o.model, 2);
        must(rlx_session_prefill(giver, o.greedy_prompt, o.greedy_prompt_count, &error));
        generate(giver, FIRST, first);
        must(rlx_session_prefill(taker, o.tokens, TOKENS, &error));
        generate(taker, 3, taken);

        struct rows rows = export_rows(giver, &o);
        const int32_t *history = rlx_session_history(giver);
        install(taker, history, &rows);
        assert_int_equal(rlx_session_tokens(taker), rows.count);
        assert_int_equal(rlx_session_past(taker), rows.count);
        struct rows again = export_rows(taker, &o);
        expect_beginning(&rows, &again, &o);
        must(rlx_session_append(taker, history + rows.count, 1, &error));
        generate(giver, GREEDY - FIRST, rest);
        generate(taker, GREEDY - FIRST, taken);
        assert_memory_equal(rest, taken, (GREEDY - FIRST) * sizeof *rest);
        if (cases[c].exact) {
            assert_memory_equal(first, o.greedy, FIRST * sizeof *first);
            assert_memory_equal(taken, o.greedy + FIRST, (GREEDY - FIRST) * sizeof *taken);
        }
        struct rows given = export_rows(giver, &o), followed = export_rows(taker, &o);
        assert_int_equal(given.count, followed.count);
        expect_beginning(&given, &followed, &o);
        free_rows(&given);
        free_rows(&followed);
        free_rows(&again);
        free_rows(&rows);
        rlx_session_close(giver);
        rlx_session_close(taker);
        close_case(&o);
    }
}

/* A state that is bound to its own rows changes nothing; bound to others, it does. */
static void test_bind(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        struct opened o;
        const float *row;
        open_case(&cases[c], &o);
        rlx_session *session = compiled_session(o.model, 2);
        float *truth = single_rows(&o), *kept = malloc(o.vocabulary * sizeof *kept);
        must(rlx_session_prefill_logits(session, o.tokens, 12, &row, &error));
        struct rows rows = export_rows(session, &o);
        must(rlx_session_bind_state(session, "past_v_1", rows.side[1][1], 12, &error));
        must(rlx_session_decode_logits(session, o.tokens[12], &row, &error));
        expect_row(&o, truth, 12, row);

        must(rlx_session_truncate(session, 12, &error));
        must(rlx_session_bind_state(session, "past_v_1", rows.side[1][1], 5, &error));
        must(rlx_session_export_state(session, "past_v_1", rows.side[0][0], 12, &error));
        expect_equal_bits("past_v_1", rows.side[0][0], rows.side[1][1], 5, o.width);
        expect_all("past_v_1 from row 5 on", rows.side[0][0] + 5 * o.width, 0, 7 * o.width);
        must(rlx_session_decode_logits(session, o.tokens[12], &row, &error));
        memcpy(kept, row, o.vocabulary * sizeof *kept);
        assert_true(memcmp(kept, truth + 12 * o.vocabulary, o.vocabulary * sizeof *kept) != 0);
        free_rows(&rows);
        free(truth);
        free(kept);
        rlx_session_close(session);
        close_case(&o);
    }
}

/* For short runs of each length and every n of it: rows as of single tokens, nothing advanced, and
 * after the commit everything as if n had been fed one by one. */
static void test_short_runs(void **state)
{
    static const size_t lengths[] = {1, 2, 5, 16, 19};
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        struct opened o;
        open_case(&cases[c], &o);
        float *truth = single_rows(&o);
        struct compiled_rows rows = {calloc(TOKENS * o.vocabulary, sizeof(float)), o.vocabulary};
        rlx_session *session = compiled_session(o.model, 2);
        for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
            size_t q = lengths[l], step = q > 5 ? 5 : 1;
            for (size_t n = 0; n <= q; n += step) {
                const float *row;
                must(rlx_session_prefill(session, o.tokens, FIRST, &error));
                must(rlx_session_run_block(session, o.tokens + FIRST, q, compiled_keep_row, &rows,
                                           &error));
                assert_int_equal(rlx_session_tokens(session), FIRST);
                assert_int_equal(rlx_session_past(session), FIRST);
                expect_equal_bits("block", rows.out + FIRST * o.vocabulary,
                                  truth + FIRST * o.vocabulary, q, o.vocabulary);
                must(rlx_session_commit(session, n, &error));
                assert_int_equal(rlx_session_tokens(session), FIRST + n);
                assert_int_equal(rlx_session_past(session), FIRST + n);
                assert_memory_equal(rlx_session_history(session), o.tokens,
                                    (FIRST + n) * sizeof *o.tokens);
                must(rlx_session_decode_logits(session, o.tokens[FIRST + n], &row, &error));
                expect_row(&o, truth, FIRST + n, row);
            }
        }
        free(truth);
        free(rows.out);
        rlx_session_close(session);
        close_case(&o);
    }
}

static void keep_best(float *row, size_t width, int32_t *id)
{
    *id = 0;
    for (size_t i = 1; i < width; i++)
        if (row[i] > row[*id])
            *id = (int32_t)i;
}

/* Greedy speculation with guesses that are right up to a place that moves: equals greedy decoding.
 */
static void test_speculation(void **state)
{
    enum { GUESSES = 4 };
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        struct opened o;
        int32_t truth[GREEDY + GUESSES + 1], id, block[GUESSES + 1];
        const float *row;
        open_case(&cases[c], &o);
        rlx_session *plain = compiled_session(o.model, 1), *fast = compiled_session(o.model, 2);
        struct compiled_rows rows = {calloc(100 * o.vocabulary, sizeof(float)), o.vocabulary};
        must(rlx_session_prefill(plain, o.greedy_prompt, o.greedy_prompt_count, &error));
        generate(plain, GREEDY + GUESSES + 1, truth);
        must(
            rlx_session_prefill_logits(fast, o.greedy_prompt, o.greedy_prompt_count, &row, &error));
        id = truth[0];
        for (size_t made = 1, round = 0; made < GREEDY; round++) {
            size_t right = round % (GUESSES + 1), kept = 1, at = rlx_session_past(fast);
            block[0] = id;
            for (size_t i = 0; i < GUESSES; i++)
                block[i + 1] = i < right ? truth[made + i] : (truth[made + i] + 1) % 200;
            must(rlx_session_run_block(fast, block, GUESSES + 1, compiled_keep_row, &rows, &error));
            keep_best(rows.out + at * o.vocabulary, o.vocabulary, &id);
            while (kept <= GUESSES && block[kept] == id) {
                keep_best(rows.out + (at + kept) * o.vocabulary, o.vocabulary, &id);
                kept++;
            }
            assert_int_equal(kept, right + 1);
            must(rlx_session_commit(fast, kept, &error));
            made += kept;
            assert_int_equal(id, truth[made - 1]);
        }
        free(rows.out);
        rlx_session_close(plain);
        rlx_session_close(fast);
        close_case(&o);
    }
}

/* ---- files ---- */

static char *contents(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    char *data = malloc(1 << 22);
    assert_non_null(file);
    *bytes = fread(data, 1, 1 << 22, file);
    fclose(file);
    return data;
}

static void expect_equal_files(const char *one, const char *other)
{
    size_t one_bytes, other_bytes;
    char *a = contents(one, &one_bytes), *b = contents(other, &other_bytes);
    assert_int_equal(one_bytes, other_bytes);
    assert_memory_equal(a, b, one_bytes);
    free(a);
    free(b);
}

/* Saved in the middle, loaded elsewhere after other tokens: greedy and sampled, what follows is
 * what would have followed, and the file written again is the same file. */
static void test_save_and_load(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        struct opened o;
        int32_t first[FIRST], rest[GREEDY], loaded[GREEDY];
        char one[1024], other[1024];
        open_case(&cases[c], &o);
        snprintf(one, sizeof one, "%s", temporary_path(&test_folder, "one.state"));
        snprintf(other, sizeof other, "%s", temporary_path(&test_folder, "other.state"));
        rlx_session *saver = compiled_session(o.model, 2), *loader = compiled_session(o.model, 1);
        must(rlx_session_prefill(saver, o.greedy_prompt, o.greedy_prompt_count, &error));
        generate(saver, FIRST, first);
        must(rlx_session_save(saver, one, &error));
        must(rlx_session_prefill(loader, o.tokens, TOKENS, &error));
        generate(loader, 3, loaded);
        must(rlx_session_load(loader, one, &error));
        assert_int_equal(rlx_session_tokens(loader), rlx_session_tokens(saver));
        assert_int_equal(rlx_session_past(loader), rlx_session_past(saver));
        must(rlx_session_save(loader, other, &error));
        expect_equal_files(one, other);

        generate(saver, GREEDY - FIRST, rest);
        generate(loader, GREEDY - FIRST, loaded);
        assert_memory_equal(rest, loaded, (GREEDY - FIRST) * sizeof *rest);
        if (cases[c].exact)
            assert_memory_equal(loaded, o.greedy + FIRST, (GREEDY - FIRST) * sizeof *loaded);
        rlx_sampling sampling = {
            .struct_bytes = sizeof sampling, .temperature = 1.5F, .top_p = 1, .seed = 5};
        rlx_session_set_sampling(saver, &sampling);
        rlx_session_set_sampling(loader, &sampling);
        must(rlx_session_save(saver, one, &error));
        must(rlx_session_load(loader, one, &error));
        generate(saver, GREEDY, rest);
        generate(loader, GREEDY, loaded);
        assert_memory_equal(rest, loaded, GREEDY * sizeof *rest);
        must(rlx_session_save(saver, one, &error)); /* over the old one */
        must(rlx_session_save(loader, other, &error));
        expect_equal_files(one, other);
        rlx_session_close(saver);
        rlx_session_close(loader);
        close_case(&o);
    }
}

/* Another model, and the same one compiled otherwise. */
static void test_foreign_models(void **state)
{
    static const struct compiled_case otherwise = {"golden/llama-f32",
                                                   "golden/llama-f32/expected.safetensors",
                                                   "--kv=f16 --context=100", false};
    const struct compiled_case *foreign[] = {&cases[2], &otherwise};
    struct opened o;
    char path[1024];
    (void)state;
    open_case(&cases[0], &o);
    snprintf(path, sizeof path, "%s", temporary_path(&test_folder, "llama.state"));
    rlx_session *session = compiled_session(o.model, 1);
    must(rlx_session_prefill(session, o.tokens, FIRST, &error));
    must(rlx_session_save(session, path, &error));
    rlx_session_close(session);
    close_case(&o);
    for (size_t i = 0; i < 2; i++) {
        open_case(foreign[i], &o);
        session = compiled_session(o.model, 1);
        must(rlx_session_prefill(session, o.tokens, 4, &error));
        uint64_t version = rlx_session_version(session);
        assert_int_equal(rlx_session_load(session, path, &error), RLX_ERROR_BAD_FILE);
        assert_non_null(strstr(error.text, "another model"));
        assert_int_equal(rlx_session_version(session), version);
        assert_int_equal(rlx_session_tokens(session), 4);
        rlx_session_close(session);
        close_case(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_across_buckets),
        cmocka_unit_test(test_install_goes_on),
        cmocka_unit_test(test_bind),
        cmocka_unit_test(test_short_runs),
        cmocka_unit_test(test_speculation),
        cmocka_unit_test(test_save_and_load),
        cmocka_unit_test(test_foreign_models),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}
