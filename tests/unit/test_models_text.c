/* Each model on its own: words, and the ids that the program has for them which the model comes
 * from. In: tests/tokenizers/models.jsonl, written by models.py beside it; or the file that the
 * environment's RLX_MODELS names. */
#include "compiler/tokenizer/pack.h"
#include "runtime/tokenizer/tokenize_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

struct compiled {
    struct arena arena;
    struct diags diags;
    struct model model;
    struct vocabulary vocabulary;
    uint8_t *section;
    uint64_t bytes;
    struct tokenizer tokenizer;
};

static bool is_true(const json_t *line, const char *key)
{
    return json_is_true(json_object_get(line, key));
}

static struct step_text text_at(const json_t *line, const char *key)
{
    const json_t *text = json_object_get(line, key);
    return (struct step_text){json_string_value(text), (uint32_t)json_string_length(text)};
}

static void read_tokens(struct compiled *c, const json_t *line)
{
    struct vocabulary *v = &c->vocabulary;
    json_t *tokens = json_object_get(line, "tokens"), *token;
    size_t i;
    v->token_count = (uint32_t)json_array_size(tokens);
    v->tokens = arena_new(&c->arena, struct vocabulary_token, v->token_count);
    json_array_foreach(tokens, i, token)
    {
        const json_t *text = json_array_get(token, 0);
        struct vocabulary_token *t = &v->tokens[i];
        t->text = json_string_value(text);
        t->bytes = (uint32_t)json_string_length(text);
        t->score = json_number_value(json_array_get(token, 1));
        t->kind = (enum token_kind)json_integer_value(json_array_get(token, 2));
        if (is_true(line, "byte_fallback") && t->bytes == 6 && memcmp(t->text, "<0x", 3) == 0)
            t->kind = TOKEN_byte;
    }
}

static void read_merges(struct compiled *c, const json_t *line)
{
    struct vocabulary *v = &c->vocabulary;
    json_t *merges = json_object_get(line, "merges"), *merge;
    size_t i;
    v->merge_count = (uint32_t)json_array_size(merges);
    v->merges = arena_new(&c->arena, struct vocabulary_merge, v->merge_count + 1);
    json_array_foreach(merges, i, merge)
    {
        const json_t *left = json_array_get(merge, 0), *right = json_array_get(merge, 1);
        v->merges[i] = (struct vocabulary_merge){json_string_value(left), json_string_value(right),
                                                 (uint32_t)json_string_length(left),
                                                 (uint32_t)json_string_length(right)};
    }
}

static enum vocabulary_model model_named(const char *name)
{
    return strcmp(name, "unigram") == 0      ? MODEL_unigram
           : strcmp(name, "wordpiece") == 0  ? MODEL_wordpiece
           : strcmp(name, "word_level") == 0 ? MODEL_word_level
                                             : MODEL_bpe;
}

static struct compiled *compile(const json_t *line)
{
    struct compiled *c = calloc(1, sizeof *c);
    struct vocabulary *v = &c->vocabulary;
    const json_t *unknown = json_object_get(line, "unknown");
    static struct text_step spell = {.kind = STEP_byte_level, .object = "pre_tokenizer"};
    rlx_error error;
    c->diags.arena = c->model.arena = &c->arena;
    c->model.vocabulary = v;
    v->file = "models.jsonl";
    v->unknown = json_is_integer(unknown) ? (uint32_t)json_integer_value(unknown) : UINT32_MAX;
    v->fuse_unknown = is_true(line, "fuse");
    v->whole_words = is_true(line, "ignore_merges");
    v->pipeline.model = model_named(json_string_value(json_object_get(line, "model")));
    v->by_score = v->pipeline.model == MODEL_bpe && is_true(line, "sentencepiece");
    v->pipeline.float32_scores = is_true(line, "sentencepiece");
    v->pipeline.byte_fallback = is_true(line, "byte_fallback");
    v->pipeline.continuing_prefix = text_at(line, "prefix");
    v->pipeline.end_suffix = text_at(line, "suffix");
    v->pipeline.max_word_characters = (uint32_t)json_integer_value(json_object_get(line, "most"));
    if (is_true(line, "byte_level"))
        v->pipeline.pre_tokenizers = (struct text_steps){&spell, 1, 1};
    read_tokens(c, line);
    read_merges(c, line);
    bool good = tokenizer_pack(&c->model, &c->arena, &c->section, &c->bytes, &c->diags);
    diags_print(&c->diags, stderr);
    assert_true(good);
    assert_int_equal(tokenizer_open(&c->tokenizer, c->section, c->bytes, &error), RLX_OK);
    return c;
}

static void print_case(const json_t *line, const json_t *one, const int32_t *ids, size_t count)
{
    char *dumped = json_dumps(one, JSON_COMPACT);
    fprintf(stderr, "%s%s: %.900s\n  found", json_string_value(json_object_get(line, "model")),
            is_true(line, "sentencepiece") ? " of SentencePiece" : "", dumped);
    for (size_t i = 0; i < count && i < 60; i++)
        fprintf(stderr, " %d", ids[i]);
    fprintf(stderr, "\n");
    free(dumped);
}

/* Twice, so that the second has what the first remembered; and in the way of long words. */
static size_t compare_case(struct encoding *e, const json_t *line, const json_t *one)
{
    const json_t *word = json_array_get(one, 0), *expected = json_array_get(one, 1);
    size_t wrong = 0;
    for (int i = 0; i < 2; i++) {
        e->count = 0;
        encode_word(e, json_string_value(word), json_string_length(word));
        assert_false(e->no_memory);
        bool same = e->count == json_array_size(expected);
        for (size_t k = 0; same && k < e->count; k++)
            same = json_integer_value(json_array_get(expected, k)) == e->ids[k];
        wrong += !same;
        if (!same && i == 0)
            print_case(line, one, e->ids, e->count);
        e->work.words = 1 << 20; /* as if many had come */
    }
    return wrong;
}

/* The word that long_word of models.py makes. The caller frees it. */
static char *make_long(const json_t *recipe, size_t *bytes)
{
    const json_t *letters = json_object_get(recipe, "letters"),
                 *letter = json_array_get(letters, 0);
    size_t count = (size_t)json_integer_value(json_object_get(recipe, "count"));
    uint64_t state = (uint64_t)json_integer_value(json_object_get(recipe, "state"));
    char *word = malloc(count * 4);
    *bytes = 0;
    assert_non_null(word);
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        if (state >> 33 & 7)
            letter = json_array_get(letters, (size_t)(state >> 40) % json_array_size(letters));
        memcpy(word + *bytes, json_string_value(letter), json_string_length(letter));
        *bytes += json_string_length(letter);
    }
    return word;
}

static size_t compare_long(struct encoding *e, const json_t *line)
{
    const json_t *recipe = json_object_get(line, "long");
    uint64_t hash = 0xcbf29ce484222325u;
    char found[17];
    size_t bytes;
    if (!recipe)
        return 0;
    char *word = make_long(recipe, &bytes);
    e->count = 0;
    encode_word(e, word, bytes);
    free(word);
    assert_false(e->no_memory);
    for (size_t i = 0; i < e->count; i++)
        hash = (hash ^ (uint32_t)e->ids[i]) * 0x100000001b3u;
    snprintf(found, sizeof found, "%016llx", (unsigned long long)hash);
    bool same = e->count == (size_t)json_integer_value(json_object_get(recipe, "ids")) &&
                strcmp(found, json_string_value(json_object_get(recipe, "hash"))) == 0;
    if (!same)
        print_case(line, recipe, e->ids, e->count);
    if (!(model_of(e->tokenizer)->flags & RLX_MODEL_WHOLE)) {
        assert_true(e->work.part_capacity < bytes / 4); /* the word is 40000 characters */
        assert_true(e->work.length_capacity < bytes / 2);
    }
    return !same;
}

enum { MAX_IDS = 1 << 20 };

static size_t compare_line(const json_t *line, size_t *compared)
{
    struct compiled *c = compile(line);
    struct encoding e = {
        .tokenizer = &c->tokenizer, .ids = malloc(MAX_IDS * sizeof(int32_t)), .capacity = MAX_IDS};
    size_t i, wrong = 0;
    json_t *one;
    json_array_foreach(json_object_get(line, "cases"), i, one)
    {
        wrong += compare_case(&e, line, one);
        ++*compared;
    }
    wrong += compare_long(&e, line);
    model_work_free(&e.work);
    free(e.ids);
    arena_free(&c->arena);
    free(c);
    return wrong;
}

static void recorded_words(void **state)
{
    (void)state;
    const char *path = getenv("RLX_MODELS");
    FILE *file = fopen(path ? path : "tests/tokenizers/models.jsonl", "r");
    size_t compared = 0, wrong = 0;
    json_t *line;
    assert_non_null(file);
    while ((line = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        wrong += compare_line(line, &compared);
        json_decref(line);
    }
    fclose(file);
    print_message("%zu words, %zu wrong\n", compared, wrong);
    assert_true(compared > 300);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(recorded_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
