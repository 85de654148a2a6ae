/* Unigram: a word becomes the pieces whose scores have the highest sum. In: its text. Out: ids.
 *
 * Positions are taken from left to right. Each piece that begins there extends the best way to
 * there to the position where it ends, if that is better than the best way known to there so far;
 * of equal ways the first stays. A character that no piece spells alone may be unknown. This is
 * what the tokenizers library and SentencePiece do; sums are rounded as they round them.
 *
 * Only a window of positions is kept: once it is full, the pieces that all ways to the positions
 * ahead share are certain and become ids.
 */
#include "runtime/tokenizer/tokenize_parts.h"

#include <string.h>

enum { WINDOW = 1 << 12, MOST_SUM = 100000, MARK = 1 << 30 /* in `bytes` of a way */ };

struct search {
    struct encoding *e;
    const struct rlx_model *model;
    struct trie pieces;
    const char *word;
    size_t bytes;
    size_t base, top; /* ways[0] is to position base; those beyond top are not set up */
    size_t full;      /* positions of a full window */
    size_t run;       /* where a run of unknown characters begins; SIZE_MAX: there is none */
};

static double score_of(const struct search *s, uint32_t id)
{
    const void *scores = tokenizer_table(s->e->tokenizer, RLX_TABLE_SCORES);
    return s->model->flags & RLX_MODEL_WIDE_SCORES ? ((const double *)scores)[id]
                                                   : (double)((const float *)scores)[id];
}

/* The bytes of an unknown run: true if each has a token. */
static bool emit_run_bytes(struct search *s, const char *text, size_t bytes)
{
    const uint32_t *tokens = tokenizer_table(s->e->tokenizer, RLX_TABLE_BYTES);
    for (size_t i = 0; i < bytes; i++)
        if (tokens[(uint8_t)text[i]] >= s->e->tokenizer->header->token_count)
            return false;
    for (size_t i = 0; i < bytes; i++)
        emit_id(s->e, tokens[(uint8_t)text[i]]);
    return true;
}

static void end_run(struct search *s, size_t end)
{
    if (s->run == SIZE_MAX)
        return;
    const char *text = s->word + s->run;
    size_t bytes = end - s->run;
    uint32_t id = RLX_NO_SYMBOL;
    bool narrow = s->model->flags & RLX_MODEL_NARROW_SUMS;
    s->run = SIZE_MAX;
    if (!narrow && bytes <= s->model->longest &&
        trie_longest(&s->pieces, trie_root(&s->pieces), text, bytes, 0, &id) == bytes &&
        id < s->e->tokenizer->header->token_count)
        emit_id(s->e, id);
    else if (!emit_run_bytes(s, text, bytes))
        emit_unknown(s->e);
}

static void emit_piece(struct search *s, uint32_t id, size_t start)
{
    if (id == s->e->tokenizer->header->unknown || id == RLX_NO_SYMBOL) {
        if (s->run == SIZE_MAX)
            s->run = start;
        return;
    }
    end_run(s, start);
    emit_id(s->e, id);
}

/* The pieces of the best way to `end` become ids, and the window begins there. Links are
 * reversed on the way back, so that each piece stands where it begins. */
static void commit(struct search *s, size_t end)
{
    struct way *ways = s->e->work.ways;
    uint32_t bytes = ways[end - s->base].bytes, id = ways[end - s->base].id;
    for (size_t at = end; at > s->base;) {
        at -= bytes;
        struct way *w = &ways[at - s->base], piece = {0, bytes, id};
        bytes = w->bytes;
        id = w->id;
        w->bytes = piece.bytes;
        w->id = piece.id;
    }
    for (size_t at = s->base; at < end; at += ways[at - s->base].bytes)
        emit_piece(s, ways[at - s->base].id, at);
    memmove(ways, ways + (end - s->base), (s->top + 1 - end) * sizeof *ways);
    s->base = end;
}

/* The last position up to `at` that all ways to `at` and beyond have in common. */
static size_t common_position(struct search *s, size_t at)
{
    struct way *ways = s->e->work.ways;
    size_t ahead = 0, p;
    for (p = at; p <= s->top; p++)
        if (ways[p - s->base].bytes) {
            ways[p - s->base].bytes |= MARK;
            ahead++;
        }
    for (p = s->top; ahead > 1; p--) {
        struct way *w = &ways[p - s->base];
        if (!(w->bytes & MARK))
            continue;
        w->bytes &= ~(uint32_t)MARK;
        struct way *from = w - w->bytes;
        ahead -= (from->bytes & MARK) != 0;
        from->bytes |= MARK;
    }
    while (!(ways[p - s->base].bytes & MARK))
        p--;
    ways[p - s->base].bytes &= ~(uint32_t)MARK;
    return p;
}

/* Sets up the ways up to a position, and first makes room where the window is full. */
static bool open_up_to(struct search *s, size_t at, size_t end)
{
    struct model_work *w = &s->e->work;
    if (at - s->base >= s->full) {
        size_t common = common_position(s, at);
        if (common > s->base)
            commit(s, common);
        if (at - s->base > s->full / 2)
            s->full *= 2;
    }
    if (!grow((void **)&w->ways, &w->way_capacity, end + 1 - s->base, sizeof *w->ways)) {
        s->e->no_memory = true;
        return false;
    }
    while (s->top < end)
        w->ways[++s->top - s->base] = (struct way){0};
    return true;
}

static void extend(struct search *s, size_t at, size_t length, double sum, uint32_t id)
{
    struct way *to = &s->e->work.ways[at + length - s->base];
    if (s->model->flags & RLX_MODEL_NARROW_SUMS)
        sum = (float)sum;
    if (to->bytes && !(sum > to->score))
        return;
    to->score = sum;
    to->bytes = (uint32_t)length;
    to->id = id;
}

/* SentencePiece keeps its sums near 0, where f32 is precise: once the score of the best way to a
 * position is further away than MOST_SUM, all open ways lose that. */
static double rebase(struct search *s, size_t at)
{
    struct way *ways = s->e->work.ways;
    double so_far = ways[at - s->base].score;
    if (!(s->model->flags & RLX_MODEL_NARROW_SUMS) || (so_far >= -MOST_SUM && so_far <= MOST_SUM))
        return so_far;
    for (size_t p = at; p <= s->top; p++)
        ways[p - s->base].score = (float)(ways[p - s->base].score - so_far);
    return 0;
}

static void take_position(struct search *s, size_t at, size_t character)
{
    uint32_t scores = tokenizer_table_count(s->e->tokenizer, RLX_TABLE_SCORES);
    double so_far = rebase(s, at);
    struct trie_at node = trie_root(&s->pieces);
    bool alone = false;
    for (size_t i = at; i < s->top && trie_step(&s->pieces, &node, (uint8_t)s->word[i]); i++) {
        if (!trie_ends(node) || trie_number(node) >= scores)
            continue;
        extend(s, at, i + 1 - at, score_of(s, trie_number(node)) + so_far, trie_number(node));
        alone = alone || i + 1 - at == character;
    }
    if (alone)
        return;
    extend(s, at, character, s->model->unknown_score + so_far, s->e->tokenizer->header->unknown);
}

void encode_word_unigram(struct encoding *e, const char *word, size_t bytes)
{
    struct search s = {.e = e,
                       .model = model_of(e->tokenizer),
                       .pieces = trie_of(e->tokenizer),
                       .word = word,
                       .bytes = bytes,
                       .full = WINDOW,
                       .run = SIZE_MAX};
    if (!grow((void **)&e->work.ways, &e->work.way_capacity, WINDOW, sizeof *e->work.ways)) {
        e->no_memory = true;
        return;
    }
    e->work.ways[0] = (struct way){0};
    for (size_t at = 0; at < bytes;) {
        uint32_t point, character = utf8_read(word, bytes, at, &point);
        size_t most = s.model->longest > character ? s.model->longest : character;
        if (!open_up_to(&s, at, most < bytes - at ? at + most : bytes))
            return;
        take_position(&s, at, character);
        at += character;
    }
    commit(&s, bytes);
    end_run(&s, bytes);
}
