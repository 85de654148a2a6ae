/* Finding special tokens in text. In: text, and which kind of tokens to look for. Out: where they
 * are, in order. Of overlapping tokens the leftmost counts, and of those the longest; or the
 * longest of all (RLX_TOKENIZER_LONGEST_SPECIAL), as in the program that the vocabulary was made
 * for.
 */
#include "runtime/tokenizer/tokenize_parts.h"

#include <stdlib.h>
#include <string.h>

struct search {
    const struct tokenizer *t;
    const char *text;
    size_t bytes;
    uint32_t flags;
    bool normalized;
    const struct marked_text *marked;
};

/* Whether this pass looks for the token. Control tokens of marked text are found before
 * normalization, whatever the vocabulary says: only there the marks are in their places. */
static bool is_wanted(const struct search *s, const struct rlx_tokenizer_special *token)
{
    bool control = token->flags & RLX_SPECIAL_CONTROL,
         normalized = (token->flags & RLX_SPECIAL_NORMALIZED) && !(control && s->marked);
    return normalized == s->normalized && (!control || (s->flags & RLX_PARSE_SPECIAL)) &&
           token->bytes != 0 && token->id < s->t->header->token_count;
}

static bool stands_at(const struct search *s, const struct rlx_tokenizer_special *token, size_t at)
{
    const char *text = tokenizer_table(s->t, RLX_TABLE_SPECIAL_TEXTS);
    uint32_t text_bytes = tokenizer_table_count(s->t, RLX_TABLE_SPECIAL_TEXTS);
    return token->offset <= text_bytes && token->bytes <= text_bytes - token->offset &&
           token->bytes <= s->bytes - at &&
           memcmp(text + token->offset, s->text + at, token->bytes) == 0;
}

/* Whether [start, end) touches a plain part of marked text. */
static bool is_plain(const struct search *s, size_t start, size_t end)
{
    size_t low = 0, high = s->marked ? s->marked->plain_count : 0;
    while (low < high) { /* the first part that ends after `start` */
        size_t middle = low + (high - low) / 2;
        if (s->marked->plain[middle].end > start)
            high = middle;
        else
            low = middle + 1;
    }
    return s->marked && low < s->marked->plain_count && s->marked->plain[low].start < end;
}

static bool may_stand_at(const struct search *s, const struct rlx_tokenizer_special *token,
                         size_t at)
{
    return is_wanted(s, token) && stands_at(s, token, at) &&
           !((token->flags & RLX_SPECIAL_CONTROL) && is_plain(s, at, at + token->bytes));
}

/* Where the character before `at` begins; at > 0. */
static size_t step_back(const struct search *s, size_t at)
{
    size_t back = at - 1;
    while (back > 0 && at - back < 4 && ((uint8_t)s->text[back] & 0xc0) == 0x80)
        back--;
    uint32_t point;
    return utf8_read(s->text, s->bytes, back, &point) == at - back ? back : at - 1;
}

static uint32_t flags_at(const struct search *s, size_t at, uint32_t *length)
{
    uint32_t point;
    *length = utf8_read(s->text, s->bytes, at, &point);
    return point_flags(s->t, point);
}

static bool is_space(const struct search *s, size_t at, uint32_t flags, uint32_t *length)
{
    uint32_t found = flags_at(s, at, length);
    if (flags & RLX_SPECIAL_ASCII_SPACE)
        return s->text[at] == ' ' || (s->text[at] >= '\t' && s->text[at] <= '\r');
    return found & RLX_POINT_SPACE;
}

static bool stands_alone(const struct search *s, size_t start, size_t end)
{
    uint32_t length;
    if (start > 0 && (flags_at(s, step_back(s, start), &length) & RLX_POINT_WORD))
        return false;
    return end == s->bytes || !(flags_at(s, end, &length) & RLX_POINT_WORD);
}

/* Widens the token over the white space that it takes, within [first, last). */
static void take_space(const struct search *s, uint32_t flags, size_t first, size_t last,
                       struct found *f)
{
    uint32_t length;
    while ((flags & RLX_SPECIAL_LEFT) && f->start > first) {
        size_t before = step_back(s, f->start);
        if (before < first || !is_space(s, before, flags, &length))
            break;
        f->start = before;
    }
    while ((flags & RLX_SPECIAL_RIGHT) && f->end < last && is_space(s, f->end, flags, &length))
        f->end += length;
}

static bool add(struct found_list *list, struct found f)
{
    if (!grow((void **)&list->all, &list->capacity, list->count + 1, sizeof f))
        return false;
    list->all[list->count++] = f;
    return true;
}

/* The tokens at `at`, one per call, the longest first; `next` begins as UINT32_MAX. */
static const struct rlx_tokenizer_special *longest_at(const struct search *s, size_t at,
                                                      uint32_t *next)
{
    const uint32_t *starts = tokenizer_table(s->t, RLX_TABLE_SPECIAL_STARTS);
    const struct rlx_tokenizer_special *tokens = tokenizer_table(s->t, RLX_TABLE_SPECIALS);
    uint8_t first = (uint8_t)s->text[at];
    uint32_t end = starts[first + 1], count = tokenizer_table_count(s->t, RLX_TABLE_SPECIALS);
    for (uint32_t i = *next == UINT32_MAX ? starts[first] : *next; i < end && i < count; i++) {
        if (may_stand_at(s, &tokens[i], at)) {
            *next = i + 1;
            return &tokens[i];
        }
    }
    return NULL;
}

/* The white space that a token takes is still searched, as the tokenizers library does: a token
 * that begins with white space is found there too, and f.start of that one may lie before the end
 * of the other. One that takes white space in front begins behind the other, and is dropped where
 * nothing of it is left. */
static bool find_leftmost(const struct search *s, struct found_list *out)
{
    size_t done = 0;
    for (size_t at = 0; at < s->bytes;) {
        uint32_t next = UINT32_MAX;
        const struct rlx_tokenizer_special *token = longest_at(s, at, &next);
        if (!token) {
            at++;
            continue;
        }
        struct found f = {at, at + token->bytes, token->id};
        at += token->bytes;
        if ((token->flags & RLX_SPECIAL_WORD) && !stands_alone(s, f.start, f.end))
            continue;
        take_space(s, token->flags, done, s->bytes, &f);
        if ((token->flags & RLX_SPECIAL_LEFT) && f.start < done)
            f.start = done;
        done = f.end;
        if (f.start < f.end && !add(out, f))
            return false;
    }
    return true;
}

struct place_in_text {
    size_t at;
    const struct rlx_tokenizer_special *token;
};

static int compare_places(const void *a, const void *b)
{
    const struct place_in_text *x = a, *y = b;
    if (x->token->bytes != y->token->bytes)
        return x->token->bytes > y->token->bytes ? -1 : 1;
    if (x->token->id != y->token->id)
        return x->token->id < y->token->id ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* Takes the places in their order wherever no byte is taken yet. */
static bool take_places(const struct search *s, const struct place_in_text *places, size_t count,
                        char *taken, struct found_list *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct rlx_tokenizer_special *token = places[i].token;
        struct found f = {places[i].at, places[i].at + token->bytes, token->id};
        if (memchr(taken + f.start, 1, token->bytes))
            continue;
        size_t first = f.start, last = f.end;
        while ((token->flags & RLX_SPECIAL_LEFT) && first > 0 && !taken[first - 1])
            first--;
        while ((token->flags & RLX_SPECIAL_RIGHT) && last < s->bytes && !taken[last])
            last++;
        take_space(s, token->flags, first, last, &f);
        memset(taken + f.start, 1, f.end - f.start);
        if (!add(out, f))
            return false;
    }
    return true;
}

static bool find_longest(const struct search *s, struct found_list *out)
{
    struct place_in_text *places = NULL;
    size_t count = 0, capacity = 0;
    bool good = true;
    for (size_t at = 0; at < s->bytes && good; at++) {
        uint32_t next = UINT32_MAX;
        const struct rlx_tokenizer_special *token;
        while (good && (token = longest_at(s, at, &next)) != NULL) {
            good = grow((void **)&places, &capacity, count + 1, sizeof *places);
            if (good)
                places[count++] = (struct place_in_text){at, token};
        }
    }
    if (good && count) {
        char *taken = calloc(s->bytes, 1);
        qsort(places, count, sizeof *places, compare_places);
        good = taken && take_places(s, places, count, taken, out);
        free(taken);
        if (out->count)
            qsort(out->all, out->count, sizeof *out->all, compare_found);
    }
    free(places);
    return good;
}

bool find_specials(const struct encoding *e, const char *text, size_t bytes, bool normalized,
                   struct found_list *out)
{
    struct search s = {e->tokenizer, text, bytes, e->flags, normalized, e->marked};
    out->count = 0;
    if (tokenizer_table_count(s.t, RLX_TABLE_SPECIALS) == 0)
        return true;
    return s.t->header->flags & RLX_TOKENIZER_LONGEST_SPECIAL ? find_longest(&s, out)
                                                              : find_leftmost(&s, out);
}
