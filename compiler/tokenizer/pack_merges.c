/* The hash tables of a tokenizer: pairs of symbols that merge, and words that are symbols. In: the
 * vocabulary's merges or scores, and its symbols. Out: tables MERGES, PAIRS and WORDS.
 *
 * Listed merges have their position as rank. With scores, two neighbours merge if their joint text
 * is a token, the highest score first: every cut of a token into two known texts is a pair, and
 * equal scores have equal ranks.
 */
#include "compiler/tokenizer/pack_parts.h"

#include <stdlib.h>
#include <string.h>

struct pairs {
    struct rlx_tokenizer_merge *all;
    uint32_t count, capacity;
};

static struct symbol join(struct packing *p, struct symbol left, struct symbol right)
{
    char *text = arena_alloc(p->arena, (size_t)left.bytes + right.bytes + 1, 1);
    memcpy(text, left.text, left.bytes);
    memcpy(text + left.bytes, right.text, right.bytes);
    return (struct symbol){text, left.bytes + right.bytes};
}

static uint32_t find_joined(struct packing *p, const struct vocabulary_merge *m, bool add)
{
    /* The right one loses its prefix. */
    uint32_t skip =
        (uint32_t)min_u64(p->vocabulary->pipeline.continuing_prefix.bytes, m->right_bytes);
    struct symbol whole = join(p, (struct symbol){m->left, m->left_bytes},
                               (struct symbol){m->right + skip, m->right_bytes - skip});
    uint32_t result = packing_find(p, whole.text, whole.bytes);
    if (result == RLX_NO_SYMBOL && add)
        result = packing_add(p, whole.text, whole.bytes, word_text(p, whole.text, whole.bytes));
    return result;
}

/* A GGUF file may list merges whose result is not a token: it exists during merging and then
 * becomes bytes. In a tokenizer.json that is an error, as in the tokenizers library. */
static bool list_merges(struct packing *p, struct pairs *pairs)
{
    const struct vocabulary *v = p->vocabulary;
    uint32_t *results = arena_new(p->arena, uint32_t, v->merge_count);
    pairs->all = arena_new(p->arena, struct rlx_tokenizer_merge, max_u64(v->merge_count, 1));
    for (uint32_t i = 0; i < v->merge_count; i++) {
        struct arena_mark mark = arena_mark(p->arena);
        uint32_t result = find_joined(p, &v->merges[i], false);
        if (result != RLX_NO_SYMBOL)
            arena_release(p->arena, mark);
        else if (v->from_gguf)
            result = find_joined(p, &v->merges[i], true);
        results[i] = result;
    }
    for (uint32_t i = 0; i < v->merge_count; i++) {
        const struct vocabulary_merge *m = &v->merges[i];
        uint32_t left = packing_find(p, m->left, m->left_bytes),
                 right = packing_find(p, m->right, m->right_bytes);
        bool known = left != RLX_NO_SYMBOL && right != RLX_NO_SYMBOL && results[i] != RLX_NO_SYMBOL;
        if (known)
            pairs->all[pairs->count++] = (struct rlx_tokenizer_merge){left, right, i, results[i]};
        else if (!v->from_gguf)
            return diag_error(p->diags, p->place,
                              "merge %u: expected '%.*s' and '%.*s' and both together to be tokens",
                              i, (int)m->left_bytes, m->left, (int)m->right_bytes, m->right);
    }
    return true;
}

static int compare_scores(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y); /* highest first */
}

/* The position of a score among all distinct scores, the highest first. */
static uint32_t rank_of(const float *scores, uint32_t count, float score)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (scores[middle] > score)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static float *sorted_scores(struct packing *p, uint32_t *count)
{
    const struct vocabulary *v = p->vocabulary;
    float *scores = arena_new(p->arena, float, v->token_count);
    uint32_t used = 0;
    for (uint32_t i = 0; i < v->token_count; i++)
        if (v->tokens[i].score == v->tokens[i].score) /* not NaN, which would not sort */
            scores[used++] = (float)v->tokens[i].score;
    qsort(scores, used, sizeof *scores, compare_scores);
    *count = 0;
    for (uint32_t i = 0; i < used; i++)
        if (i == 0 || scores[i] != scores[i - 1])
            scores[(*count)++] = scores[i];
    return scores;
}

/* Whether SentencePiece's merging may come by this token: user-defined pieces are matched before
 * it, and the others are names, not texts. */
static bool merges(const struct vocabulary *v, uint32_t token)
{
    enum token_kind kind = v->tokens[token].kind;
    return v->from_gguf || kind == TOKEN_normal || kind == TOKEN_unused;
}

/* A part of a token: a known symbol, or one character, which may stand for itself during
 * merging. */
static uint32_t find_part(struct packing *p, const char *text, uint32_t bytes)
{
    uint32_t symbol = packing_find(p, text, bytes);
    if (symbol == RLX_NO_SYMBOL && character_bytes(text, bytes) == bytes)
        symbol = packing_add(p, text, bytes, word_text(p, text, bytes));
    return symbol < p->vocabulary->token_count && !merges(p->vocabulary, symbol) ? RLX_NO_SYMBOL
                                                                                 : symbol;
}

/* Characters of a token that is cut. Longer ones are rules of dashes and the like, which merge from
 * halves. */
enum { MAX_CUTS = 256 };

/* SentencePiece never produces an unused token. One of a single character exists only while others
 * merge. */
static void hide_unused(struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    for (uint32_t i = 0; i < v->token_count && !v->from_gguf; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (t->kind == TOKEN_unused && packing_find(p, t->text, t->bytes) == i &&
            character_bytes(t->text, t->bytes) == t->bytes)
            packing_add(p, t->text, t->bytes, word_text(p, t->text, t->bytes));
    }
}

static void cut_tokens(struct packing *p, struct pairs *pairs)
{
    const struct vocabulary *v = p->vocabulary;
    uint32_t score_count;
    hide_unused(p);
    const float *scores = sorted_scores(p, &score_count);
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (!t->text || packing_find(p, t->text, t->bytes) != i || t->bytes > MAX_CUTS * 4 ||
            !merges(v, i))
            continue;
        bool unused = t->kind == TOKEN_unused && !v->from_gguf;
        uint32_t rank = rank_of(scores, score_count, (float)t->score);
        for (uint32_t cut = character_bytes(t->text, t->bytes); cut < t->bytes;
             cut += character_bytes(t->text + cut, t->bytes - cut)) {
            uint32_t left = find_part(p, t->text, cut),
                     right = find_part(p, t->text + cut, t->bytes - cut);
            if (left == RLX_NO_SYMBOL || right == RLX_NO_SYMBOL)
                continue;
            ARENA_PUSH(p->arena, pairs->all, pairs->count, pairs->capacity) =
                (struct rlx_tokenizer_merge){left, right, rank,
                                             i | (unused ? RLX_MERGE_UNUSED : 0)};
        }
    }
}

/* Of equal pairs, the first counts in a GGUF file, the last in a tokenizer.json. */
static void hash_pairs(struct packing *p, const struct pairs *pairs)
{
    uint32_t slots = pairs->count + pairs->count / 3 + 8;
    struct rlx_tokenizer_merge *table = arena_new(p->arena, struct rlx_tokenizer_merge, slots);
    for (uint32_t i = 0; i < slots; i++)
        table[i] = (struct rlx_tokenizer_merge){.left = RLX_NO_SYMBOL};
    for (uint32_t i = 0; i < pairs->count; i++) {
        const struct rlx_tokenizer_merge *m = &pairs->all[i];
        uint32_t at = rlx_merge_slot(m->left, m->right, slots);
        while (table[at].left != RLX_NO_SYMBOL &&
               (table[at].left != m->left || table[at].right != m->right))
            at = at + 1 < slots ? at + 1 : 0;
        if (table[at].left == RLX_NO_SYMBOL || !p->vocabulary->from_gguf)
            table[at] = *m;
    }
    packing_set_table(p, RLX_TABLE_MERGES, table, slots, sizeof *table);
}

/* Some eight bits or more for each pair, so that one in eight of those that do not merge is looked
 * for in MERGES at most. */
static void note_bits(struct packing *p, const struct pairs *pairs)
{
    uint32_t words = 1;
    while (words < pairs->count / 8 && words < RLX_MAX_PAIR_WORDS)
        words *= 2;
    uint64_t *bits = arena_new(p->arena, uint64_t, words);
    for (uint32_t i = 0; i < pairs->count; i++) {
        uint32_t bit = rlx_pair_bit(pairs->all[i].left, pairs->all[i].right, words);
        bits[bit / 64] |= 1ull << bit % 64;
    }
    packing_set_table(p, RLX_TABLE_PAIRS, bits, words, sizeof *bits);
}

/* What pairs tell about cutting words. */
static void note_pairs(struct packing *p, const struct pairs *pairs)
{
    for (uint32_t i = 0; i < pairs->count; i++) {
        packing_note_merge(p, p->symbols[pairs->all[i].left], p->symbols[pairs->all[i].right]);
        if (pairs->all[i].result & RLX_MERGE_UNUSED)
            p->joins.flags |= RLX_MODEL_TAKES_APART | RLX_MODEL_WHOLE;
    }
}

bool pack_merges(struct packing *p)
{
    struct pairs pairs = {0};
    if (p->vocabulary->pipeline.model != MODEL_bpe)
        return true;
    if (p->vocabulary->by_score)
        cut_tokens(p, &pairs);
    else if (!list_merges(p, &pairs))
        return false;
    hash_pairs(p, &pairs);
    note_bits(p, &pairs);
    note_pairs(p, &pairs);
    pack_characters(p, pairs.all, pairs.count);
    return true;
}

/* Whether a word may be this symbol. */
static bool is_word(const struct packing *p, uint32_t symbol)
{
    const struct vocabulary *v = p->vocabulary;
    const struct symbol *s = &p->symbols[symbol];
    if (symbol < v->token_count) {
        const struct vocabulary_token *t = &v->tokens[symbol];
        if (!t->text || (t->kind == TOKEN_byte && v->from_gguf) ||
            packing_find(p, t->text, t->bytes) != symbol)
            return false;
        if (v->pipeline.model == MODEL_word_level || v->pipeline.continuing_prefix.bytes ||
            v->pipeline.end_suffix.bytes)
            return true;
        if (v->whole_words && (t->kind == TOKEN_normal || !v->from_gguf))
            return true;
    }
    return !p->byte_level && s->bytes && character_bytes(s->text, s->bytes) == s->bytes;
}

void packing_set_words(struct packing *p, enum rlx_tokenizer_table_kind kind,
                       const uint32_t *symbols, uint32_t count)
{
    uint32_t slots = count + count / 3 + 8;
    uint32_t *table = arena_new(p->arena, uint32_t, slots);
    for (uint32_t i = 0; i < count; i++) {
        const struct symbol *s = &p->symbols[symbols[i]];
        uint32_t at = rlx_word_slot(s->text, s->bytes, slots);
        while (table[at])
            at = at + 1 < slots ? at + 1 : 0;
        table[at] = symbols[i] + 1;
    }
    packing_set_table(p, kind, table, slots, sizeof *table);
}

void pack_words(struct packing *p)
{
    uint32_t *words = arena_new(p->arena, uint32_t, p->symbol_count), count = 0;
    for (uint32_t i = 0; i < p->symbol_count; i++)
        if (is_word(p, i))
            words[count++] = i;
    if (count)
        packing_set_words(p, RLX_TABLE_WORDS, words, count);
}
