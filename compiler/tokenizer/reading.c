/* The plain reading of a vocabulary: its parts in order. In: text. Out: ids. Added tokens are cut
 * out, what lies between them is normalized, normalized added tokens are cut out, the rest is cut
 * by the pre-tokenizers, one after another over the list of pieces; the model makes ids of each
 * piece. */
#include "compiler/tokenizer/reading_parts.h"

#include <string.h>

static bool open_steps(const struct text_steps *steps, struct pattern **out, struct arena *a,
                       const char **why)
{
    *out = arena_new(a, struct pattern, steps->count);
    for (uint32_t i = 0; i < steps->count; i++) {
        const struct text_step *s = &steps->all[i];
        if ((s->kind == STEP_replace || s->kind == STEP_split) &&
            !pattern_open(&(*out)[i], s->expression, s->literal, a, why))
            return false;
    }
    return true;
}

static bool open_set(struct pattern *e, const char *text, struct arena *a, const char **why)
{
    return pattern_open(e, (struct step_text){text, (uint32_t)strlen(text)}, false, a, why);
}

struct reading *reading_open(const struct vocabulary *v, struct arena *a, const char **unread)
{
    struct reading *r = arena_new(a, struct reading, 1);
    r->vocabulary = v;
    r->arena = a;
    r->scratch_limit = SIZE_MAX;
    if (open_steps(&v->pipeline.normalizers, &r->normal, a, unread) &&
        open_steps(&v->pipeline.pre_tokenizers, &r->pre, a, unread) &&
        open_set(&r->word_character, "[[:word:]\\x{200c}\\x{200d}]", a, unread) &&
        open_set(&r->unassigned, "\\p{Cn}", a, unread) && model_open(r)) {
        added_open(r);
        return r;
    }
    reading_close(r);
    return NULL;
}

static void close_steps(const struct text_steps *steps, struct pattern *list)
{
    for (uint32_t i = 0; list && i < steps->count; i++)
        pattern_close(&list[i]);
}

void reading_close(struct reading *r)
{
    close_steps(&r->vocabulary->pipeline.normalizers, r->normal);
    close_steps(&r->vocabulary->pipeline.pre_tokenizers, r->pre);
    pattern_close(&r->word_character);
    pattern_close(&r->unassigned);
}

bool reading_is_too_new(const struct reading *r, const char *text, uint32_t bytes)
{
    struct arena_mark mark = arena_mark(r->arena);
    struct matches found = {0};
    bool good = pattern_find(&r->unassigned, (struct step_text){text, bytes}, r->arena, &found);
    for (uint32_t i = 0; i < found.count && good; i++)
        good = !found.all[i].matches;
    arena_release(r->arena, mark);
    return !good;
}

static void add_text(struct arena *a, struct pieces *out, struct step_text text, bool first)
{
    if (text.bytes)
        ARENA_PUSH(a, out->all, out->count, out->capacity) = (struct piece){text, NO_ID, first};
}

static bool begins_with(struct step_text text, struct step_text start)
{
    return text.bytes >= start.bytes && memcmp(text.text, start.text, start.bytes) == 0;
}

static void put_in_front(const struct text_step *s, struct piece piece, struct arena *a,
                         struct pieces *out)
{
    struct text whole = {.arena = a};
    bool wanted = s->prefix == PREFIX_unless_present || piece.first;
    if (wanted && !begins_with(piece.text, s->content))
        text_add_bytes(&whole, s->content.text, s->content.bytes);
    text_add_bytes(&whole, piece.text.text, piece.text.bytes);
    add_text(a, out, view(&whole), piece.first);
}

static bool split(const struct text_step *s, const struct pattern *e, struct piece piece,
                  struct arena *a, struct pieces *out)
{
    struct matches found = {0}, cut = {0};
    if (!pattern_find(e, piece.text, a, &found))
        return false;
    split_matches(&found, s->behavior, s->invert, a, &cut);
    for (uint32_t i = 0; i < cut.count; i++)
        add_text(a, out,
                 (struct step_text){piece.text.text + cut.all[i].start,
                                    cut.all[i].end - cut.all[i].start},
                 piece.first && cut.all[i].start == 0);
    return true;
}

static bool pre_tokenize_piece(const struct text_step *s, const struct pattern *e,
                               struct piece piece, struct arena *a, struct pieces *out)
{
    if (s->kind == STEP_split)
        return split(s, e, piece, a, out);
    if (s->kind == STEP_prefix) {
        put_in_front(s, piece, a, out);
        return true;
    }
    if (!normalize_step(s, e, piece.text, a, &piece.text))
        return false;
    add_text(a, out, piece.text, piece.first);
    return true;
}

/* Every step sees the list of pieces that the steps before it left. */
static bool pre_tokenize(const struct reading *r, struct arena *a, struct pieces *pieces)
{
    const struct text_steps *steps = &r->vocabulary->pipeline.pre_tokenizers;
    for (uint32_t i = 0; i < steps->count; i++) {
        struct pieces next = {0};
        for (uint32_t k = 0; k < pieces->count; k++) {
            struct piece piece = pieces->all[k];
            if (piece.token != NO_ID)
                ARENA_PUSH(a, next.all, next.count, next.capacity) = piece;
            else if (!pre_tokenize_piece(&steps->all[i], &r->pre[i], piece, a, &next) ||
                     a->used > r->scratch_limit)
                return false;
        }
        *pieces = next;
    }
    return true;
}

static bool cut(struct reading *r, struct step_text text, bool specials, struct arena *a,
                struct pieces *out)
{
    struct pieces stretches = {0};
    added_split(r, (struct piece){text, NO_ID, true}, false, specials, a, &stretches);
    for (uint32_t i = 0; i < stretches.count; i++) {
        struct piece piece = stretches.all[i];
        if (piece.token != NO_ID) {
            ARENA_PUSH(a, out->all, out->count, out->capacity) = piece;
            continue;
        }
        piece.first = piece.first && !normalize_loses_front(r, piece.text, a);
        if (!normalize(r, piece.text, a, &piece.text))
            return false;
        added_split(r, piece, true, specials, a, out);
    }
    return pre_tokenize(r, a, out);
}

bool reading_encode(struct reading *r, const char *text, uint32_t bytes, bool specials, bool ends,
                    struct arena *scratch, struct reading_ids *out)
{
    const struct vocabulary *v = r->vocabulary;
    struct pieces pieces = {0};
    r->scratch_limit = scratch->used + READING_MAX_MEMORY;
    if (!cut(r, (struct step_text){text, bytes}, specials, scratch, &pieces))
        return false;
    for (uint32_t i = 0; ends && i < v->front_count; i++)
        add_id(scratch, out, v->front[i]);
    for (uint32_t i = 0; i < pieces.count; i++) {
        if (pieces.all[i].token != NO_ID)
            add_id(scratch, out, pieces.all[i].token);
        else if (!model_encode(r, pieces.all[i].text, scratch, out))
            return false;
    }
    for (uint32_t i = 0; ends && i < v->back_count; i++)
        add_id(scratch, out, v->back[i]);
    return true;
}
