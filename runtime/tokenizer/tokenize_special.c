/* Finding added tokens in text. In: text, and which kind of tokens to look for. Out: where they
 * are, in order. Of overlapping tokens the leftmost counts, and of those the longest; or the
 * longest of all (RLX_TOKENIZER_LONGEST_SPECIAL, tokenize_longest.c), as in the program that the
 * vocabulary was made for. */
#include "runtime/tokenizer/tokenize_special.h"

#include <stdlib.h>
#include <string.h>

static const struct rlx_tokenizer_special *special_at(const struct tokenizer *t, uint32_t index)
{
    const struct rlx_tokenizer_special *all = tokenizer_table(t, RLX_TABLE_SPECIALS);
    return index < tokenizer_table_count(t, RLX_TABLE_SPECIALS) ? &all[index] : NULL;
}

/* Whether this pass looks for the token. Control tokens of marked text are found before
 * normalization, whatever the vocabulary says: only there the marks are in their places. */
static bool is_wanted(const struct encoding *e, const struct rlx_tokenizer_special *token,
                      bool normalized)
{
    bool control = token->flags & RLX_SPECIAL_CONTROL,
         later = (token->flags & RLX_SPECIAL_NORMALIZED) && !(control && e->marked);
    uint32_t texts = tokenizer_table_count(e->tokenizer, RLX_TABLE_SPECIAL_TEXTS);
    bool whole =
        token->bytes != 0 && token->bytes <= texts && token->offset <= texts - token->bytes;
    return later == normalized && (!control || (e->flags & RLX_TOKENIZE_PARSE_SPECIAL)) && whole &&
           token->id < e->tokenizer->header->token_count;
}

void specials_prepare(struct encoding *e)
{
    struct trie trie = {tokenizer_table(e->tokenizer, RLX_TABLE_SPECIAL_TRIE),
                        tokenizer_table_count(e->tokenizer, RLX_TABLE_SPECIAL_TRIE)};
    const char *texts = tokenizer_table(e->tokenizer, RLX_TABLE_SPECIAL_TEXTS);
    e->specials = trie;
    for (uint32_t i = 0; i < tokenizer_table_count(e->tokenizer, RLX_TABLE_SPECIALS); i++) {
        const struct rlx_tokenizer_special *token = special_at(e->tokenizer, i);
        for (int normalized = 0; normalized < 2; normalized++) {
            struct first_bytes *starts = &e->starts[normalized];
            if (!is_wanted(e, token, normalized))
                continue;
            uint8_t first = (uint8_t)texts[token->offset];
            if (starts->begins[first])
                continue;
            starts->begins[first] = true;
            starts->only = first;
            starts->count++;
        }
    }
}

/* Whether [start, end) touches a plain part of marked text. */
static bool is_plain(const struct special_search *s, size_t start, size_t end)
{
    size_t low = 0, high = s->encoding->marked ? s->encoding->marked->plain_count : 0;
    while (low < high) { /* the first part that ends after `start` */
        size_t middle = low + (high - low) / 2;
        if (s->encoding->marked->plain[middle].end > start)
            high = middle;
        else
            low = middle + 1;
    }
    return s->encoding->marked && low < s->encoding->marked->plain_count &&
           s->encoding->marked->plain[low].start < end;
}

/* The first of the tokens with that text that may stand at `at`; NULL if none may. */
static const struct rlx_tokenizer_special *token_at(const struct special_search *s, uint32_t index,
                                                    size_t at, size_t bytes)
{
    const struct tokenizer *t = s->encoding->tokenizer;
    const struct rlx_tokenizer_special *first = special_at(t, index), *token = first;
    for (; token && token->offset == first->offset && token->bytes == bytes;
         token = special_at(t, ++index)) {
        bool control = token->flags & RLX_SPECIAL_CONTROL;
        if (is_wanted(s->encoding, token, s->normalized) &&
            !(control && is_plain(s, at, at + bytes)))
            return token;
    }
    return NULL;
}

const struct rlx_tokenizer_special *special_next(const struct special_search *s,
                                                 struct special_walk *w)
{
    while (w->end < s->bytes &&
           trie_step(&s->encoding->specials, &w->node, (uint8_t)s->text[w->end])) {
        w->end++;
        if (!trie_ends(w->node))
            continue;
        const struct rlx_tokenizer_special *token =
            token_at(s, trie_number(w->node), w->at, w->end - w->at);
        if (token)
            return token;
    }
    return NULL;
}

struct special_walk special_walk_at(const struct special_search *s, size_t at)
{
    return (struct special_walk){trie_root(&s->encoding->specials), at, at};
}

size_t special_candidate(const struct special_search *s, size_t at)
{
    const struct first_bytes *starts = &s->encoding->starts[s->normalized];
    if (starts->count == 0 || at >= s->bytes)
        return s->bytes;
    if (starts->count == 1) {
        const char *found = memchr(s->text + at, starts->only, s->bytes - at);
        return found ? (size_t)(found - s->text) : s->bytes;
    }
    while (at < s->bytes && !starts->begins[(uint8_t)s->text[at]])
        at++;
    return at;
}

/* Where the character before `at` begins; at > 0. */
static size_t step_back(const struct special_search *s, size_t at)
{
    size_t back = at - 1;
    while (back > 0 && at - back < 4 && ((uint8_t)s->text[back] & 0xc0) == 0x80)
        back--;
    uint32_t point;
    return utf8_read(s->text, s->bytes, back, &point) == at - back ? back : at - 1;
}

/* rlx_point_flags of a code point; 0 where the section has none. */
static uint32_t point_flags(const struct tokenizer *t, uint32_t point)
{
    const uint8_t *flags = tokenizer_table(t, RLX_TABLE_POINT_FLAGS);
    uint32_t count = tokenizer_table_count(t, RLX_TABLE_POINT_FLAGS);
    uint8_t class = count ? scan_class(&t->scanners, point) : 0;
    return class < count ? flags[class] : 0;
}

static uint32_t flags_at(const struct special_search *s, size_t at, uint32_t *length)
{
    uint32_t point;
    *length = utf8_read(s->text, s->bytes, at, &point);
    return point_flags(s->encoding->tokenizer, point);
}

static bool is_taken(const struct special_search *s, size_t at)
{
    return s->taken && s->taken[at];
}

static bool is_space(const struct special_search *s, size_t at, uint32_t flags, uint32_t *length)
{
    uint32_t found = flags_at(s, at, length);
    if (flags & RLX_SPECIAL_ASCII_SPACE)
        return s->text[at] == ' ' || (s->text[at] >= '\t' && s->text[at] <= '\r');
    return found & RLX_POINT_SPACE;
}

static bool stands_alone(const struct special_search *s, size_t start, size_t end)
{
    uint32_t length;
    if (start > 0 && (flags_at(s, step_back(s, start), &length) & RLX_POINT_WORD))
        return false;
    return end == s->bytes || !(flags_at(s, end, &length) & RLX_POINT_WORD);
}

/* White space is searched for tokens, too, and these may take it again; so a run is walked once. */
static size_t space_end(struct special_search *s, uint32_t flags, size_t at)
{
    struct white_run *run = &s->behind;
    uint32_t length;
    if (run->flags == flags && run->start <= at && at < run->end)
        return run->end;
    *run = (struct white_run){flags, at, at};
    while (run->end < s->bytes && !is_taken(s, run->end) && is_space(s, run->end, flags, &length))
        run->end += length;
    return run->end;
}

void special_take_space(struct special_search *s, uint32_t flags, size_t first, struct found *f)
{
    uint32_t length;
    while ((flags & RLX_SPECIAL_LEFT) && f->start > first) {
        size_t before = step_back(s, f->start);
        if (before < first || is_taken(s, before) || !is_space(s, before, flags, &length))
            break;
        f->start = before;
    }
    if (flags & RLX_SPECIAL_RIGHT)
        f->end = space_end(s, flags, f->end);
}

/* The white space that a token takes is still searched, as the tokenizers library does: a token
 * that begins with white space is found there too, and f.start of that one may lie before the end
 * of the other. One that takes the white space before it begins after the other, and is dropped
 * where nothing of it is left. */
static bool next_leftmost(struct special_search *s, struct found *f)
{
    while ((s->at = special_candidate(s, s->at)) < s->bytes) {
        struct special_walk walk = special_walk_at(s, s->at);
        const struct rlx_tokenizer_special *token = NULL, *longer;
        while ((longer = special_next(s, &walk)) != NULL)
            token = longer;
        if (!token) {
            s->at++;
            continue;
        }
        *f = (struct found){s->at, s->at + token->bytes, token->id};
        s->at += token->bytes;
        if ((token->flags & RLX_SPECIAL_WORD) && !stands_alone(s, f->start, f->end))
            continue;
        special_take_space(s, token->flags, s->done, f);
        if ((token->flags & RLX_SPECIAL_LEFT) && f->start < s->done)
            f->start = s->done;
        if (f->start < f->end) {
            s->done = f->end;
            return true;
        }
    }
    return false;
}

bool specials_begin(struct special_search *s, const struct encoding *e, const char *text,
                    size_t bytes, bool normalized)
{
    *s = (struct special_search){
        .encoding = e, .text = text, .bytes = bytes, .normalized = normalized};
    s->longest = e->tokenizer->header->flags & RLX_TOKENIZER_LONGEST_SPECIAL;
    return !s->longest || special_candidate(s, 0) == bytes || find_longest(s);
}

bool specials_next(struct special_search *s, struct found *f)
{
    if (!s->longest)
        return next_leftmost(s, f);
    if (s->at == s->count)
        return false;
    *f = s->all[s->at++];
    return true;
}

void specials_end(struct special_search *s)
{
    free(s->all);
}
