/* Unigram: a word becomes the pieces whose scores have the highest sum. In: its text. Out: ids.
 *
 * Positions are taken from left to right. Each piece that begins there extends the best way to
 * there to the position where it ends, if that is better than the best way known to there so far;
 * of equal ways the first stays. A character that no piece spells alone may be unknown. This is
 * what the tokenizers library and SentencePiece do; sums are rounded as they round them.
 *
 * Only a window of positions is kept: once it is full, the pieces that all ways to the positions
 * ahead share are certain and become ids. There are texts where ways never meet, "aaaa" for
 * example; so a position takes two bytes, and the ids of the pieces are looked up in TRIE again.
 */
#include "runtime/tokenizer/tokenize_parts.h"

#include <string.h>

enum { WINDOW = 1 << 12, MAX_SUM = 100000, MARK = 1 << 15 /* in a length */ };

struct search {
    struct encoding *e;
    const struct rlx_model *model;
    struct trie pieces;
    const char *word;
    size_t bytes;
    size_t base, top; /* lengths[0] is of position base; those beyond top are not set up */
    size_t ring;      /* the place in `sums` of a position: these bits of it */
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

/* The piece [at, at + bytes) of a way. What is no piece is an unknown character. */
static uint32_t piece_id(const struct search *s, size_t at, size_t bytes)
{
    uint32_t scores = tokenizer_table_count(s->e->tokenizer, RLX_TABLE_SCORES);
    struct trie_at node = trie_root(&s->pieces);
    bool whole = true;
    for (size_t i = at; i < at + bytes && whole; i++)
        whole = trie_step(&s->pieces, &node, (uint8_t)s->word[i]);
    return whole && trie_ends(node) && trie_number(node) < scores
               ? trie_number(node)
               : s->e->tokenizer->header->unknown;
}

/* The pieces of the best way to `end` become ids, and the window begins there. Links are
 * reversed on the way back, so that each piece stands where it begins. */
static void commit(struct search *s, size_t end)
{
    uint16_t *lengths = s->e->work.lengths, bytes = lengths[end - s->base];
    for (size_t at = end; at > s->base;) {
        at -= bytes;
        uint16_t before = lengths[at - s->base];
        lengths[at - s->base] = bytes;
        bytes = before;
    }
    for (size_t at = s->base; at < end; at += lengths[at - s->base])
        emit_piece(s, piece_id(s, at, lengths[at - s->base]), at);
    memmove(lengths, lengths + (end - s->base), (s->top + 1 - end) * sizeof *lengths);
    s->base = end;
}

/* The last position up to `at` that all ways to `at` and beyond have in common. */
static size_t common_position(struct search *s, size_t at)
{
    uint16_t *lengths = s->e->work.lengths;
    size_t ahead = 0, p;
    for (p = at; p <= s->top; p++)
        if (lengths[p - s->base]) {
            lengths[p - s->base] |= MARK;
            ahead++;
        }
    for (p = s->top; ahead > 1; p--) {
        uint16_t *length = &lengths[p - s->base];
        if (!(*length & MARK))
            continue;
        *length &= MARK - 1;
        uint16_t *from = length - *length;
        ahead -= (*from & MARK) != 0;
        *from |= MARK;
    }
    while (!(lengths[p - s->base] & MARK))
        p--;
    lengths[p - s->base] &= MARK - 1;
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
    if (!grow((void **)&w->lengths, &w->length_capacity, end + 1 - s->base, sizeof *w->lengths)) {
        s->e->no_memory = true;
        return false;
    }
    while (s->top < end)
        w->lengths[++s->top - s->base] = 0;
    return true;
}

static void extend(struct search *s, size_t at, size_t length, double sum)
{
    uint16_t *known = &s->e->work.lengths[at + length - s->base];
    double *best = &s->e->work.sums[(at + length) & s->ring];
    if (s->model->flags & RLX_MODEL_NARROW_SUMS)
        sum = (float)sum;
    if (*known && !(sum > *best))
        return;
    *best = sum;
    *known = (uint16_t)length;
}

/* SentencePiece keeps its sums near 0, where f32 is precise: once the score of the best way to a
 * position is further away than MAX_SUM, all open ways lose that. */
static double rebase(struct search *s, size_t at)
{
    double *sums = s->e->work.sums, so_far = sums[at & s->ring];
    if (!(s->model->flags & RLX_MODEL_NARROW_SUMS) ||
        (so_far >= -(double)MAX_SUM && so_far <= (double)MAX_SUM))
        return so_far;
    for (size_t p = at; p <= s->top; p++)
        if (p == at || s->e->work.lengths[p - s->base])
            sums[p & s->ring] = (float)(sums[p & s->ring] - so_far);
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
        extend(s, at, i + 1 - at, score_of(s, trie_number(node)) + so_far);
        alone = alone || i + 1 - at == character;
    }
    if (alone)
        return;
    extend(s, at, character, s->model->unknown_score + so_far);
}

/* The first window, and a ring of the sums that are of use: to the positions that a piece from one
 * position reaches. */
static bool begin(struct search *s)
{
    struct model_work *w = &s->e->work;
    size_t max = s->model->longest > 4 ? s->model->longest : 4, count = 8;
    while (count <= max)
        count *= 2;
    s->ring = count - 1;
    if (!grow((void **)&w->lengths, &w->length_capacity, WINDOW, sizeof *w->lengths) ||
        !grow((void **)&w->sums, &w->sum_capacity, count, sizeof *w->sums)) {
        s->e->no_memory = true;
        return false;
    }
    w->lengths[0] = 0;
    w->sums[0] = 0;
    return true;
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
    if (!begin(&s))
        return;
    for (size_t at = 0; at < bytes;) {
        uint32_t point, character = utf8_read(word, bytes, at, &point);
        size_t max = s.model->longest > character ? s.model->longest : character;
        if (!open_up_to(&s, at, max < bytes - at ? at + max : bytes))
            return;
        take_position(&s, at, character);
        at += character;
    }
    commit(&s, bytes);
    end_run(&s, bytes);
}
