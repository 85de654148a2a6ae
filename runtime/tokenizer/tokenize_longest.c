/* Added tokens of which the longest counts, wherever it stands. In: text. Out: a list of them, in
 * the order of the text. The tokens that occur take their places one after the other, the longest
 * first and from left to right, wherever no byte is taken yet. */
#include "runtime/tokenizer/tokenize_special.h"

#include <stdlib.h>
#include <string.h>

static int compare_tokens(const void *a, const void *b)
{
    const struct rlx_tokenizer_special *x = *(const struct rlx_tokenizer_special *const *)a,
                                       *y = *(const struct rlx_tokenizer_special *const *)b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* The tokens that occur in the text, by their places in SPECIALS. */
static bool *find_present(const struct special_search *s)
{
    const struct tokenizer *t = s->encoding->tokenizer;
    const struct rlx_tokenizer_special *all = tokenizer_table(t, RLX_TABLE_SPECIALS), *token;
    bool *present = calloc(tokenizer_table_count(t, RLX_TABLE_SPECIALS) + 1u, 1);
    for (size_t at = 0; present && (at = special_candidate(s, at)) < s->bytes; at++) {
        struct special_walk walk = special_walk_at(s, at);
        while ((token = special_next(s, &walk)) != NULL)
            present[token - all] = true;
    }
    return present;
}

/* Whether that very token may stand at `at`. */
static bool may_stand(const struct special_search *s, const struct rlx_tokenizer_special *token,
                      size_t at)
{
    struct special_walk walk = special_walk_at(s, at);
    const struct rlx_tokenizer_special *found;
    while ((found = special_next(s, &walk)) != NULL)
        if (found == token)
            return true;
    return false;
}

static bool take_places(struct special_search *s, const struct rlx_tokenizer_special *token)
{
    const char *texts = tokenizer_table(s->encoding->tokenizer, RLX_TABLE_SPECIAL_TEXTS);
    size_t at = 0;
    for (;;) {
        const char *place =
            memmem(s->text + at, s->bytes - at, texts + token->offset, token->bytes);
        if (!place)
            return true;
        struct found f = {(size_t)(place - s->text), 0, token->id};
        f.end = f.start + token->bytes;
        at = f.start + 1;
        if (memchr(s->taken + f.start, 1, token->bytes) || !may_stand(s, token, f.start))
            continue;
        at = f.end;
        special_take_space(s, token->flags, 0, &f);
        memset(s->taken + f.start, 1, f.end - f.start);
        if (!grow((void **)&s->all, &s->capacity, s->count + 1, sizeof f))
            return false;
        s->all[s->count++] = f;
    }
}

bool find_longest(struct special_search *s)
{
    const struct tokenizer *t = s->encoding->tokenizer;
    const struct rlx_tokenizer_special *all = tokenizer_table(t, RLX_TABLE_SPECIALS);
    uint32_t count = tokenizer_table_count(t, RLX_TABLE_SPECIALS), used = 0;
    bool *present = find_present(s);
    const struct rlx_tokenizer_special **order = malloc((count + 1u) * sizeof *order);
    s->taken = calloc(s->bytes + 1, 1);
    bool good = present && order && s->taken;
    for (uint32_t i = 0; good && i < count; i++)
        if (present[i])
            order[used++] = &all[i];
    if (good)
        qsort(order, used, sizeof *order, compare_tokens);
    for (uint32_t i = 0; good && i < used; i++)
        good = take_places(s, order[i]);
    if (s->count)
        qsort(s->all, s->count, sizeof *s->all, compare_found);
    free(present);
    free(order);
    free(s->taken);
    s->taken = NULL;
    return good;
}
