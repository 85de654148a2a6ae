/* The models, except BPE. In: a piece of text, normalized and cut. Out: its ids. Here too: the
 * texts of the model's tokens and merges by their hashes, because vocabularies are large. */
#include "compiler/tokenizer/reading_parts.h"

#include <float.h>
#include <string.h>

static uint32_t *slot_of(const struct text_index *x, uint32_t hash, uint32_t *at, bool first)
{
    *at = (first ? hash : *at + 1) & (x->slot_count - 1);
    return x->slots[*at].value_plus_1 ? &x->slots[*at].value_plus_1 : NULL;
}

static void start_index(struct text_index *x, struct arena *a, uint32_t count)
{
    x->slot_count = 16;
    while (x->slot_count < count * 2)
        x->slot_count *= 2;
    x->slots = arena_alloc(a, x->slot_count * sizeof *x->slots, _Alignof(uint32_t));
}

static uint32_t find_hashed(const struct reading *r, uint32_t hash, const char *text,
                            uint32_t bytes)
{
    const struct text_index *x = &r->tokens;
    uint32_t at, *value;
    for (value = slot_of(x, hash, &at, true); value; value = slot_of(x, hash, &at, false)) {
        const struct vocabulary_token *t = &r->vocabulary->tokens[*value - 1];
        if (x->slots[at].hash == hash && t->bytes == bytes && memcmp(t->text, text, bytes) == 0)
            return *value - 1;
    }
    return NO_ID;
}

uint32_t model_find(const struct reading *r, const char *text, uint32_t bytes)
{
    return find_hashed(r, text_hash_end(text_hash_add(text_hash_start(), text, bytes)), text,
                       bytes);
}

static uint32_t merge_hash(struct step_text left, struct step_text right)
{
    uint64_t hash = text_hash_add(text_hash_start(), left.text, left.bytes);
    return text_hash_end(text_hash_add(hash + 1, right.text, right.bytes));
}

uint32_t model_find_merge(const struct reading *r, struct step_text left, struct step_text right)
{
    const struct text_index *x = &r->merges;
    uint32_t hash = merge_hash(left, right), at, *value;
    for (value = slot_of(x, hash, &at, true); value; value = slot_of(x, hash, &at, false)) {
        const struct vocabulary_merge *m = &r->vocabulary->merges[*value - 1];
        if (x->slots[at].hash == hash && m->left_bytes == left.bytes &&
            m->right_bytes == right.bytes && memcmp(m->left, left.text, left.bytes) == 0 &&
            memcmp(m->right, right.text, right.bytes) == 0)
            return *value - 1;
    }
    return NO_ID;
}

/* A text or pair that comes again replaces the former one, or not. */
static void put(struct text_index *x, uint32_t hash, uint32_t former, uint32_t value, bool last)
{
    uint32_t at, *there = slot_of(x, hash, &at, true);
    while (there && *there != former + 1)
        there = slot_of(x, hash, &at, false);
    if (there && !last)
        return;
    x->slots[at].hash = hash;
    x->slots[at].value_plus_1 = value + 1;
}

/* Of tokens with equal texts, the last counts in a GGUF file and in a unigram model, else the
 * first. */
static void index_tokens(struct reading *r)
{
    const struct vocabulary *v = r->vocabulary;
    bool last = v->from_gguf || v->pipeline.model == MODEL_unigram;
    start_index(&r->tokens, r->arena, v->token_count);
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (!t->text || !t->bytes || t->unmerged)
            continue;
        uint32_t hash = text_hash_end(text_hash_add(text_hash_start(), t->text, t->bytes));
        put(&r->tokens, hash, find_hashed(r, hash, t->text, t->bytes), i, last);
        r->longest_token = (uint32_t)max_u64(r->longest_token, t->bytes);
    }
}

/* Of equal pairs, the first counts in a GGUF file, else the last. */
static void index_merges(struct reading *r)
{
    const struct vocabulary *v = r->vocabulary;
    start_index(&r->merges, r->arena, v->merge_count);
    for (uint32_t i = 0; i < v->merge_count; i++) {
        struct step_text left = {v->merges[i].left, v->merges[i].left_bytes},
                         right = {v->merges[i].right, v->merges[i].right_bytes};
        put(&r->merges, merge_hash(left, right), model_find_merge(r, left, right), i,
            !v->from_gguf);
    }
}

/* SentencePiece and llama.cpp count normal tokens only, the tokenizers library all. */
static void find_scores(struct reading *r)
{
    const struct vocabulary *v = r->vocabulary;
    bool normal_only = v->pipeline.float32_scores || v->from_gguf;
    r->min_score = DBL_MAX;
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (!t->text || t->unmerged || (normal_only && t->kind != TOKEN_normal))
            continue;
        r->min_score = t->score < r->min_score ? t->score : r->min_score;
    }
}

bool model_open(struct reading *r)
{
    index_tokens(r);
    index_merges(r);
    find_scores(r);
    return true;
}

bool model_add_bytes(const struct reading *r, struct step_text text, struct arena *a,
                     struct reading_ids *out)
{
    char name[8];
    uint32_t count = out->count;
    for (uint32_t i = 0; i < text.bytes; i++) {
        snprintf(name, sizeof name, "<0x%02X>", (uint8_t)text.text[i]);
        uint32_t id = model_find(r, name, 6);
        if (id == NO_ID) {
            out->count = count;
            return false;
        }
        add_id(a, out, id);
    }
    return true;
}

static bool add_unknown(const struct reading *r, struct arena *a, struct reading_ids *out)
{
    if (r->vocabulary->unknown == NO_ID)
        return false;
    add_id(a, out, r->vocabulary->unknown);
    return true;
}

/* ---- the whole piece is a token, or unknown ---- */

static bool word_level(const struct reading *r, struct step_text piece, struct arena *a,
                       struct reading_ids *out)
{
    uint32_t id = model_find(r, piece.text, piece.bytes);
    if (id == NO_ID)
        return add_unknown(r, a, out);
    add_id(a, out, id);
    return true;
}

/* ---- the longest token that the piece begins with, again and again ---- */

/* Pieces after the first begin with the continuing prefix. Cuts lie between characters. */
static uint32_t longest_piece(const struct reading *r, struct step_text piece, uint32_t at,
                              struct arena *a, uint32_t *end)
{
    struct step_text prefix = r->vocabulary->pipeline.continuing_prefix;
    uint32_t point;
    for (*end = piece.bytes; *end > at; *end -= character_before(piece, *end, &point)) {
        struct text part = {.arena = a};
        if (at > 0)
            text_add_bytes(&part, prefix.text, prefix.bytes);
        text_add_bytes(&part, piece.text + at, *end - at);
        uint32_t id = part.bytes > r->longest_token ? NO_ID : model_find(r, part.data, part.bytes);
        if (id != NO_ID)
            return id;
    }
    return NO_ID;
}

/* A word with any part that is no token, or with too many characters, is unknown as a whole. */
static bool word_piece(const struct reading *r, struct step_text piece, struct arena *a,
                       struct reading_ids *out)
{
    uint32_t max = r->vocabulary->pipeline.max_word_characters, characters = 0, point;
    uint32_t count = out->count, end;
    for (uint32_t at = 0; at < piece.bytes; characters++)
        at += character_at(piece, at, &point);
    if (max && characters > max)
        return add_unknown(r, a, out);
    for (uint32_t at = 0; at < piece.bytes; at = end) {
        uint32_t id = longest_piece(r, piece, at, a, &end);
        if (id == NO_ID) {
            out->count = count;
            return add_unknown(r, a, out);
        }
        add_id(a, out, id);
    }
    return true;
}

/* ---- the segmentation with the greatest sum of scores ---- */

struct node {
    double score; /* of the best way to here */
    uint32_t id, start;
    bool reached;
};

enum { UNKNOWN_PENALTY = 10 };

/* In a tokenizer.json, all tokens are pieces. SentencePiece has a bonus for user-defined ones, and
 * no use for unused ones; llama.cpp has none of the bonus, and use. */
static bool score_of(const struct reading *r, uint32_t id, uint32_t bytes, double *score)
{
    const struct vocabulary_token *t = &r->vocabulary->tokens[id];
    bool from_gguf = r->vocabulary->from_gguf;
    *score = t->score;
    if (!r->vocabulary->pipeline.float32_scores && !from_gguf)
        return true;
    if (t->kind == TOKEN_user_defined)
        *score = from_gguf ? 0 : (float)(bytes * 0.1 - 0.1);
    return t->kind == TOKEN_normal || t->kind == TOKEN_user_defined ||
           (from_gguf && t->kind == TOKEN_unused);
}

/* Of ways with equal scores, the one that was there first stays. */
static void offer(const struct reading *r, struct node *nodes, uint32_t start, uint32_t end,
                  uint32_t id, double score)
{
    double sum = nodes[start].score + score;
    if (r->vocabulary->pipeline.float32_scores)
        sum = (float)sum;
    if (nodes[end].reached && !(sum > nodes[end].score))
        return;
    nodes[end] = (struct node){sum, id, start, true};
}

/* Unless a single character is a token, it can be the unknown one. */
static void offer_all(const struct reading *r, struct step_text piece, uint32_t at,
                      struct node *nodes)
{
    uint32_t point, character = character_at(piece, at, &point);
    uint32_t end = (uint32_t)min_u64(piece.bytes, (uint64_t)at + r->longest_token);
    uint64_t hash = text_hash_start();
    bool known = false;
    for (uint32_t i = at; i < end; i++) {
        double score;
        hash = text_hash_add(hash, piece.text + i, 1);
        uint32_t id = find_hashed(r, text_hash_end(hash), piece.text + at, i + 1 - at);
        if (id == NO_ID || !score_of(r, id, i + 1 - at, &score))
            continue;
        known = known || i + 1 - at == character;
        offer(r, nodes, at, i + 1, id, score);
    }
    double unknown = r->min_score - UNKNOWN_PENALTY;
    if (r->vocabulary->pipeline.float32_scores)
        unknown = (float)r->min_score - (float)UNKNOWN_PENALTY;
    if (!known)
        offer(r, nodes, at, at + character, r->vocabulary->unknown, unknown);
}

/* Neighbouring unknown characters are one text: the tokens of its bytes, or one unknown token. In a
 * tokenizer.json it may be a token, one whose score is too low to be chosen. */
static bool unigram(const struct reading *r, struct step_text piece, struct arena *a,
                    struct reading_ids *out)
{
    uint32_t point, count = 0, unknown = r->vocabulary->unknown;
    bool scores_only = r->vocabulary->pipeline.float32_scores || r->vocabulary->from_gguf;
    struct node *nodes = arena_new(a, struct node, piece.bytes + 1);
    for (uint32_t at = 0; at < piece.bytes; at += character_at(piece, at, &point))
        offer_all(r, piece, at, nodes);
    uint32_t *ends = arena_new(a, uint32_t, piece.bytes);
    for (uint32_t end = piece.bytes; end > 0; end = nodes[end].start)
        ends[count++] = end;
    while (count) {
        struct node n = nodes[ends[--count]];
        uint32_t end = ends[count];
        while (n.id == unknown && count && nodes[ends[count - 1]].id == unknown)
            end = ends[--count];
        struct step_text text = {piece.text + n.start, end - n.start};
        uint32_t id = n.id;
        if (id == unknown)
            id = scores_only ? NO_ID : model_find(r, text.text, text.bytes);
        if (id == NO_ID && r->vocabulary->pipeline.byte_fallback &&
            model_add_bytes(r, text, a, out))
            continue;
        if (id == NO_ID && unknown == NO_ID)
            return false;
        add_id(a, out, id == NO_ID ? unknown : id);
    }
    return true;
}

bool model_encode(const struct reading *r, struct step_text piece, struct arena *a,
                  struct reading_ids *out)
{
    if (piece.bytes > READING_MAX_WORD || a->used > r->scratch_limit)
        return false;
    switch (r->vocabulary->pipeline.model) {
    case MODEL_bpe:
        bpe_encode(r, piece, a, out);
        return true;
    case MODEL_unigram:
        return unigram(r, piece, a, out);
    case MODEL_wordpiece:
        return word_piece(r, piece, a, out);
    case MODEL_word_level:
        return word_level(r, piece, a, out);
    }
    unreachable("an unknown model");
}
