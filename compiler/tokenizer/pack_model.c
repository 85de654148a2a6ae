/* What the model of a tokenizer needs beside its merges and words. In: the vocabulary. Out: tables
 * MODEL, TRIE, SCORES and AFFIXES (rlx/model_format.h).
 *
 * Which tokens are pieces, and their scores, follow the programs that publish such files. In a
 * SentencePiece model, control, unknown, byte and unused pieces never match text, and a user-defined
 * one has a tenth for each of its bytes but the
 * first. In a tokenizer.json every entry of the
 * model's vocabulary is a piece. In a GGUF file, user-defined pieces have the score 0. The score of
 * an unknown character is the lowest one less 10. */
#include "compiler/tokenizer/pack_parts.h"
#include "compiler/tokenizer/pack_trie.h"
#include "runtime/tokenizer/trie.h"

#include "rlx/model_format.h"

#include <float.h>
#include <string.h>

enum {
    MOST_TEXT = 1 << 28, /* bytes of all pieces together */
    MOST_PIECE = 1 << 8, /* bytes of a piece that is matched before merging: see model_window.c */
};

struct pieces {
    struct trie_text *all;
    uint32_t count;
    uint64_t bytes;
};

/* Where a vocabulary comes from, for a model that is not BPE. */
enum source { SOURCE_sentencepiece, SOURCE_json, SOURCE_gguf };

static enum source source_of(const struct vocabulary *v)
{
    return v->pipeline.float32_scores ? SOURCE_sentencepiece
           : v->from_gguf             ? SOURCE_gguf
                                      : SOURCE_json;
}

static bool is_piece(const struct vocabulary *v, const struct vocabulary_token *t)
{
    if (!t->text || !t->bytes || t->unmerged)
        return false;
    if (v->pipeline.model == MODEL_bpe)
        return !v->from_gguf && !t->added && t->kind == TOKEN_user_defined;
    if (v->pipeline.model != MODEL_unigram || source_of(v) == SOURCE_json)
        return true;
    return t->kind == TOKEN_normal || t->kind == TOKEN_user_defined ||
           (t->kind == TOKEN_unused && source_of(v) == SOURCE_gguf);
}

static bool pack_pieces(struct packing *p, struct rlx_model *m)
{
    const struct vocabulary *v = p->vocabulary;
    struct pieces pieces = {arena_new(p->arena, struct trie_text, max_u64(v->token_count, 1)), 0,
                            0};
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (!is_piece(v, t))
            continue;
        const struct symbol *in_words = &p->symbols[i];
        pieces.all[pieces.count++] = (struct trie_text){in_words->text, in_words->bytes, i};
        pieces.bytes += in_words->bytes;
        m->longest = (uint32_t)max_u64(m->longest, in_words->bytes);
    }
    if (pieces.bytes > MOST_TEXT)
        return diag_error(p->diags, p->place, "expected tokens of at most %d MiB together",
                          MOST_TEXT >> 20);
    uint32_t count;
    struct rlx_trie_node *nodes = trie_build(p->arena, pieces.all, pieces.count, &count);
    packing_set_table(p, RLX_TABLE_TRIE, nodes, count, sizeof *nodes);
    return true;
}

static bool has_score(const struct vocabulary *v, const struct vocabulary_token *t)
{
    return is_piece(v, t) && (source_of(v) == SOURCE_json || t->kind == TOKEN_normal);
}

static double score_of(const struct vocabulary *v, const struct vocabulary_token *t)
{
    if (source_of(v) == SOURCE_json || t->kind != TOKEN_user_defined)
        return t->score;
    return source_of(v) == SOURCE_gguf ? 0 : (float)(0.1 * t->bytes - 0.1);
}

static void pack_scores(struct packing *p, struct rlx_model *m)
{
    const struct vocabulary *v = p->vocabulary;
    double lowest = DBL_MAX;
    double *wide = arena_new(p->arena, double, max_u64(p->token_count, 1));
    float *narrow = arena_new(p->arena, float, max_u64(p->token_count, 1));
    bool exact = true;
    for (uint32_t i = 0; i < v->token_count; i++) {
        if (!has_score(v, &v->tokens[i]))
            continue;
        lowest = v->tokens[i].score < lowest ? v->tokens[i].score : lowest;
    }
    for (uint32_t i = 0; i < v->token_count; i++) {
        wide[i] = score_of(v, &v->tokens[i]);
        narrow[i] = (float)wide[i];
        exact = exact && (double)narrow[i] == wide[i];
    }
    m->unknown_score = source_of(v) == SOURCE_json ? lowest - 10 : (double)((float)lowest - 10.0f);
    if (exact) {
        packing_set_table(p, RLX_TABLE_SCORES, narrow, p->token_count, sizeof *narrow);
        return;
    }
    m->flags |= RLX_MODEL_WIDE_SCORES;
    packing_set_table(p, RLX_TABLE_SCORES, wide, p->token_count, sizeof *wide);
}

static void set_continuing(struct packing *p, struct rlx_model *m)
{
    const struct step_text *prefix = &p->vocabulary->pipeline.continuing_prefix;
    struct trie pieces = {p->tables[RLX_TABLE_TRIE].data, p->tables[RLX_TABLE_TRIE].count};
    struct trie_at at = trie_root(&pieces);
    for (uint32_t i = 0; i < prefix->bytes && at.base != RLX_TRIE_LEAF; i++)
        if (!trie_step(&pieces, &at, (uint8_t)prefix->text[i]))
            at.base = RLX_TRIE_LEAF;
    m->continuing = at.base;
}

static bool pack_affixes(struct packing *p, struct rlx_model *m)
{
    const struct pipeline *l = &p->vocabulary->pipeline;
    const struct step_text *prefix = &l->continuing_prefix, *suffix = &l->end_suffix;
    if (prefix->bytes > RLX_MODEL_MOST_AFFIX || suffix->bytes > RLX_MODEL_MOST_AFFIX)
        return diag_error(p->diags, p->place,
                          "expected a prefix and a suffix of parts of words of at most %d bytes",
                          RLX_MODEL_MOST_AFFIX);
    char *affixes = arena_alloc(p->arena, (size_t)prefix->bytes + suffix->bytes + 1, 1);
    if (prefix->bytes)
        memcpy(affixes, prefix->text, prefix->bytes);
    if (suffix->bytes)
        memcpy(affixes + prefix->bytes, suffix->text, suffix->bytes);
    m->prefix_bytes = prefix->bytes;
    m->suffix_bytes = suffix->bytes;
    if (prefix->bytes + suffix->bytes)
        m->flags |= RLX_MODEL_AFFIXES | RLX_MODEL_WHOLE;
    packing_set_table(p, RLX_TABLE_AFFIXES, affixes, prefix->bytes + suffix->bytes, 1);
    return true;
}

static const struct {
    const char *text;
    uint32_t bytes;
} spaces[] = {{" ", 1}, {"\xe2\x96\x81", 3}};

static bool begins_with_space(const char *text, uint32_t bytes, size_t space)
{
    return bytes >= spaces[space].bytes &&
           memcmp(text, spaces[space].text, spaces[space].bytes) == 0;
}

/* Notes where `text` goes on with a space behind another character, at `cut`. */
static void note_joined(struct rlx_model *m, const char *text, uint32_t bytes, uint32_t cut)
{
    for (size_t space = 0; space < countof(spaces); space++) {
        uint32_t length = spaces[space].bytes;
        bool behind_space =
            cut >= length && memcmp(text + cut - length, spaces[space].text, length) == 0;
        uint8_t before = (uint8_t)text[cut - 1];
        if (!behind_space && begins_with_space(text + cut, bytes - cut, space))
            m->joined[space][before / 32] |= 1u << before % 32;
    }
}

void packing_note_merge(struct packing *p, struct symbol left, struct symbol right)
{
    char end[8];
    uint32_t taken = (uint32_t)min_u64(left.bytes, 4), more = (uint32_t)min_u64(right.bytes, 4);
    if (!taken || !more)
        return;
    memcpy(end, left.text + left.bytes - taken, taken);
    memcpy(end + taken, right.text, more);
    note_joined(&p->joins, end, taken + more, taken);
}

static bool knows_bytes(const struct packing *p)
{
    uint32_t known = 0;
    for (uint32_t i = 0; i < 256; i++)
        known += p->bytes[i] != RLX_NO_SYMBOL;
    return known == 256;
}

/* Pieces that are matched before merging may go across spaces; a space that is no token, or that is
 * unknown, joins its neighbours in other ways, and so does a character that vanishes. */
static void set_joined(struct packing *p, struct rlx_model *m)
{
    const struct vocabulary *v = p->vocabulary;
    bool vanish = v->unknown == UINT32_MAX && !v->from_gguf;
    memcpy(m->joined, p->joins.joined, sizeof m->joined);
    for (uint32_t i = 0; i < v->token_count; i++)
        if (is_piece(v, &v->tokens[i]))
            for (uint32_t cut = 1; cut < v->tokens[i].bytes; cut++)
                note_joined(m, v->tokens[i].text, v->tokens[i].bytes, cut);
    for (size_t space = 0; space < countof(spaces); space++) {
        uint32_t symbol = packing_find(p, spaces[space].text, spaces[space].bytes);
        bool plain_byte = space == 0 && p->byte_level;
        if (plain_byte)
            symbol = p->bytes[' '];
        if (symbol >= p->token_count || (vanish && !knows_bytes(p)))
            memset(m->joined[space], 0xff, sizeof m->joined[space]);
    }
}

/* Whether the bytes of some characters, but not of all, are tokens: the tokenizers library then
 * changes the order of parts. */
static bool some_bytes(const struct packing *p)
{
    uint32_t known = 0;
    for (uint32_t i = 0; i < 256; i++)
        known += p->bytes[i] != RLX_NO_SYMBOL;
    return known > 0 && known < 256;
}

/* Whether characters may vanish, so that what surrounds them merges. */
static bool drops(const struct packing *p)
{
    return !p->byte_level && p->vocabulary->unknown >= p->token_count &&
           p->bytes[0] == RLX_NO_SYMBOL;
}

static bool finish_bpe(struct packing *p, struct rlx_model *m)
{
    const struct vocabulary *v = p->vocabulary;
    if (!pack_affixes(p, m))
        return false;
    set_joined(p, m);
    m->flags |= p->joins.flags;
    if (v->by_score && v->fuse_unknown)
        m->flags |= RLX_MODEL_FUSE_IDS;
    if (m->longest > MOST_PIECE || some_bytes(p) || drops(p))
        m->flags |= RLX_MODEL_WHOLE;
    return true;
}

bool pack_model(struct packing *p)
{
    const struct vocabulary *v = p->vocabulary;
    struct rlx_model *m = arena_new(p->arena, struct rlx_model, 1);
    m->continuing = RLX_TRIE_LEAF;
    packing_set_table(p, RLX_TABLE_MODEL, m, 1, sizeof *m);
    if (v->pipeline.model == MODEL_word_level)
        return true;
    if (!pack_pieces(p, m))
        return false;
    if (v->pipeline.model == MODEL_bpe)
        return finish_bpe(p, m);
    if (!v->pipeline.byte_fallback)
        memset(p->bytes, 0xff, sizeof p->bytes);
    if (v->pipeline.model == MODEL_wordpiece)
        set_continuing(p, m);
    else
        pack_scores(p, m);
    if (v->pipeline.float32_scores)
        m->flags |= RLX_MODEL_NARROW_SUMS;
    return true;
}
