/* The check of compiled tables against the plain reading: it passes what is right, says what is
 * wrong in a damaged table, and says so where it cannot read a description. */
#include "compiler/tokenizer/check.h"
#include "tests/unit/tokenizer_cases.h"

static struct compiled *compiled_pipeline(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "tokenizers/pipelines/%s", name);
    return load_vocabulary(shared_path(path));
}

static bool compared; /* by the last check */

static bool passes(struct compiled *c)
{
    c->diags = (struct diags){.arena = &c->arena};
    return tokenizer_check(c->model.vocabulary, c->section, c->bytes, &compared, &c->diags);
}

static bool says(const struct diags *d, const char *text)
{
    for (const struct diag *one = d->first; one; one = one->next)
        if (strstr(one->text, text))
            return true;
    return false;
}

static const struct rlx_tokenizer_table *table_of(const struct compiled *c,
                                                  enum rlx_tokenizer_table_kind kind)
{
    return &((const struct rlx_tokenizer_header *)c->section)->tables[kind];
}

/* How many of some changes of a byte in that table the check finds. */
static unsigned count_found(struct compiled *c, enum rlx_tokenizer_table_kind kind, size_t bytes,
                            unsigned tries)
{
    assert_true(bytes > 0);
    uint8_t *table = c->section + table_of(c, kind)->offset;
    unsigned found = 0;
    for (unsigned i = 0; i < tries; i++) {
        uint8_t *byte = &table[bytes * i / tries], old = *byte;
        *byte ^= 1;
        bool good = passes(c);
        *byte = old;
        found += !good;
        assert_true(good || c->diags.error_count == 1);
    }
    return found;
}

static void right_tables(void **state)
{
    static const char *const names[] = {"bpe-roberta", "bpe-deepseek-v3", "unigram-bytes-json",
                                        "wordpiece-uncased", "spm-bpe-nfkc"};
    (void)state;
    for (size_t i = 0; i < countof(names); i++) {
        struct compiled *c = compiled_pipeline(names[i]);
        bool good = passes(c);
        diags_print(&c->diags, stderr);
        assert_true(good);
        assert_true(compared);
        assert_int_equal(c->diags.warning_count, 0);
        free_vocabulary(c);
    }
}

/* Not every entry of a table is of use for a sample of texts, but many are. */
static void damaged_tables(void **state)
{
    static const struct {
        const char *name;
        enum rlx_tokenizer_table_kind kind;
        size_t element_bytes;
        unsigned tries, min;
    } cases[] = {
        {"bpe-roberta", RLX_TABLE_MERGES, sizeof(struct rlx_tokenizer_merge), 40, 10},
        {"bpe-roberta", RLX_TABLE_TRANSITIONS, 2, 40, 3},
        {"bpe-roberta", RLX_TABLE_BYTES, 4, 40, 20},
        {"bpe-roberta", RLX_TABLE_FRONT, 4, 1, 1},
        {"bpe-roberta", RLX_TABLE_BACK, 4, 1, 1},
        {"bpe-roberta", RLX_TABLE_SPECIALS, sizeof(struct rlx_tokenizer_special), 24, 6},
        {"bpe-roberta", RLX_TABLE_STEPS, sizeof(struct rlx_tokenizer_step), 24, 3},
        {"bpe-roberta", RLX_TABLE_TEXT, 1, 40, 6},
        {"wordpiece-uncased", RLX_TABLE_DECODED, 1, 40, 6},
        {"unigram-nfkc-json", RLX_TABLE_TRIE, 8, 60, 6},
        {"unigram-nfkc-json", RLX_TABLE_NORMAL, 1, 240, 1},
        {"wordpiece-uncased", RLX_TABLE_CLASS_PAGES, 1, 240, 1},
    };
    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct compiled *c = compiled_pipeline(cases[i].name);
        size_t bytes = (size_t)table_of(c, cases[i].kind)->count * cases[i].element_bytes;
        unsigned found = count_found(c, cases[i].kind, bytes, cases[i].tries);
        print_message("%s, table %d: %u of %u\n", cases[i].name, (int)cases[i].kind, found,
                      cases[i].tries);
        assert_true(found >= cases[i].min);
        assert_true(passes(c));
        free_vocabulary(c);
    }
}

static void what_it_says(void **state)
{
    (void)state;
    struct compiled *c = compiled_pipeline("bpe-roberta");
    uint32_t *front = (uint32_t *)(void *)(c->section + table_of(c, RLX_TABLE_FRONT)->offset);
    *front = 5;
    assert_false(passes(c));
    assert_true(says(&c->diags, "differs from its description: the text \" \" becomes 3 ids"));
    assert_true(says(&c->diags, "number 0 is the first that differs"));
    assert_true(says(&c->diags, "by the tables: 5 "));
    assert_true(says(&c->diags, "by the description: 0 "));
    free_vocabulary(c);
}

static void unread_descriptions(void **state)
{
    (void)state;
    struct compiled *c = compiled_pipeline("bpe-o200k");
    struct text_steps *steps = &c->model.vocabulary->pipeline.pre_tokenizers;
    assert_int_equal(steps->all[0].kind, STEP_split);
    steps->all[0].expression = (struct step_text){"(a|", 3};
    assert_true(passes(c));
    assert_false(compared);
    assert_int_equal(c->diags.warning_count, 1);
    assert_true(says(&c->diags, "was not compared with its description: a group without an end"));
    free_vocabulary(c);
}

/* In SentencePiece, unknown characters that spell a control token are unknown. */
static void unknown_characters(void **state)
{
    static const struct vocabulary_token tokens[] = {
        {.text = "<unk>", .bytes = 5, .kind = TOKEN_unknown},
        {.text = "<s>", .bytes = 3, .kind = TOKEN_control},
        {.text = "a", .bytes = 1, .kind = TOKEN_normal, .score = -1},
        {.text = "aa", .bytes = 2, .kind = TOKEN_normal, .score = -3},
    };
    (void)state;
    struct compiled *c = start_model();
    struct vocabulary *v = arena_new(&c->arena, struct vocabulary, 1);
    v->token_count = countof(tokens);
    v->tokens = arena_new(&c->arena, struct vocabulary_token, countof(tokens));
    memcpy(v->tokens, tokens, sizeof tokens);
    v->pipeline.model = MODEL_unigram;
    v->pipeline.float32_scores = true;
    c->model.vocabulary = v;
    pack_model(c);
    int32_t ids[8];
    size_t count;
    tokenizer_encode(&c->tokenizer, "aa<s>a", 6, 0, ids, countof(ids), &count, NULL);
    assert_int_equal(count, 4);
    assert_int_equal(ids[2], 0); /* by SentencePiece 0.2.3 */
    bool good = passes(c);
    diags_print(&c->diags, stderr);
    assert_true(good);
    free_vocabulary(c);
}

/* An expression that takes ever more steps does not take ever more time. */
static void hostile_descriptions(void **state)
{
    static const char *const expressions[] = {"(?:(?:[^x]*)*)*y", "(?:a|a|b|[^y])*z"};
    (void)state;
    for (size_t i = 0; i < countof(expressions); i++) {
        struct compiled *c = compiled_pipeline("bpe-o200k");
        struct text_steps *steps = &c->model.vocabulary->pipeline.pre_tokenizers;
        steps->all[0].expression =
            (struct step_text){expressions[i], (uint32_t)strlen(expressions[i])};
        passes(c);
        assert_non_null(c->diags.first);
        free_vocabulary(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_tables),         cmocka_unit_test(damaged_tables),
        cmocka_unit_test(what_it_says),         cmocka_unit_test(unread_descriptions),
        cmocka_unit_test(hostile_descriptions), cmocka_unit_test(unknown_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
