/* Tokens and merges of a GGUF's vocabulary. In: the arrays tokenizer.ggml.tokens, token_type,
 * scores and merges. Out: v->tokens and v->merges; texts point into the mapped file. */
#include "compiler/import/tokenizer/sentencepiece.h"
#include "compiler/import/tokenizer/vocabulary_gguf.h"

#include <float.h>
#include <string.h>

static bool add_token(void *context, uint64_t index, const char *text, uint64_t bytes)
{
    struct gguf_reading *r = context;
    if (bytes > VOCABULARY_MAX_TEXT)
        return diag_error(r->diags, r->place, "token %llu: expected at most %d bytes, found %llu",
                          (unsigned long long)index, VOCABULARY_MAX_TEXT,
                          (unsigned long long)bytes);
    struct vocabulary *v = r->vocabulary;
    v->tokens[v->token_count++] =
        (struct vocabulary_token){.text = text, .bytes = (uint32_t)bytes, .kind = TOKEN_normal};
    return true;
}

/* A merge is two texts separated by a space. Neither contains a space, but in odd files the first
 * may begin with one. */
static bool add_merge(void *context, uint64_t index, const char *text, uint64_t bytes)
{
    struct gguf_reading *r = context;
    const char *space = bytes > 1 ? memchr(text + 1, ' ', bytes - 1) : NULL;
    if (!space || space == text + bytes - 1 || bytes > VOCABULARY_MAX_TEXT)
        return diag_error(r->diags, r->place,
                          "merge %llu: expected two texts separated by a space, found '%.*s'",
                          (unsigned long long)index, (int)min_u64(bytes, 60), text);
    struct vocabulary *v = r->vocabulary;
    v->merges[v->merge_count++] =
        (struct vocabulary_merge){.left = text,
                                  .left_bytes = (uint32_t)(space - text),
                                  .right = space + 1,
                                  .right_bytes = (uint32_t)(text + bytes - space - 1)};
    return true;
}

const struct gguf_value *gguf_find_array(struct gguf_reading *r, const char *key, bool strings,
                                         uint64_t max, bool *wrong)
{
    const struct gguf_value *value = gguf_find(r->gguf, key);
    if (!value)
        return NULL;
    r->place.object = key;
    bool of_strings = value->type == GGUF_array && value->element == GGUF_string;
    bool of_numbers =
        value->type == GGUF_array && value->element != GGUF_string && value->element != GGUF_array;
    if (strings ? !of_strings : !of_numbers) {
        diag_error(r->diags, r->place, "expected an array of %s", strings ? "strings" : "numbers");
        *wrong = true;
        return NULL;
    }
    if (value->count > max) {
        diag_error(r->diags, r->place, "expected at most %llu elements, found %llu",
                   (unsigned long long)max, (unsigned long long)value->count);
        *wrong = true;
        return NULL;
    }
    return value;
}

/* The kind of a token by the number in the file. The text tells bytes, because some converters
 * wrote them as normal tokens, or wrote no types. */
static enum token_kind kind_of(const struct gguf_reading *r, const struct vocabulary_token *t,
                               double type)
{
    enum token_kind kind =
        type >= TOKEN_normal && type <= TOKEN_byte ? (enum token_kind)type : TOKEN_normal;

    if (r->kind->byte_names && (kind == TOKEN_normal || kind == TOKEN_unused) &&
        sentencepiece_names_byte(t->text, t->bytes))
        return TOKEN_byte;
    return kind;
}

/* An array with at least one number per token; NULL if absent or wrong. */
static const struct gguf_value *find_numbers(struct gguf_reading *r, const char *key, bool *wrong)
{
    uint32_t count = r->vocabulary->token_count;
    const struct gguf_value *numbers = gguf_find_array(r, key, false, UINT64_MAX, wrong);
    if (!numbers || numbers->count >= count)
        return numbers;
    diag_error(r->diags, r->place, "expected %u numbers, one per token, found %llu", count,
               (unsigned long long)numbers->count);
    *wrong = true;
    return NULL;
}

/* BERT's converter writes U+2581 in front of the start of a word and takes "##" off what continues
 * one, except in control tokens. This takes that back. */
static void restore_word_piece(struct vocabulary_token *t, struct arena *a)
{
    static const char mark[] = "\u2581";
    bool whole = t->bytes >= 3 && t->text[0] == '[' && t->text[t->bytes - 1] == ']';

    if (t->added || t->kind == TOKEN_unused || whole || t->bytes == 0)
        return;
    if (t->bytes > sizeof mark - 1 && memcmp(t->text, mark, sizeof mark - 1) == 0) {
        t->text += sizeof mark - 1;
        t->bytes -= (uint32_t)sizeof mark - 1;
        return;
    }
    char *text = arena_alloc(a, t->bytes + 3u, 1); /* printf would stop at U+0000 */
    text[0] = text[1] = '#';
    memcpy(text + 2, t->text, t->bytes);
    t->text = text;
    t->bytes += 2;
}

static void set_token(struct gguf_reading *r, struct vocabulary_token *t, double type, double score)
{
    t->kind = kind_of(r, t, type);
    t->score = (float)score;
    t->added =
        t->kind == TOKEN_unknown || t->kind == TOKEN_control || t->kind == TOKEN_user_defined;
    if (r->kind->model == MODEL_wordpiece)
        restore_word_piece(t, r->model->arena);
}

bool gguf_read_tokens(struct gguf_reading *r)
{
    bool wrong = false;
    struct vocabulary *v = r->vocabulary;
    const struct gguf_value *tokens =
        gguf_find_array(r, "tokenizer.ggml.tokens", true, VOCABULARY_MAX_TOKENS, &wrong);
    if (wrong)
        return false;
    r->place.object = "tokenizer.ggml.tokens";
    if (!tokens || tokens->count == 0)
        return diag_error(r->diags, r->place, "expected the texts of the tokens, found none");
    v->tokens = arena_new(r->model->arena, struct vocabulary_token, tokens->count);
    if (!gguf_each_string(r->gguf, tokens, add_token, r))
        return false;

    const struct gguf_value *types = find_numbers(r, "tokenizer.ggml.token_type", &wrong),
                            *scores = find_numbers(r, "tokenizer.ggml.scores", &wrong);
    if (wrong)
        return false;
    if (!scores && (v->by_score || r->kind->model == MODEL_unigram)) {
        r->place.object = "tokenizer.ggml.scores";
        diag_warning(r->diags, r->place,
                     "is missing: all tokens have the score 0, as in llama.cpp, which may split "
                     "text otherwise than the model was trained on");
    }
    for (uint32_t i = 0; i < v->token_count; i++) {
        double score = scores ? gguf_array_number(r->gguf, scores, i) : 0;
        if (!(score >= -FLT_MAX && score <= FLT_MAX)) {
            r->place.object = "tokenizer.ggml.scores";
            return diag_error(r->diags, r->place, "expected finite scores, found %g for token %u",
                              score, i);
        }
        set_token(r, &v->tokens[i], types ? gguf_array_number(r->gguf, types, i) : TOKEN_normal,
                  score);
    }
    return true;
}

bool gguf_read_merges(struct gguf_reading *r)
{
    bool wrong = false;
    const struct gguf_value *merges =
        gguf_find_array(r, "tokenizer.ggml.merges", true, VOCABULARY_MAX_MERGES, &wrong);
    if (wrong)
        return false;
    r->place.object = "tokenizer.ggml.merges";
    if (!merges)
        return diag_error(r->diags, r->place, "a vocabulary of model '%s' needs merges, found none",
                          r->kind->name);
    r->vocabulary->merges =
        arena_new(r->model->arena, struct vocabulary_merge, max_u64(merges->count, 1));
    return gguf_each_string(r->gguf, merges, add_merge, r);
}
