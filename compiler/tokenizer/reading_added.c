/* Tokens that are recognized as a whole. In: a piece of text. Out: the same cut at such tokens. In
 * a tokenizer.json the leftmost token counts, of those the longest; in a GGUF file the longest
 * anywhere. Flags of a token: single_word (no word character next to it), left_strip and
 * right_strip (it takes the white space there), normalized (it is looked for in normalized text,
 * in its own normalized spelling). */
#include "compiler/tokenizer/reading_parts.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const struct added *x = a, *y = b;
    if (x->text.bytes != y->text.bytes)
        return x->text.bytes > y->text.bytes ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* The longest first. */
void added_open(struct reading *r)
{
    const struct vocabulary *v = r->vocabulary;
    for (int normalized = 0; normalized < 2; normalized++) {
        uint32_t capacity = 0, *count = &r->added_count[normalized];
        struct added **list = &r->added[normalized];
        for (uint32_t i = 0; i < v->token_count; i++) {
            const struct vocabulary_token *t = &v->tokens[i];
            struct step_text text = {t->text, t->bytes};
            if (!t->added || !t->text || t->normalized != (bool)normalized ||
                (normalized && !normalize(r, text, r->arena, &text)) || text.bytes == 0)
                continue;
            ARENA_PUSH(r->arena, *list, *count, capacity) = (struct added){text, i};
        }
        if (*count)
            qsort(*list, *count, sizeof **list, compare);
    }
}

static const struct vocabulary_token *token_of(const struct reading *r, const struct added *t)
{
    return &r->vocabulary->tokens[t->id];
}

static bool is_control(const struct vocabulary_token *t)
{
    return t->kind == TOKEN_control || t->kind == TOKEN_unknown;
}

static bool stands_at(const struct added *t, struct step_text text, uint32_t at)
{
    return t->text.bytes <= text.bytes - at && t->text.text[0] == text.text[at] &&
           memcmp(text.text + at, t->text.text, t->text.bytes) == 0;
}

static bool is_word_character(const struct reading *r, const char *text, uint32_t bytes)
{
    struct arena_mark mark = arena_mark(r->arena);
    struct matches found = {0};
    bool good =
        pattern_find(&r->word_character, (struct step_text){text, bytes}, r->arena, &found) &&
        found.count && found.all[0].matches;
    arena_release(r->arena, mark);
    return good;
}

static bool stands_alone(const struct reading *r, struct step_text text, uint32_t start,
                         uint32_t end)
{
    uint32_t point;
    if (start > 0) {
        uint32_t bytes = character_before(text, start, &point);
        if (is_word_character(r, text.text + start - bytes, bytes))
            return false;
    }
    return end == text.bytes ||
           !is_word_character(r, text.text + end, character_at(text, end, &point));
}

static bool is_space(const struct reading *r, uint32_t point)
{
    return r->vocabulary->ascii_strip ? point == ' ' || (point >= '\t' && point <= '\r')
                                      : is_white_space(point);
}

/* Where the white space before `start` begins, and where that after `end` ends, in
 * [first, last). */
static uint32_t space_before(const struct reading *r, struct step_text text, uint32_t first,
                             uint32_t start)
{
    uint32_t point, bytes;
    while (start > first) {
        bytes = character_before(text, start, &point);
        if (bytes > start - first || !is_space(r, point))
            break;
        start -= bytes;
    }
    return start;
}

static uint32_t space_after(const struct reading *r, struct step_text text, uint32_t end)
{
    uint32_t point, bytes;
    while (end < text.bytes) {
        bytes = character_at(text, end, &point);
        if (!is_space(r, point))
            break;
        end += bytes;
    }
    return end;
}

static void add_piece(struct arena *a, struct pieces *out, struct piece whole, uint32_t start,
                      uint32_t end, uint32_t token)
{
    if (start < end)
        ARENA_PUSH(a, out->all, out->count, out->capacity) = (struct piece){
            {whole.text.text + start, end - start}, token, whole.first && start == 0};
}

static void split_leftmost(struct reading *r, struct piece piece, bool normalized, bool specials,
                           struct arena *a, struct pieces *out)
{
    const struct added *list = r->added[normalized];
    uint32_t done = 0, count = r->added_count[normalized], point;
    for (uint32_t at = 0; at < piece.text.bytes;) {
        uint32_t i = 0;
        while (i < count && !((specials || !is_control(token_of(r, &list[i]))) &&
                              stands_at(&list[i], piece.text, at)))
            i++;
        if (i == count) {
            at += character_at(piece.text, at, &point);
            continue;
        }
        const struct vocabulary_token *t = token_of(r, &list[i]);
        uint32_t start = at, end = at + list[i].text.bytes;
        at = end;
        if (t->single_word && !stands_alone(r, piece.text, start, end))
            continue;
        if (t->left_strip)
            start = (uint32_t)max_u64(space_before(r, piece.text, 0, start), done);
        if (t->right_strip)
            end = space_after(r, piece.text, end);
        if (t->left_strip &&
            start > end) /* all of it went into the token before; the library fails */
            continue;
        add_piece(a, out, piece, done, start, NO_ID);
        add_piece(a, out, piece, start, end, list[i].id);
        done = end;
    }
    add_piece(a, out, piece, done, piece.text.bytes, NO_ID);
}

/* Cuts one piece at one token. */
static void split_at(struct reading *r, const struct added *token, struct piece piece,
                     struct arena *a, struct pieces *out)
{
    const struct vocabulary_token *t = token_of(r, token);
    uint32_t done = 0;
    for (uint32_t at = 0; piece.token == NO_ID && at < piece.text.bytes;) {
        if (!stands_at(token, piece.text, at)) {
            at++;
            continue;
        }
        uint32_t start = at, end = at + token->text.bytes;
        if (t->left_strip)
            start = space_before(r, piece.text, done, start);
        if (t->right_strip)
            end = space_after(r, piece.text, end);
        add_piece(a, out, piece, done, start, NO_ID);
        add_piece(a, out, piece, start, end, token->id);
        at = done = end;
    }
    add_piece(a, out, piece, done, piece.text.bytes, piece.token);
}

static void split_longest(struct reading *r, struct piece piece, bool normalized, bool specials,
                          struct arena *a, struct pieces *out)
{
    struct pieces now = {0}, next = {0};
    add_piece(a, &now, piece, 0, piece.text.bytes, NO_ID);
    for (uint32_t i = 0; i < r->added_count[normalized]; i++) {
        const struct added *token = &r->added[normalized][i];
        if (!specials && is_control(token_of(r, token)))
            continue;
        next.count = 0;
        for (uint32_t k = 0; k < now.count; k++)
            split_at(r, token, now.all[k], a, &next);
        struct pieces other = now;
        now = next;
        next = other;
    }
    for (uint32_t k = 0; k < now.count; k++)
        ARENA_PUSH(a, out->all, out->count, out->capacity) = now.all[k];
}

void added_split(struct reading *r, struct piece piece, bool normalized, bool specials,
                 struct arena *a, struct pieces *out)
{
    if (r->vocabulary->from_gguf)
        split_longest(r, piece, normalized, specials, a, out);
    else
        split_leftmost(r, piece, normalized, specials, a, out);
}
